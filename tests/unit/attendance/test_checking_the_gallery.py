"""The gallery doctor: every reference against the student's others, and against everyone's."""

from datetime import date

import pytest

from attendance.contracts.object_keys import PortraitKey
from attendance.domain.confusables import ConfusablePair
from attendance.domain.consent import Consent
from attendance.domain.portraits import Portrait
from attendance.domain.sightings import Box
from attendance.usecases.check_gallery import check_gallery, lines_of, mend_gallery
from attendance.usecases.forget_references import forget_references
from tests.fakes.example_school import SCHOOL

FACE = Box(0.3, 0.3, 0.4, 0.4)


def enrol(school, student_id, number):
    """A portrait with its reference, as enrolment leaves them, look-alikes or not; the reference's id."""
    place = PortraitKey(SCHOOL, student_id, str(number) * 32)
    school.consent(student_id)
    reference_id = school.index.add_reference(SCHOOL, student_id, place.key, FACE)
    school.students.put_portrait(
        Portrait(
            SCHOOL,
            student_id,
            place.portrait_id,
            school.clock.now,
            status="enrolled",
            face_reference_id=reference_id,
        )
    )
    return reference_id


def alike(school, one, other, similarity):
    keys = {school.index.stored[reference].picture_key for reference in (one, other)}
    school.index.likeness[frozenset(keys)] = similarity


def record(school, one, other):
    pair = ConfusablePair.of(one, other, similarity=95.0, found_at=school.clock.now)
    school.schools.put_confusable_pair(SCHOOL, pair)


def check(school):
    return check_gallery(
        SCHOOL, school.clock.now, index=school.index, schools=school.schools, students=school.students
    )


def mend(school):
    mend_gallery(SCHOOL, check(school), index=school.index, schools=school.schools, students=school.students)
    return check(school)


def forget(school, *reference_ids):
    forget_references(
        SCHOOL, reference_ids, index=school.index, schools=school.schools, students=school.students
    )


def pairs(school):
    return [(pair.first, pair.second) for pair in school.schools.confusable_pairs(SCHOOL)]


def read(report):
    return "\n".join(lines_of(report))


def test_a_gallery_of_different_students_is_sound(school):
    for number, student_id in enumerate(("s-ada", "s-ada", "s-emmy")):
        enrol(school, student_id, number)
    report = check(school)
    assert report.is_sound
    assert (report.references, report.students, report.alone) == (3, 2, 1)
    assert read(report).endswith("nothing is wrong with them")


def test_a_school_without_references_is_sound(school):
    assert check(school).is_sound


def test_a_photo_unlike_the_students_others_is_named_with_whom_it_is_like(school):
    first, second, wrong = (enrol(school, "s-ada", number) for number in range(3))
    emmy = enrol(school, "s-emmy", 3)
    for own in (first, second):
        alike(school, own, wrong, 60.0)
    alike(school, wrong, emmy, 91.0)
    (outlier,) = check(school).outliers
    assert (outlier.reference.reference_id, outlier.similarity) == (wrong, 60.0)
    assert outlier.nearest is not None
    assert outlier.nearest.reference.reference_id == emmy
    assert f"s-ada's {wrong} is 60.0 % like the nearest of the student's others" in read(check(school))
    assert f"91.0 % like s-emmy's {emmy}" in read(check(school))


def test_of_two_photos_that_are_unlike_each_other_nobody_can_say_which_is_wrong(school):
    one, other = enrol(school, "s-ada", 0), enrol(school, "s-ada", 1)
    alike(school, one, other, 74.9)
    assert {outlier.reference.reference_id for outlier in check(school).outliers} == {one, other}


def test_references_of_two_students_that_are_too_near_are_named_once(school):
    ada, emmy = enrol(school, "s-ada", 0), enrol(school, "s-emmy", 1)
    alike(school, ada, emmy, 99.9)
    record(school, "s-ada", "s-emmy")
    report = check(school)
    (near,) = report.near
    assert {near.first.reference_id, near.second.reference_id} == {ada, emmy}
    assert report.unrecorded_pairs == report.ended_pairs == ()
    assert not report.is_sound
    assert "too near" in read(report)


def test_a_pair_that_nobody_recorded_is_recorded_with_its_nearest_photos(school):
    ada, again, emmy = (
        enrol(school, "s-ada", 0),
        enrol(school, "s-ada", 1),
        enrol(school, "s-emmy", 2),
    )
    alike(school, ada, emmy, 93.0)
    alike(school, again, emmy, 95.0)
    (pair,) = check(school).unrecorded_pairs
    assert (pair.first, pair.second, pair.similarity) == ("s-ada", "s-emmy", 95.0)
    assert mend(school).unrecorded_pairs == ()
    assert pairs(school) == [("s-ada", "s-emmy")]


