from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from attendance.contracts.events import CaptureFailed, RollSummary
from attendance.domain.errors import (
    CaptureClosedError,
    EngineNotCalibratedError,
    PictureTooLargeError,
    ServiceUnavailableError,
    TimetableConflictError,
    VersionConflictError,
)
from attendance.domain.ledger import chain_is_whole
from attendance.domain.policy import Engine
from attendance.domain.rosters import Enrollment
from attendance.usecases.change_register import change_register
from attendance.usecases.correct_mark import correct_mark, withdraw_correction
from tests.fakes.example_school import MATHS_LATER, MATHS_NOW, MONDAY, NAMES, SCHOOL
from tests.fakes.face_index import no_picture
from tests.fakes.school_with_cameras import SECOND_CAMERA, clock_at

ADA, EMMY, STRANGER = {"s-ada": 97.0}, {"s-emmy": 83.0, "s-sofia": 61.0}, None
SEEN = [ADA, EMMY, STRANGER]


def teacher_says(school, student_id, status, version=None):
    return correct_mark(
        SCHOOL,
        MATHS_NOW,
        student_id,
        status,
        version=school.register().version if version is None else version,
        actor="ana",
        reason="I saw it",
        schools=school.schools,
        registers=school.registers,
        clock=school.clock,
    )


def test_a_capture_becomes_a_register(school):
    capture = school.scheduled_capture()
    assert school.roll(school.upload(capture, SEEN)) == "Published"
    register = school.register()
    assert (register.status, register.version) == ("provisional", 1)
    assert school.statuses() == dict.fromkeys(NAMES, "unseen") | {"s-ada": "present"}
    assert register.marks["s-emmy"].review is not None
    assert register.marks["s-ada"].evidence[0].frames_seen == 2
    assert register.captures[0].unknown_faces == 2  # the stranger, in both frames
    stored = school.stored(capture)
    assert (stored.stage, stored.meeting_id, stored.reason) == ("recorded", MATHS_NOW, None)


def test_the_summary_tells_counts_and_no_names(school):
    school.roll(school.upload(school.scheduled_capture(), SEEN))
    (summary,) = school.announcer.events
    assert isinstance(summary, RollSummary)
    assert (summary.students, summary.present, summary.doubtful, summary.unseen) == (4, 1, 1, 2)
    assert (summary.faces, summary.unknown_faces) == (6, 2)
    assert not any(word in summary.model_dump_json() for word in [*NAMES, *NAMES.values()])


def test_a_roll_run_again_changes_nothing_and_writes_no_line(school):
    key = school.upload(school.scheduled_capture(), SEEN)
    school.roll(key)
    before, lines = school.register(), list(school.registers.lines)
    school.clock.forward(timedelta(minutes=1))
    assert school.roll(key) == "Published"
    assert (school.register(), school.registers.lines) == (before, lines)


def test_a_doubled_manifest_is_taken_once(school):
    key = school.upload(school.scheduled_capture(), SEEN)
    assert school.roll(key, run="run-1") == "Published"
    assert school.roll(key, run="run-2") == "AlreadyTaken"
    assert len(school.registers.lines) == 1


def test_a_late_upload_lands_in_the_lesson_it_was_taken_in(school):
    capture = school.scheduled_capture()
    school.tick(clock_at(8, 45))
    assert school.register().status == "not_taken"
    school.clock.now = clock_at(9, 30)  # the next lesson of the same section is on
    assert school.roll(school.upload(capture, SEEN, taken_at=clock_at(8, 11))) == "Published"
    assert school.register(MATHS_NOW).status == "provisional"
    assert school.register(MATHS_LATER) is None
    assert school.statuses()["s-ada"] == "present"


def test_a_room_without_a_lesson_has_no_register(school):
    school.clock.now = clock_at(16, 0)
    capture = school.requested_capture()
    assert school.roll(school.upload(capture, SEEN)) == "NoMeeting"
    assert school.registers.registers == {}
    assert school.stored(capture).stage == "no_meeting"


