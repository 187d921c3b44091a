from dataclasses import replace
from itertools import permutations

import pytest

from attendance.domain.errors import CaptureUnknownError, DeviceUnknownError, ServiceUnavailableError
from tests.fakes.school_with_cameras import SECOND_CAMERA, clock_at


def test_a_device_is_followed_to_its_success(school):
    capture = school.scheduled_capture()
    assert school.device_tells(capture, "IN_PROGRESS")
    assert school.device_tells(capture, "SUCCEEDED")
    assert school.stored(capture).status == "SUCCEEDED"
    assert school.register() is None


def test_an_event_told_twice_is_no_news(school):
    capture = school.scheduled_capture()
    assert school.device_tells(capture, "IN_PROGRESS")
    assert not school.device_tells(capture, "IN_PROGRESS")
    assert school.device_tells(capture, "FAILED", "CAMERA_TIMEOUT")
    assert not school.device_tells(capture, "FAILED", "CAMERA_TIMEOUT")
    assert len(school.announcer.events) == 1
    assert school.register().version == 1


@pytest.mark.parametrize("told", sorted(set(permutations(["IN_PROGRESS", "IN_PROGRESS", "SUCCEEDED"]))))
def test_events_in_any_order_end_the_same(school, told):
    capture = school.scheduled_capture()
    for status in told:
        school.device_tells(capture, status)
    assert school.stored(capture).status == "SUCCEEDED"
    assert school.announcer.events == []


@pytest.mark.parametrize(
    ("status", "code"),
    [("FAILED", "CAMERA_TIMEOUT"), ("FAILED", "BLACK_FRAME"), ("REJECTED", "EXPIRED"), ("REJECTED", "BUSY")],
)
def test_a_device_that_brings_nothing_leaves_everybody_unseen_and_says_why(school, status, code):
    capture = school.scheduled_capture()
    assert school.device_tells(capture, status, code)
    stored = school.stored(capture)
    assert (stored.status, stored.stage, stored.reason) == (status, "failed", f"{code}: says the camera")
    assert school.register().status == "not_taken"
    assert school.register().captures[0].problems == (code,)
    assert set(school.statuses().values()) == {"unseen"}
    (event,) = school.announcer.events
    assert (event.state, event.error, event.detail) == ("device", code, "says the camera")


def test_a_failure_without_a_reason_goes_by_its_status(school):
    capture = school.scheduled_capture()
    school.device_tells(capture, "FAILED")
    assert school.stored(capture).reason == "FAILED"


def test_a_cancelled_capture_is_no_failure(school):
    capture = school.scheduled_capture()
    assert school.device_tells(capture, "CANCELLED")
    assert school.stored(capture).status == "CANCELLED"
    assert school.register() is None
    assert school.announcer.events == []


def test_a_device_cannot_speak_of_another_devices_capture(school):
    capture = school.scheduled_capture()
    school.add_camera(SECOND_CAMERA)
    assert not school.device_tells(capture, "FAILED", "DISK_FULL", device_id=SECOND_CAMERA)
    assert school.stored(capture).status == "CREATED"
    assert school.register() is None


def test_a_device_of_another_school_knows_no_such_capture(school):
    capture = school.scheduled_capture()
    school.add_camera("hillside-1", school_id="hillside")
    with pytest.raises(CaptureUnknownError):
        school.device_tells(capture, "FAILED", device_id="hillside-1")


def test_an_unregistered_device_is_an_error_of_its_own(school):
    with pytest.raises(DeviceUnknownError):
        school.device_tells(school.scheduled_capture(), "FAILED", device_id="stranger")


def test_a_failure_told_after_the_pictures_arrived_takes_nothing_from_the_register(school):
    """A camera that missed the answer to its upload says UPLOAD_FAILED although all is here."""
    capture = school.scheduled_capture()
    school.roll(school.upload(capture, [{"s-ada": 97}]))
    before = school.register()
    announced = list(school.announcer.events)
    assert school.device_tells(capture, "FAILED", "UPLOAD_FAILED")
    assert school.register() == before
    assert school.stored(capture).stage == "recorded"
    assert school.announcer.events == announced


def test_a_failure_told_while_the_roll_is_taken_is_the_workflows_to_judge(school):
    capture = school.scheduled_capture()
    school.captures.claim(capture, "run-1", clock_at(8, 11))
    assert school.device_tells(capture, "FAILED", "UPLOAD_FAILED")
    assert school.stored(capture).stage == "taking"
    assert school.register() is None


def test_pictures_that_arrive_after_a_failure_was_told_are_taken(school):
    capture = school.scheduled_capture()
    school.device_tells(capture, "FAILED", "UPLOAD_FAILED")
    assert school.register().status == "not_taken"
    assert school.roll(school.upload(capture, [{"s-ada": 97}])) == "Published"
    assert school.register().status == "provisional"
    assert school.statuses()["s-ada"] == "present"
    assert school.stored(capture).reason is None


def test_a_failure_that_was_not_recorded_to_the_end_is_recorded_when_it_is_told_again(school):
    capture = school.scheduled_capture()

    def unreachable(*_):
        raise ServiceUnavailableError("DynamoDB failed")

    save, school.registers.save = school.registers.save, unreachable
    with pytest.raises(ServiceUnavailableError):
        school.device_tells(capture, "FAILED", "DISK_FULL")
    school.registers.save = save
    assert school.device_tells(capture, "FAILED", "DISK_FULL")
    assert school.register().status == "not_taken"
    assert school.stored(capture).status == "FAILED"


def test_a_success_after_the_time_out_is_news(school):
    capture = school.scheduled_capture()
    school.tick(clock_at(8, 45))
    assert school.device_tells(capture, "SUCCEEDED")
    assert school.stored(capture).status == "SUCCEEDED"


def test_a_failure_in_a_room_without_a_lesson_marks_no_register(school):
    school.clock.now = clock_at(16, 0)
    capture = school.requested_capture()
    school.device_tells(capture, "FAILED", "CAMERA_UNAVAILABLE")
    assert school.registers.registers == {}
    assert len(school.announcer.events) == 1


def test_a_failure_in_a_room_that_two_lessons_claim_is_announced_all_the_same(school):
    timetable = school.schools.timetable("lakeside")
    lessons = [replace(lesson, room_id="r101") for lesson in timetable.lessons]
    school.schools.timetables["lakeside"] = replace(timetable, lessons=tuple(lessons))
    capture = school.scheduled_capture()
    school.device_tells(capture, "FAILED", "DISK_FULL")
    assert school.registers.registers == {}
    assert len(school.announcer.events) == 1