def test_a_pair_that_no_references_speak_for_ends(school):
    enrol(school, "s-ada", 0)
    enrol(school, "s-emmy", 1)
    record(school, "s-ada", "s-emmy")
    record(school, "s-ada", "s-carl")
    assert len(check(school).ended_pairs) == 2
    assert mend(school).is_sound
    assert pairs(school) == []


def test_a_reference_that_no_portrait_knows_of_is_forgotten(school):
    enrol(school, "s-ada", 0)
    orphan = school.index.add_reference(SCHOOL, "s-ada", "portraits/lakeside/s-ada/killed", FACE)
    assert [reference.reference_id for reference in check(school).orphans] == [orphan]
    assert mend(school).is_sound
    assert orphan not in school.index.stored


def test_a_reference_that_is_being_stored_is_left_alone(school):
    enrol(school, "s-ada", 0)
    school.students.put_portrait(Portrait(SCHOOL, "s-ada", "9" * 32, school.clock.now))
    school.index.add_reference(SCHOOL, "s-ada", f"portraits/lakeside/s-ada/{'9' * 32}", FACE)
    assert check(school).is_sound


def test_a_reference_that_the_index_has_lost_is_said(school):
    lost = enrol(school, "s-ada", 0)
    school.index.stored.clear()
    assert check(school).missing == (("s-ada", lost),)
    assert f"s-ada's {lost} is not in the index" in read(check(school))


@pytest.mark.parametrize(
    "consent",
    [
        None,
        Consent("A guardian", date(2026, 9, 1), "1", withdrawn_on=date(2026, 11, 23)),
        Consent("A guardian", date(2026, 9, 1), "1", expires_on=date(2026, 11, 22)),
    ],
)
def test_a_student_whose_consent_has_ended_loses_references_and_pairs(school, consent):
    ada, emmy = enrol(school, "s-ada", 0), enrol(school, "s-emmy", 1)
    alike(school, ada, emmy, 95.0)
    record(school, "s-ada", "s-emmy")
    school.students.consents.pop((SCHOOL, "s-ada"))
    if consent is not None:
        school.students.record_consent(SCHOOL, "s-ada", consent)
    assert [reference.reference_id for reference in check(school).without_consent] == [ada]
    assert mend(school).is_sound
    assert list(school.index.stored) == [emmy]
    assert pairs(school) == []


def test_what_needs_judgement_is_not_mended(school):
    ada, wrong, emmy = enrol(school, "s-ada", 0), enrol(school, "s-ada", 1), enrol(school, "s-emmy", 2)
    alike(school, ada, wrong, 60.0)
    alike(school, wrong, emmy, 99.0)
    mended = mend(school)
    assert len(mended.outliers) == 2
    assert len(mended.near) == 1
    assert len(school.index.stored) == 3


def test_a_forgotten_reference_is_said_on_its_portrait_and_ends_the_pairs_that_it_made(school):
    ada, wrong = enrol(school, "s-ada", 0), enrol(school, "s-ada", 1)
    emmy, carl = enrol(school, "s-emmy", 2), enrol(school, "s-carl", 3)
    alike(school, wrong, emmy, 99.9)
    alike(school, ada, carl, 94.0)
    record(school, "s-ada", "s-emmy")
    record(school, "s-ada", "s-carl")
    forget(school, wrong)
    told = school.students.portrait(SCHOOL, "s-ada", "1" * 32)
    assert (told.status, told.codes, told.face_reference_id) == ("refused", ("REFERENCE_REMOVED",), None)
    assert told.message is not None
    assert "enrol another one" in told.message
    assert pairs(school) == [("s-ada", "s-carl")]
    assert check(school).unrecorded_pairs == check(school).ended_pairs == ()


def test_forgetting_again_or_nothing_changes_nothing(school):
    ada = enrol(school, "s-ada", 0)
    enrol(school, "s-emmy", 1)
    record(school, "s-carl", "s-emmy")
    forget(school, ada)
    before = school.students.portrait(SCHOOL, "s-ada", "0" * 32)
    forget(school, ada, "never-there")
    forget(school)
    assert school.students.portrait(SCHOOL, "s-ada", "0" * 32) == before
    assert pairs(school) == [("s-carl", "s-emmy")]


def test_schools_are_checked_apart(school):
    ada = enrol(school, "s-ada", 0)
    elsewhere = school.index.add_reference("another-school", "s-emmy", "portraits/another/s-emmy/1", FACE)
    alike(school, ada, elsewhere, 99.9)
    assert check(school).is_sound
