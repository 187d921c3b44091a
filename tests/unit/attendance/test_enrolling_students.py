from dataclasses import replace
from datetime import date

import pytest

from attendance.contracts.object_keys import ObjectKeyInvalidError, PortraitKey
from attendance.contracts.workflow import Failure
from attendance.domain.consent import Consent
from attendance.domain.errors import ConsentMissingError, NotFoundError, PortraitRefusedError
from attendance.domain.portraits import Portrait, PortraitFace
from attendance.domain.sightings import Box
from attendance.usecases.enrol_student import check_portrait, index_portrait, record_refusal
from tests.fakes.example_school import SCHOOL
from tests.fakes.face_index import no_picture

ID = "a" * 32
PLACE = PortraitKey(SCHOOL, "s-ada", ID)
FACE = PortraitFace(
    width_px=120.0,
    yaw=2.0,
    pitch=-3.0,
    roll=1.0,
    brightness=60.0,
    sharpness=50.0,
    confidence=99.0,
    box=Box(0.3, 0.3, 0.4, 0.4),
)


@pytest.fixture
def enrolling(school):
    """Ada has consented, and her one good portrait is uploaded."""
    school.consent("s-ada")
    school.students.put_portrait(Portrait(SCHOOL, "s-ada", ID, school.clock.now))
    school.index.portraits[PLACE.key] = [FACE]
    return school


def check(school, key=PLACE.key):
    return check_portrait(
        "portraits",
        key,
        students=school.students,
        schools=school.schools,
        index=school.index,
        clock=school.clock,
    )


def index(school, checked):
    return index_portrait(
        checked, students=school.students, schools=school.schools, index=school.index, clock=school.clock
    )


def portrait(school):
    return school.students.portrait(SCHOOL, "s-ada", ID)


def withdraw(school, on=date(2026, 11, 23)):
    school.students.record_consent(
        SCHOOL, "s-ada", Consent("A guardian", date(2026, 9, 1), "2026-11", withdrawn_on=on)
    )


def test_a_good_portrait_with_consent_becomes_a_reference(enrolling):
    indexed = index(enrolling, check(enrolling))
    assert enrolling.index.references == {indexed.face_reference_id: (SCHOOL, "s-ada")}
    assert (portrait(enrolling).status, portrait(enrolling).face_reference_id) == (
        "enrolled",
        indexed.face_reference_id,
    )


def test_indexed_twice_it_is_one_reference(enrolling):
    checked = check(enrolling)
    assert index(enrolling, checked) == index(enrolling, checked)
    assert len(enrolling.index.references) == 1


def test_two_runs_that_index_at_the_same_time_leave_one_reference(enrolling):
    checked = check(enrolling)
    first = {}
    add_reference = enrolling.index.add_reference

    def overtaken(*arguments):
        """Another run begins and ends while this one waits for the face index."""
        enrolling.index.add_reference = add_reference
        first["id"] = index(enrolling, checked).face_reference_id
        return add_reference(*arguments)

    enrolling.index.add_reference = overtaken
    assert index(enrolling, checked).face_reference_id == first["id"]
    assert set(enrolling.index.references) == {first["id"]}
    assert portrait(enrolling).face_reference_id == first["id"]


def test_without_consent_there_is_no_reference(enrolling):
    enrolling.students.consents.clear()
    with pytest.raises(ConsentMissingError, match="mark the student by hand"):
        check(enrolling)
    assert enrolling.index.references == {}


def test_consent_withdrawn_between_the_steps_is_honoured(enrolling):
    checked = check(enrolling)
    withdraw(enrolling)
    with pytest.raises(ConsentMissingError):
        index(enrolling, checked)
    assert enrolling.index.references == {}


@pytest.mark.parametrize(
    ("faces", "codes"),
    [
        ([], ("FACE_PRESENT",)),
        ([replace(FACE, box=Box(0, 0.3, 0.4, 0.4)), replace(FACE, box=Box(0.6, 0.3, 0.4, 0.4))], None),
        ([replace(FACE, sharpness=1.0)], ("SHARPNESS",)),
    ],
)
def test_a_portrait_that_cannot_serve_is_refused(enrolling, faces, codes):
    enrolling.index.portraits[PLACE.key] = faces
    with pytest.raises(PortraitRefusedError) as refused:
        check(enrolling)
    assert refused.value.codes == (codes or ("SINGLE_FACE_PRESENT",))


def test_a_student_nobody_knows_cannot_be_enrolled(enrolling):
    with pytest.raises(NotFoundError, match="s-nobody"):
        check(enrolling, PortraitKey(SCHOOL, "s-nobody", ID).key)


@pytest.mark.parametrize(
    "key", ["", "portraits/x", PLACE.key + ".jpg", PLACE.key + "\n", f"captures/{PLACE.key}"]
)
def test_a_key_that_is_no_portraits_is_named(enrolling, key):
    with pytest.raises(ObjectKeyInvalidError):
        check(enrolling, key)


@pytest.mark.parametrize(
    ("error", "status", "codes", "message"),
    [
        (
            PortraitRefusedError(("HEAD_POSE", "SHARPNESS"), "Look straight. Hold still."),
            "refused",
            ("HEAD_POSE", "SHARPNESS"),
            "Look straight. Hold still.",
        ),
        (ConsentMissingError("Record it first."), "refused", ("ConsentMissing",), "Record it first."),
        (
            no_picture(PLACE.key),
            "refused",
            ("PictureUnreadable",),
            "The file is damaged, or no JPEG or PNG picture: choose another one.",
        ),
        (RuntimeError("a bug"), "failed", ("Runtime",), "a bug"),
    ],
)
def test_what_became_of_a_portrait_is_told_to_a_person(enrolling, error, status, codes, message):
    """Lambda hands the cause on as JSON."""
    cause = f'{{"errorMessage": "{error}", "errorType": "{type(error).__name__}", "stackTrace": []}}'
    failure = Failure(error=type(error).__name__, cause=cause)
    assert record_refusal(PLACE.key, failure, students=enrolling.students) == status
    told = portrait(enrolling)
    assert (told.status, told.codes, told.message) == (status, codes, message)


def test_a_failure_of_a_doubled_run_does_not_undo_an_enrolment(enrolling):
    index(enrolling, check(enrolling))
    enrolled = portrait(enrolling)
    record_refusal(PLACE.key, Failure(error="ThrottledError"), students=enrolling.students)
    assert portrait(enrolling) == enrolled
