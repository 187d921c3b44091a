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
from tests.fakes.face_index import StoredReference, no_picture

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


def portrait(school, place=PLACE):
    return school.students.portrait(SCHOOL, place.student_id, place.portrait_id)


def enrol(school, student_id, portrait_id, like=()):
    """Send a good portrait through both steps; `like` says how similar it is to others, by their places."""
    place = PortraitKey(SCHOOL, student_id, portrait_id * 32)
    school.consent(student_id)
    school.students.put_portrait(Portrait(SCHOOL, student_id, place.portrait_id, school.clock.now))
    school.index.portraits[place.key] = [FACE]
    for other, similarity in dict(like).items():
        school.index.likeness[frozenset({place.key, other.key})] = similarity
    index(school, check(school, place.key))
    return place


def pairs(school):
    return [(pair.first, pair.second, pair.similarity) for pair in school.schools.confusable_pairs(SCHOOL)]


def withdraw(school, on=date(2026, 11, 23)):
    school.students.record_consent(
        SCHOOL, "s-ada", Consent("A guardian", date(2026, 9, 1), "2026-11", withdrawn_on=on)
    )


def test_a_good_portrait_with_consent_becomes_a_reference(enrolling):
    indexed = index(enrolling, check(enrolling))
    assert enrolling.index.stored == {indexed.face_reference_id: StoredReference(SCHOOL, "s-ada", PLACE.key)}
    assert (portrait(enrolling).status, portrait(enrolling).face_reference_id) == (
        "enrolled",
        indexed.face_reference_id,
    )


def test_indexed_twice_it_is_one_reference(enrolling):
    checked = check(enrolling)
    assert index(enrolling, checked) == index(enrolling, checked)
    assert len(enrolling.index.stored) == 1


def test_a_second_photo_of_the_same_person_is_one_more_reference(school):
    enrol(school, "s-ada", "1")
    enrol(school, "s-ada", "2")
    assert [known.student_id for known in school.index.references(SCHOOL)] == ["s-ada", "s-ada"]
    assert pairs(school) == []


def test_a_photo_unlike_all_others_of_its_student_is_refused_before_it_is_stored(school):
    first, second = enrol(school, "s-ada", "1"), enrol(school, "s-ada", "2")
    with pytest.raises(PortraitRefusedError, match="the same person") as refused:
        enrol(school, "s-ada", "3", like={first: 74.0, second: 60.0})
    assert refused.value.codes == ("SAME_PERSON",)
    assert len(school.index.stored) == 2
    assert portrait(school, PortraitKey(SCHOOL, "s-ada", "3" * 32)).face_reference_id is None


def test_a_photo_like_one_of_several_is_enough(school):
    first, second = enrol(school, "s-ada", "1"), enrol(school, "s-ada", "2")
    third = enrol(school, "s-ada", "3", like={first: 60.0, second: 80.0})
    assert portrait(school, third).status == "enrolled"


def test_where_the_index_was_made_anew_a_student_is_enrolled_anew(school):
    first = enrol(school, "s-ada", "1")
    school.index.stored.clear()
    second = enrol(school, "s-ada", "2", like={first: 60.0})
    assert portrait(school, second).status == "enrolled"


def test_students_who_are_unlike_make_no_pair(school):
    ada = enrol(school, "s-ada", "1")
    emmy = enrol(school, "s-emmy", "2", like={ada: 91.9})
    assert pairs(school) == []
    assert (portrait(school, emmy).codes, portrait(school, emmy).message) == ((), None)


def test_twins_are_both_enrolled_and_known_for_a_pair(school):
    ada = enrol(school, "s-ada", "1")
    emmy = enrol(school, "s-emmy", "2", like={ada: 95.0})
    assert pairs(school) == [("s-ada", "s-emmy", 95.0)]
    told = portrait(school, emmy)
    assert (told.status, told.codes) == ("enrolled", ("LOOK_ALIKE",))
    assert "a teacher is asked" in told.message


def test_one_picture_under_two_names_is_told_from_a_likeness(school):
    ada = enrol(school, "s-ada", "1")
    emmy = enrol(school, "s-emmy", "2", like={ada: 99.9})
    (pair,) = school.schools.confusable_pairs(SCHOOL)
    assert pair.is_same_picture
    told = portrait(school, emmy)
    assert (told.status, told.codes) == ("enrolled", ("SAME_PICTURE",))
    assert "one of the two has the wrong photo" in told.message


def test_a_sentence_names_no_other_student(school):
    ada = enrol(school, "s-ada", "1")
    emmy = enrol(school, "s-emmy", "2", like={ada: 95.0})
    told = portrait(school, emmy).message
    assert not any(word in told for word in ("Ada", "Byron", "s-ada"))


def test_a_pair_keeps_the_nearest_of_its_photos(school):
    ada = enrol(school, "s-ada", "1")
    enrol(school, "s-emmy", "2", like={ada: 95.0})
    enrol(school, "s-emmy", "3", like={ada: 93.0})
    assert pairs(school) == [("s-ada", "s-emmy", 95.0)]
    enrol(school, "s-emmy", "4", like={ada: 96.0})
    assert pairs(school) == [("s-ada", "s-emmy", 96.0)]


def test_each_of_three_alike_makes_its_pairs(school):
    ada = enrol(school, "s-ada", "1")
    emmy = enrol(school, "s-emmy", "2", like={ada: 95.0})
    enrol(school, "s-carl", "3", like={ada: 94.0, emmy: 93.0})
    assert sorted(pairs(school)) == [
        ("s-ada", "s-carl", 94.0),
        ("s-ada", "s-emmy", 95.0),
        ("s-carl", "s-emmy", 93.0),
    ]


def test_a_step_that_was_ended_before_it_recorded_the_pair_records_it_when_it_is_run_again(school):
    ada = enrol(school, "s-ada", "1")
    emmy = enrol(school, "s-emmy", "2", like={ada: 95.0})
    school.schools.pairs.clear()
    index(school, check(school, emmy.key))
    assert pairs(school) == [("s-ada", "s-emmy", 95.0)]
    assert len(school.index.stored) == 2


def test_twins_enrolled_at_the_same_time_are_a_pair(school):
    """Emmy's step begins and ends after Ada's has compared, and before it stores."""
    ada = PortraitKey(SCHOOL, "s-ada", "1" * 32)
    add_reference = school.index.add_reference

    def overtaken(*arguments):
        school.index.add_reference = add_reference
        enrol(school, "s-emmy", "2", like={ada: 95.0})
        return add_reference(*arguments)

    school.index.add_reference = overtaken
    enrol(school, "s-ada", "1")
    assert pairs(school) == [("s-ada", "s-emmy", 95.0)]


def test_schools_make_no_pairs_with_each_other(school):
    ada = enrol(school, "s-ada", "1")
    reference = next(iter(school.index.stored))
    school.index.stored[reference] = StoredReference("another-school", "s-ada", ada.key)
    enrol(school, "s-emmy", "2", like={ada: 99.9})
    assert pairs(school) == []


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
    assert set(enrolling.index.stored) == {first["id"]}
    assert portrait(enrolling).face_reference_id == first["id"]


def test_without_consent_there_is_no_reference(enrolling):
    enrolling.students.consents.clear()
    with pytest.raises(ConsentMissingError, match="mark the student by hand"):
        check(enrolling)
    assert enrolling.index.stored == {}


def test_consent_withdrawn_between_the_steps_is_honoured(enrolling):
    checked = check(enrolling)
    withdraw(enrolling)
    with pytest.raises(ConsentMissingError):
        index(enrolling, checked)
    assert enrolling.index.stored == {}


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