def test_a_room_that_two_lessons_claim_is_told_so(school):
    timetable = school.schools.timetable(SCHOOL)
    lessons = tuple(replace(lesson, room_id="r101") for lesson in timetable.lessons)
    school.schools.timetables[SCHOOL] = replace(timetable, lessons=lessons)
    capture = school.scheduled_capture()
    assert school.roll(school.upload(capture, SEEN)) == "RollFailed"
    assert isinstance(school.failure, TimetableConflictError)
    assert school.registers.registers == {}
    assert "art-7b and maths-7a" in school.stored(capture).reason


def test_one_unreadable_frame_does_not_spoil_the_others(school):
    key = school.upload(school.scheduled_capture(), SEEN, frames=3)
    broken = key.replace("manifest.json", "2.jpg")
    school.index.unreadable[broken] = no_picture(broken)
    assert school.roll(key) == "Published"
    (outcome,) = school.register().captures
    assert (outcome.frames, outcome.readable_frames) == (3, 2)
    assert outcome.problems == ("frame 2: UNREADABLE",)
    assert school.statuses()["s-ada"] == "present"


@pytest.mark.parametrize(
    ("make_error", "problem"),
    [(no_picture, "UNREADABLE"), (lambda key: PictureTooLargeError(f"{key} is too large"), "TOO_LARGE")],
)
def test_frames_that_are_no_pictures_leave_the_register_not_taken(school, make_error, problem):
    key = school.upload(school.scheduled_capture(), SEEN, frames=2)
    for number in (1, 2):
        frame = key.replace("manifest.json", f"{number}.jpg")
        school.index.unreadable[frame] = make_error(frame)
    assert school.roll(key) == "Published"
    assert school.register().status == "not_taken"
    assert set(school.statuses().values()) == {"unseen"}
    assert school.register().captures[0].problems == (f"frame 1: {problem}", f"frame 2: {problem}")


def test_an_empty_room_leaves_the_register_not_taken_and_nobody_absent(school):
    assert school.roll(school.upload(school.scheduled_capture(), [])) == "Published"
    assert school.register().status == "not_taken"
    assert set(school.statuses().values()) == {"unseen"}


def test_missing_frames_are_noted(school):
    key = school.upload(school.scheduled_capture(), SEEN, frames=3, lost=[1, 3])
    assert school.roll(key) == "Published"
    assert school.register().captures[0].problems == ("frame 1: NOT_UPLOADED", "frame 3: NOT_UPLOADED")


def test_without_face_references_nobody_is_known_and_nobody_absent(school):
    school.index.engine = None
    assert school.roll(school.upload(school.scheduled_capture(), SEEN)) == "Published"
    assert set(school.statuses().values()) == {"unseen"}
    assert school.register().captures[0].unknown_faces == 6


def test_an_engine_without_bands_fails_by_its_name(school):
    school.index.engine = Engine("rekognition", "7.0")
    capture = school.scheduled_capture()
    assert school.roll(school.upload(capture, SEEN)) == "RollFailed"
    assert isinstance(school.failure, EngineNotCalibratedError)
    assert school.register().status == "not_taken"


def test_faces_beyond_the_budget_are_not_taken_for_strangers(school):
    school.schools.policies[SCHOOL] = replace(school.schools.policy(SCHOOL), searches_per_capture=1)
    school.roll(school.upload(school.scheduled_capture(), SEEN, frames=1))
    (outcome,) = school.register().captures
    assert (outcome.faces, outcome.unsearched_faces) == (3, 2)
    assert Counter(key for key, _ in school.index.searched).total() == 1


def test_a_guest_is_nobody_of_this_register(school):
    school.roll(school.upload(school.scheduled_capture(), [{"s-of-7b": 99.0}]))
    assert "s-of-7b" not in school.statuses()


def test_who_joins_tomorrow_is_not_on_todays_register(school):
    school.schools.enrollments_of[SCHOOL].append(Enrollment("s-new", "maths-7a", MONDAY + timedelta(days=1)))
    school.roll(school.upload(school.scheduled_capture(), SEEN))
    assert "s-new" not in school.statuses()


