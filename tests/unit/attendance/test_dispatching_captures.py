from dataclasses import replace
from datetime import timedelta

import pytest

from attendance.domain.errors import ServiceUnavailableError
from attendance.domain.timetable import Lesson, Timetable
from attendance.usecases.dispatch_captures import UPLOAD_RETENTION, Dispatched
from tests.fakes.example_school import MATHS_NOW, SCHOOL
from tests.fakes.school_with_cameras import CAMERA, SECOND_CAMERA, clock_at

NOTHING = Dispatched()
ENDS_AT = clock_at(8, 45)  # of the first maths lesson


def test_a_camera_is_commanded_at_the_policys_minute(school):
    assert school.tick(clock_at(8, 9, 59)) == NOTHING
    assert school.tick(clock_at(8, 10)) == Dispatched(created=1)
    ((device_id, command, expires_in_s),) = school.messenger.sent
    assert device_id == CAMERA
    assert (command.room_id, command.trigger) == ("r101", "scheduled")
    assert (command.not_before, command.expires_at) == (clock_at(8, 10), ENDS_AT)
    assert expires_in_s == 60


def test_a_tick_fired_twice_commands_once(school):
    assert school.tick(clock_at(8, 10)) == Dispatched(created=1)
    assert school.tick(clock_at(8, 10)) == NOTHING
    assert school.tick(clock_at(8, 10, 3)) == NOTHING
    assert len(school.messenger.sent) == 1


def test_after_an_outage_the_capture_is_still_taken_late_in_the_lesson(school):
    assert school.tick(clock_at(8, 44, 30)) == Dispatched(created=1)
    ((_, _, expires_in_s),) = school.messenger.sent
    assert expires_in_s == 30


def test_a_lesson_that_is_over_is_not_made_up(school):
    assert school.tick(ENDS_AT) == NOTHING
    assert school.messenger.sent == []


def test_of_several_missed_moments_the_latest_stands_for_all(school):
    moments = tuple(timedelta(minutes=minute) for minute in (2, 10, 20))
    school.schools.policies[SCHOOL] = replace(school.schools.policy(SCHOOL), capture_moments=moments)
    assert school.tick(clock_at(8, 12)) == Dispatched(created=1)
    assert school.tick(clock_at(8, 12, 5)) == NOTHING
    assert school.tick(clock_at(8, 20)).created == 1


def test_every_camera_of_the_room_takes_its_own_capture(school):
    school.add_camera(SECOND_CAMERA)
    school.add_camera("lakeside-r999-1", room_id="r999")
    assert school.tick(clock_at(8, 10)) == Dispatched(created=2)
    assert {device_id for device_id, _, _ in school.messenger.sent} == {CAMERA, SECOND_CAMERA}
    assert len({command.capture_id for _, command, _ in school.messenger.sent}) == 2


def test_an_unheard_command_is_sent_again_each_minute_until_it_is_heard(school):
    capture = school.scheduled_capture()
    assert school.tick(clock_at(8, 11)) == Dispatched(repeated=1)
    assert school.tick(clock_at(8, 11, 30)) == NOTHING
    assert school.tick(clock_at(8, 12)) == Dispatched(repeated=1)
    assert {command.capture_id for _, command, _ in school.messenger.sent} == {capture.capture_id}
    school.device_tells(capture, "IN_PROGRESS")
    assert school.tick(clock_at(8, 13)) == NOTHING


def test_each_copy_says_the_same(school):
    school.scheduled_capture()
    school.tick(clock_at(8, 11))
    (_, first, _), (_, second, _) = school.messenger.sent
    assert first == second


def test_a_copy_never_outlives_the_command(school):
    school.scheduled_capture()
    school.tick(clock_at(8, 44, 20))
    assert school.messenger.sent[-1][2] == 40


def test_a_command_nobody_answered_ends_with_the_lesson_and_the_register_is_not_taken(school):
    capture = school.scheduled_capture()
    assert school.tick(ENDS_AT) == Dispatched(timed_out=1)
    assert school.stored(capture).status == "TIMED_OUT"
    assert school.stored(capture).stage == "failed"
    assert "is it switched on" in school.stored(capture).reason
    register = school.register()
    assert register.status == "not_taken"
    assert set(school.statuses().values()) == {"unseen"}
    (event,) = school.announcer.events
    assert (event.state, event.error, event.capture_id) == ("device", "TIMED_OUT", capture.capture_id)
    assert school.tick(ENDS_AT + timedelta(minutes=1)) == NOTHING


