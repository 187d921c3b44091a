from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.domain.calibrations import calibration_of
from attendance.domain.consent import Consent
from attendance.domain.errors import EngineNotCalibratedError, PortraitRefusedError
from attendance.domain.policy import DEFAULT_POLICY, Bands, Engine
from attendance.domain.portraits import PortraitFace, portrait_faults, require_subject
from attendance.domain.rosters import Enrollment, roster_on
from attendance.domain.sightings import Box

days = st.dates(date(2026, 1, 1), date(2026, 3, 1))
certainties = st.floats(0.1, 50)
enrollments = st.lists(
    st.builds(
        Enrollment,
        student_id=st.sampled_from(["ada", "carl", "emmy"]),
        section_id=st.sampled_from(["7a", "7b"]),
        begins_on=days,
        ends_on=st.none() | days,
    ),
    max_size=8,
)


@given(enrollments, days)
def test_a_roster_is_who_is_enrolled_on_the_day(entries, day):
    roster = roster_on(entries, "7a", day)
    for student_id in ("ada", "carl", "emmy"):
        own = [e for e in entries if (e.student_id, e.section_id) == (student_id, "7a")]
        is_enrolled = any(e.begins_on <= day and (e.ends_on is None or e.ends_on >= day) for e in own)
        assert (student_id in roster) == is_enrolled


@given(days)
def test_both_ends_of_an_enrollment_are_included(day):
    one_day = Enrollment("ada", "7a", begins_on=day, ends_on=day)
    assert roster_on([one_day], "7a", day) == {"ada"}
    assert roster_on([one_day], "7a", day - timedelta(days=1)) == frozenset()
    assert roster_on([one_day], "7a", day + timedelta(days=1)) == frozenset()


@given(certainties, certainties, st.floats(0, 60))
def test_bands_are_three_and_rise(doubtful, recognised, certainty):
    if doubtful > recognised:
        with pytest.raises(ValueError, match="doubtful <= recognised"):
            Bands(recognised=recognised, doubtful=doubtful)
        return
    bands = Bands(recognised=recognised, doubtful=doubtful)
    order = ("unknown", "doubtful", "recognised")
    assert order.index(bands.of(certainty)) == (certainty >= doubtful) + (certainty >= recognised)


@pytest.mark.parametrize(("recognised", "doubtful"), [(90, 80), (9, 0), (9, -1), (float("nan"), 8)])
def test_bands_outside_the_scale_are_refused(recognised, doubtful):
    with pytest.raises(ValueError, match="bands need"):
        Bands(recognised=recognised, doubtful=doubtful)


def test_an_engine_without_bands_is_not_guessed_at():
    with pytest.raises(EngineNotCalibratedError, match=r"no bands for the face engine rekognition/7\.0"):
        DEFAULT_POLICY.bands_of(str(Engine("rekognition", "7.0")))


@pytest.mark.parametrize("engine", sorted(DEFAULT_POLICY.bands))
def test_candidates_are_asked_for_well_below_every_doubtful_band(engine):
    bands = DEFAULT_POLICY.bands_of(engine)
    calibration = calibration_of(engine)
    at_the_floor = calibration.certainty([calibration.weigh(DEFAULT_POLICY.search_floor, None)])
    assert at_the_floor < bands.on_roster.doubtful / 2
    assert bands.settled >= bands.off_roster.recognised
    assert bands.off_roster.recognised >= bands.on_roster.recognised
    assert bands.off_roster.doubtful >= bands.on_roster.doubtful


@given(days, st.none() | days, st.none() | days, days)
def test_consent_holds_from_its_day_until_it_expires_or_is_withdrawn(given_on, expires_on, withdrawn_on, day):
    consent = Consent("A guardian", given_on, "2026-11", expires_on, withdrawn_on)
    expected = (
        day >= given_on
        and not (expires_on is not None and day > expires_on)
        and not (withdrawn_on is not None and day >= withdrawn_on)
    )
    assert consent.is_valid_on(day) == expected


GOOD = {
    "width_px": 120.0,
    "yaw": 2.0,
    "pitch": -3.0,
    "roll": 1.0,
    "brightness": 60.0,
    "sharpness": 50.0,
    "confidence": 99.0,
    "box": Box(0.3, 0.3, 0.4, 0.4),
}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"width_px": 31.0}, "HEAD_SIZE"),
        ({"yaw": -71.0}, "HEAD_POSE"),
        ({"pitch": -46.0}, "HEAD_POSE"),
        ({"pitch": 46.0}, "HEAD_POSE"),
        ({"roll": 31.0}, "HEAD_POSE"),
        ({"sharpness": 9.0}, "SHARPNESS"),
        ({"brightness": 14.0}, "UNDER_EXPOSURE_PREVENTION"),
        ({"brightness": 96.0}, "OVER_EXPOSURE_PREVENTION"),
        ({"confidence": 79.0}, "UNIFIED_QUALITY_SCORE"),
    ],
)
def test_each_fault_of_a_portrait_has_its_code_and_a_sentence(changed, code):
    faces = [PortraitFace(**GOOD | changed)]
    assert portrait_faults(faces) == (code,)
    with pytest.raises(PortraitRefusedError) as refused:
        require_subject(faces)
    assert refused.value.codes == (code,)
    assert str(refused.value) == f"{code}: {refused.value.sentence}"
    assert refused.value.sentence.endswith(".")


def test_all_faults_are_told_at_once():
    with pytest.raises(PortraitRefusedError) as refused:
        require_subject([PortraitFace(**GOOD | {"yaw": 80.0, "sharpness": 1.0})])
    assert refused.value.codes == ("HEAD_POSE", "SHARPNESS")
    assert refused.value.sentence.count(".") == 2


@pytest.mark.parametrize(("count", "code"), [(0, "FACE_PRESENT"), (2, "SINGLE_FACE_PRESENT")])
def test_a_portrait_shows_one_face(count, code):
    assert portrait_faults([PortraitFace(**GOOD)] * count) == (code,)


def test_a_good_portrait_passes():
    require_subject([PortraitFace(**GOOD)])