def test_two_cameras_of_a_room_add_up(school):
    school.add_camera(SECOND_CAMERA)
    school.tick(clock_at(8, 10))
    front, back = sorted(school.captures.captures.values(), key=lambda capture: capture.device_id)
    school.roll(school.upload(front, [ADA]), run="run-1")
    school.roll(
        school.upload(back, [{"s-carl": 95.0}], taken_at=clock_at(8, 10, 40)),
        run="run-2",
    )
    assert {s for s, status in school.statuses().items() if status == "present"} == {"s-ada", "s-carl"}
    assert chain_is_whole(school.registers.changes(SCHOOL, MATHS_NOW), head=school.register().ledger_hash)


def test_the_teacher_is_never_overwritten(school):
    capture = school.scheduled_capture()
    school.roll(school.upload(capture, [ADA]))
    teacher_says(school, "s-ada", "absent")
    teacher_says(school, "s-carl", "present")
    school.clock.now = clock_at(8, 30)
    again = school.requested_capture()
    school.roll(school.upload(again, [ADA, EMMY]), run="run-2")
    statuses = school.statuses()
    assert (statuses["s-ada"], statuses["s-carl"]) == ("absent", "present")
    assert len(school.register().marks["s-ada"].evidence) == 2


def test_a_correction_over_an_older_version_is_refused(school):
    school.roll(school.upload(school.scheduled_capture(), SEEN))
    teacher_says(school, "s-carl", "excused", version=1)
    with pytest.raises(VersionConflictError):
        teacher_says(school, "s-sofia", "excused", version=1)


def test_a_withdrawn_correction_gives_the_mark_back_to_the_captures(school):
    school.roll(school.upload(school.scheduled_capture(), SEEN))
    before = school.register().marks
    teacher_says(school, "s-ada", "absent")
    after = withdraw_correction(
        SCHOOL,
        MATHS_NOW,
        "s-ada",
        version=2,
        actor="ana",
        schools=school.schools,
        registers=school.registers,
        clock=school.clock,
    )
    assert after.marks == before


def test_a_roll_that_meets_other_writers_reads_again_and_decides_again(school):
    key = school.upload(school.scheduled_capture(), SEEN)
    save, met = school.registers.save, []

    def overtaken_once(register, change):
        if not met:
            met.append(register)
            teacher_says(school, "s-carl", "present", version=0)
        return save(register, change)

    school.registers.save = overtaken_once
    assert school.roll(key) == "Published"
    assert school.register().version == 2
    assert (school.statuses()["s-carl"], school.statuses()["s-ada"]) == ("present", "present")


def test_a_register_that_never_stands_still_is_a_conflict_to_be_retried(school):
    def always_overtaken(*_):
        raise VersionConflictError("somebody else")

    key = school.upload(school.scheduled_capture(), SEEN)
    school.registers.save = always_overtaken
    with pytest.raises(VersionConflictError, match="kept changing"):
        school.roll(key)
    assert school.register() is None


def test_a_change_that_changes_nothing_is_not_written(school):
    before, after = change_register(
        SCHOOL,
        MATHS_NOW,
        lambda register: register,
        kind="correction",
        actor="ana",
        reason=None,
        schools=school.schools,
        registers=school.registers,
        clock=school.clock,
    )
    assert before == after
    assert school.registers.registers == {}


@pytest.mark.parametrize("state", ["DetectFaces", "SearchFaces", "RecordMarks"])
def test_a_failed_roll_marks_nobody_absent_and_says_which_state_failed(school, state):
    capture = school.scheduled_capture()
    key = school.upload(capture, SEEN)
    school.captures.claim(capture, "run-1", clock_at(8, 11))
    school.record_failure(state, key, "run-1", ServiceUnavailableError("Rekognition failed"))
    assert school.register().status == "not_taken"
    assert set(school.statuses().values()) == {"unseen"}
    assert school.stored(capture).reason == "ServiceUnavailableError: Rekognition failed"
    (event,) = school.announcer.events
    assert isinstance(event, CaptureFailed)
    assert (event.state, event.error) == (state, "ServiceUnavailableError")


