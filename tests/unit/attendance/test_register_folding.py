from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st
from register_examples import BOX, EXPECTED, MEETING, ROSTER, outcome, seen_in

from attendance.domain.policy import DEFAULT_POLICY
from attendance.domain.registers import (
    CaptureOutcome,
    Counts,
    Evidence,
    Register,
    Review,
    correct_mark,
    fold_capture,
    gather_evidence,
)
from attendance.domain.sightings import Sighting

Fold = tuple[CaptureOutcome, dict[str, Evidence]]


def fold_all(folds: list[Fold], register: Register = EXPECTED) -> Register:
    return reduce(lambda so_far, fold: fold_capture(so_far, *fold, DEFAULT_POLICY), folds, register)


def status_of(folds: list[Fold], student_id: str = "ada") -> str:
    return fold_all(folds).marks[student_id].status


@st.composite
def folds(draw, *, all_good: bool = False, least: int = 0) -> list[Fold]:
    drawn = []
    for number in range(draw(st.integers(least, 5))):
        is_good = all_good or draw(st.booleans())
        capture = outcome(number, faces=3 if is_good else 0)
        evidence = {
            student_id: seen_in(capture, draw(st.floats(60, 100)), recognised=draw(st.booleans()))
            for student_id in (*ROSTER, "guest")
            if is_good and draw(st.booleans())
        }
        drawn.append((capture, evidence))
    return drawn


@given(folds(), st.data())
def test_captures_in_any_order_and_number_give_the_same_register(drawn, data):
    repeated = drawn + data.draw(st.lists(st.sampled_from(drawn), max_size=4)) if drawn else []
    assert fold_all(data.draw(st.permutations(repeated))) == fold_all(drawn)


@given(folds(least=1), st.data())
def test_a_capture_said_to_have_failed_takes_nothing_from_what_it_showed(drawn, data):
    capture, _ = data.draw(st.sampled_from(drawn))
    failure = replace(
        capture, frames=0, readable_frames=0, faces=0, problems=("TIMED_OUT",), taken_at=MEETING.starts_at
    )
    disturbed = data.draw(st.permutations([*drawn, (failure, {})]))
    if capture.is_good:
        assert fold_all(disturbed) == fold_all(drawn)
    else:
        assert fold_all(disturbed).marks == fold_all(drawn).marks


@given(folds(), st.integers(10, 20))
def test_a_capture_that_is_not_good_changes_no_mark(drawn, number):
    before = fold_all(drawn)
    after = fold_capture(before, outcome(number, faces=0), {}, DEFAULT_POLICY)
    assert after.marks == before.marks
    assert after.captures[-1].capture_id == f"capture-{number}"


@given(folds())
def test_no_camera_ever_says_absent_or_excused(drawn):
    assert {mark.status for mark in fold_all(drawn).marks.values()} <= {
        "present",
        "late",
        "left_early",
        "unseen",
    }


@given(folds(), st.sampled_from(["present", "late", "left_early", "absent", "excused", "unseen"]), folds())
def test_a_teachers_word_outlives_every_capture(before, status, after):
    corrected = correct_mark(fold_all(before), "ada", status, "I saw her")
    mark = fold_all(after, corrected).marks["ada"]
    assert (mark.status, mark.source, mark.reason, mark.review) == (status, "teacher", "I saw her", None)


@given(folds(), folds())
def test_evidence_grows_under_a_teachers_word(before, after):
    corrected = correct_mark(fold_all(before), "ada", "absent", None)
    assert fold_all(after, corrected).marks["ada"].evidence == fold_all(before + after).marks["ada"].evidence


@given(folds(all_good=True, least=1))
def test_marks_follow_from_which_looks_showed_the_student(drawn):
    """The rule, told once more as a table of looks."""
    register = fold_all(drawn)
    for student_id in ROSTER:
        found = [evidence.get(student_id) for _, evidence in drawn]
        pattern = "".join("x" if e and e.recognised else "." for e in found)
        if "x" not in pattern:
            expected = "unseen"
        elif pattern.endswith(".."):
            expected = "left_early"
        elif pattern.startswith("."):
            expected = "late"
        else:
            expected = "present"
        mark = register.marks[student_id]
        assert mark.status == expected
        doubtful = [e for e in found if e]
        assert (mark.review is not None) == (expected == "unseen" and bool(doubtful))
        if mark.review:
            assert mark.review.evidence.similarity == max(e.similarity for e in doubtful)


@given(folds())
def test_a_register_is_not_taken_until_a_capture_is_good(drawn):
    register = fold_all(drawn)
    if not drawn:
        assert register.status == "expected"
    else:
        assert register.status == ("provisional" if any(c.is_good for c, _ in drawn) else "not_taken")


@given(folds(), st.sampled_from(["confirmed", "amended"]))
def test_a_register_that_a_teacher_confirmed_stays_so(drawn, status):
    assert fold_all(drawn, replace(EXPECTED, status=status)).status == status


@given(folds())
def test_the_counts_add_up(drawn):
    register = fold_all(drawn)
    counts = register.count()
    left_early = sum(mark.status == "left_early" for mark in register.marks.values())
    assert counts.present + counts.doubtful + counts.unseen + counts.absent + left_early == counts.students
    assert counts.students == len(ROSTER)