def test_a_command_that_was_accepted_has_a_day_to_upload(school):
    capture = school.scheduled_capture()
    school.device_tells(capture, "IN_PROGRESS")
    assert school.tick(ENDS_AT + UPLOAD_RETENTION - timedelta(seconds=1)).timed_out == 0
    assert school.tick(ENDS_AT + UPLOAD_RETENTION).timed_out == 1
    assert school.stored(capture).status == "TIMED_OUT"


def test_after_an_outage_of_days_old_captures_still_end(school):
    capture = school.scheduled_capture()
    assert school.tick(clock_at(8, 10) + timedelta(days=21)) == Dispatched(created=1, timed_out=1)
    assert school.stored(capture).status == "TIMED_OUT"


def test_a_register_that_was_taken_outlives_the_loss_of_every_word_of_the_device(school):
    capture = school.scheduled_capture()
    school.roll(school.upload(capture, [{"s-ada": 97}]))
    before = school.register()
    assert school.tick(ENDS_AT).timed_out == 0
    assert school.register() == before
    assert school.stored(capture).status == "SUCCEEDED"
    assert school.stored(capture).stage == "recorded"


def test_a_word_of_the_device_in_between_wins_over_the_time_out(school):
    """The index lists the capture as open, and a moment later it is not."""
    capture = school.scheduled_capture()
    listed = school.stored(capture)
    school.device_tells(capture, "IN_PROGRESS")
    school.captures.open_in_room = lambda *_: [listed]
    assert school.tick(ENDS_AT) == NOTHING
    assert school.stored(capture).status == "IN_PROGRESS"
    assert school.register() is None


def test_a_time_out_that_was_not_recorded_to_the_end_is_recorded_by_the_next_tick(school):
    capture = school.scheduled_capture()

    def out_of_order(*_):
        raise ServiceUnavailableError("DynamoDB failed")

    save, school.registers.save = school.registers.save, out_of_order
    with pytest.raises(ServiceUnavailableError):
        school.tick(ENDS_AT)
    assert school.stored(capture).is_open
    school.registers.save = save
    assert school.tick(ENDS_AT + timedelta(minutes=1)).timed_out == 1
    assert school.register().status == "not_taken"


def test_one_schools_fault_does_not_keep_the_others_waiting(school):
    class Broken(Timetable):
        def running_at(self, instant):
            raise ServiceUnavailableError("the timetable could not be read")

    school.schools.timetables["a-first-school"] = Broken("UTC", (), ())
    with pytest.raises(ServiceUnavailableError, match="timetable"):
        school.tick(clock_at(8, 10))
    assert len(school.messenger.sent) == 1


def test_one_rooms_fault_does_not_keep_the_others_waiting(school):
    school.add_camera("lakeside-r102-1", room_id="r102")
    send = school.messenger.send_capture

    def unreachable(device_id, command, *, expires_in_s):
        if device_id == CAMERA:
            raise ServiceUnavailableError("IoT could not be reached")
        send(device_id, command, expires_in_s=expires_in_s)

    school.messenger.send_capture = unreachable
    with pytest.raises(ServiceUnavailableError):
        school.tick(clock_at(8, 10))
    assert [device_id for device_id, _, _ in school.messenger.sent] == ["lakeside-r102-1"]
    school.messenger.send_capture = send
    assert school.tick(clock_at(8, 11)) == Dispatched(repeated=2)


def test_a_lesson_in_a_room_without_a_camera_is_left_alone(school):
    timetable = school.schools.timetable(SCHOOL)
    lessons = (*timetable.lessons, Lesson("maths-7a", "attic", 1, "p1"))
    school.schools.timetables[SCHOOL] = replace(timetable, lessons=lessons)
    assert school.tick(clock_at(8, 10)) == Dispatched(created=1)


def test_a_scheduled_capture_knows_its_meeting(school):
    assert school.scheduled_capture().meeting_id == MATHS_NOW


def test_a_school_without_cameras_has_nothing_to_dispatch(school):
    school.registry.devices = {}
    assert school.tick(clock_at(8, 10)) == NOTHING