def test_a_redriven_roll_makes_good_what_had_failed(school):
    capture = school.scheduled_capture()
    key = school.upload(capture, SEEN)
    school.captures.claim(capture, "run-1", clock_at(8, 11))
    school.record_failure("SearchFaces", key, "run-1", ServiceUnavailableError("Rekognition failed"))
    assert school.roll(key, run="run-1") == "Published"
    assert school.register().status == "provisional"
    assert school.statuses()["s-ada"] == "present"
    assert school.stored(capture).reason is None
    assert len(school.register().captures) == 1


def test_a_summary_that_was_not_published_takes_nothing_from_the_register(school):
    capture = school.scheduled_capture()

    def unreachable(event):
        if isinstance(event, RollSummary):
            raise ServiceUnavailableError("SNS could not be reached")
        announce(event)

    announce, school.announcer.announce = school.announcer.announce, unreachable
    assert school.roll(school.upload(capture, SEEN)) == "RollFailed"
    assert school.statuses()["s-ada"] == "present"
    assert school.register().status == "provisional"
    assert school.stored(capture).stage == "recorded"
    (event,) = school.announcer.events
    assert (event.state, event.error) == ("PublishSummary", "ServiceUnavailableError")


def test_a_summary_that_was_not_published_leaves_what_was_wrong_with_the_pictures(school):
    key = school.upload(school.scheduled_capture(), [])
    assert school.roll(key, run="run-1") == "Published"
    recorded = school.register()
    school.record_failure("PublishSummary", key, "run-1", ServiceUnavailableError("SNS is down"))
    assert school.register() == recorded


def test_a_failure_recorded_twice_writes_one_line(school):
    capture = school.scheduled_capture()
    key = school.upload(capture, SEEN)
    for _ in range(2):
        school.record_failure("DetectFaces", key, "run-1", ServiceUnavailableError("no answer"))
    assert len(school.registers.lines) == 1


def test_a_run_that_does_not_own_the_capture_records_nothing_on_it(school):
    capture = school.scheduled_capture()
    key = school.upload(capture, SEEN)
    school.roll(key, run="run-1")
    before = (school.register(), school.stored(capture), len(school.announcer.events))
    school.record_failure("OpenCapture", key, "run-2", ServiceUnavailableError("no answer"))
    assert (school.register(), school.stored(capture), len(school.announcer.events)) == before


@pytest.mark.parametrize(
    "key",
    [
        "captures/manifest.json",
        "captures/lakeside/lakeside-r101-1/00000000-0000-5000-8000-000000000000/manifest.json",
        "captures/lakeside/lakeside-r101-2/{capture}/manifest.json",
    ],
)
def test_a_failure_of_nobodys_capture_is_left_to_the_executions_own_history(school, key):
    capture = school.scheduled_capture()
    school.record_failure(
        "OpenCapture", key.format(capture=capture.capture_id), "run-9", ServiceUnavailableError("x")
    )
    assert school.registers.registers == {}
    assert school.stored(capture) == capture


@pytest.mark.parametrize(("status", "code"), [("CANCELLED", None), ("REJECTED", "BUSY")])
def test_pictures_that_nobody_wants_change_nothing(school, status, code):
    capture = school.scheduled_capture()
    school.device_tells(capture, status, code)
    before = (school.stored(capture), school.register(), list(school.announcer.events))
    assert school.roll(school.upload(capture, SEEN)) == "RollFailed"
    assert isinstance(school.failure, CaptureClosedError)
    assert (school.stored(capture), school.register(), school.announcer.events) == before


def test_a_long_cause_is_cut(school):
    capture = school.scheduled_capture()
    key = school.upload(capture, SEEN)
    school.record_failure("DetectFaces", key, "run-1", ServiceUnavailableError("x" * 5000))
    assert len(school.stored(capture).reason) < 600
    assert len(school.announcer.events[0].detail) == 500