@given(folds())
def test_guests_never_come_onto_the_register(drawn):
    assert set(fold_all(drawn).marks) == set(ROSTER)


def test_one_look_makes_nobody_late():
    capture = outcome(9)
    assert status_of([(capture, {"ada": seen_in(capture)})]) == "present"


def test_two_cameras_of_a_room_are_one_look():
    front = outcome(2)
    back = outcome(3, at=front.taken_at + timedelta(seconds=40))
    register = fold_all([(front, {"emmy": seen_in(front)}), (back, {"ada": seen_in(back)})])
    assert {student_id: mark.status for student_id, mark in register.marks.items()} == {
        "ada": "present",
        "carl": "unseen",
        "emmy": "present",
    }


def test_the_two_cameras_of_one_moment_are_one_miss():
    first, front = outcome(1), outcome(5)
    back = outcome(6, at=front.taken_at + timedelta(seconds=40))
    assert status_of([(first, {"ada": seen_in(first)}), (front, {}), (back, {})]) == "present"


def test_first_seen_by_the_policys_minute_is_not_late():
    early = outcome(0, at=MEETING.starts_at + timedelta(minutes=1))
    on_time = outcome(1, at=MEETING.starts_at + DEFAULT_POLICY.late_after)
    a_moment_late = outcome(1, at=on_time.taken_at + timedelta(microseconds=1))
    assert status_of([(early, {}), (on_time, {"ada": seen_in(on_time)})]) == "present"
    assert status_of([(early, {}), (a_moment_late, {"ada": seen_in(a_moment_late)})]) == "late"


def test_a_failed_capture_makes_nobody_late():
    blind, later = outcome(0, faces=0), outcome(1)
    assert status_of([(blind, {}), (later, {"ada": seen_in(later)})]) == "present"


def test_a_capture_whose_faces_were_never_searched_is_not_a_good_one():
    capture = replace(outcome(1), unsearched_faces=3)
    register = fold_all([(capture, {})])
    assert register.status == "not_taken"
    assert not capture.is_good


def test_a_doubtful_sighting_is_for_the_teacher_until_a_recognised_one_settles_it():
    first, second = outcome(0), outcome(1)
    doubtful = fold_all([(first, {"ada": seen_in(first, 84, recognised=False)})])
    assert doubtful.marks["ada"].status == "unseen"
    assert doubtful.marks["ada"].review is not None
    assert doubtful.count() == Counts(present=0, doubtful=1, unseen=2, absent=0, students=3)
    settled = fold_all([(second, {"ada": seen_in(second)})], doubtful)
    assert settled.marks["ada"].review is None
    assert settled.count().doubtful == 0


def test_who_has_a_look_alike_is_present_and_still_for_the_teacher_to_look_at():
    first = outcome(0)
    mistakable = replace(seen_in(first), look_alikes=("emmy",))
    seen = fold_all([(first, {"ada": mistakable, "carl": seen_in(first)})])
    assert [seen.marks[student_id].status for student_id in ("ada", "carl")] == ["present", "present"]
    assert seen.marks["ada"].review == Review(mistakable)
    assert seen.marks["carl"].review is None
    assert seen.count() == Counts(present=2, doubtful=0, unseen=1, absent=0, students=3)
    assert correct_mark(seen, "ada", "present", None).marks["ada"].review is None


@pytest.mark.parametrize(("status", "expected"), [("confirmed", "amended"), ("provisional", "provisional")])
def test_a_correction_amends_only_what_was_confirmed(status, expected):
    assert correct_mark(replace(EXPECTED, status=status), "ada", "absent", None).status == expected


def test_a_student_of_another_register_cannot_be_marked():
    with pytest.raises(KeyError):
        correct_mark(EXPECTED, "guest", "present", None)


def sighting(
    frame: int, face: int, similarity: float, student_id: str = "ada", **changes: object
) -> Sighting:
    band = "recognised" if similarity >= 90 else "doubtful"
    return replace(Sighting(student_id, frame, face, BOX, similarity, band, on_roster=True), **changes)


@given(
    st.permutations([sighting(1, 0, 95), sighting(2, 4, 97), sighting(3, 1, 97), sighting(4, 0, 82)]),
)
def test_evidence_is_the_best_sighting_however_they_come(sightings):
    gathered = gather_evidence("c", MEETING.starts_at, sightings)["ada"]
    assert (gathered.frame, gathered.face, gathered.similarity, gathered.frames_seen) == (2, 4, 97, 4)
    assert gathered.recognised


def test_guests_are_no_evidence():
    assert gather_evidence("c", MEETING.starts_at, [sighting(1, 0, 99, "guest", on_roster=False)]) == {}


def test_the_expected_register_has_everybody_unseen_and_is_unwritten():
    assert list(EXPECTED.marks) == sorted(ROSTER)
    assert EXPECTED.count() == Counts(present=0, doubtful=0, unseen=3, absent=0, students=3)
    assert (EXPECTED.version, EXPECTED.status) == (0, "expected")
    assert EXPECTED.starts_at == datetime(2026, 11, 23, 9, tzinfo=UTC)
