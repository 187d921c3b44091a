from datetime import timedelta

import pytest

from attendance.domain.errors import NoCameraError
from attendance.usecases.request_capture import request_capture
from tests.fakes.example_school import SCHOOL
from tests.fakes.school_with_cameras import CAMERA, SECOND_CAMERA


def request(school, room_id="r101", request_id="req-1", school_id=SCHOOL):
    return request_capture(
        school_id,
        room_id,
        requested_by="ida",
        request_id=request_id,
        schools=school.schools,
        registry=school.registry,
        captures=school.captures,
        messenger=school.messenger,
        clock=school.clock,
    )


def test_a_request_commands_every_camera_of_the_room(school):
    school.add_camera(SECOND_CAMERA)
    captures = request(school)
    assert {capture.device_id for capture in captures} == {CAMERA, SECOND_CAMERA}
    assert {capture.trigger for capture in captures} == {"adhoc"}
    assert {capture.expires_at - school.clock.now for capture in captures} == {timedelta(minutes=5)}
    assert len(school.messenger.sent) == 2


def test_a_request_delivered_twice_is_one_capture_and_one_command(school):
    first = request(school)
    school.clock.forward(timedelta(minutes=1))
    assert request(school) == first
    assert len(school.messenger.sent) == 1


def test_two_requests_are_two_captures(school):
    assert request(school, request_id="a")[0].capture_id != request(school, request_id="b")[0].capture_id


@pytest.mark.parametrize("room_id", ["r102", "nowhere", ""])
def test_a_room_without_a_camera_is_named(school, room_id):
    with pytest.raises(NoCameraError, match=f"Room {room_id} has no camera"):
        request(school, room_id=room_id)


def test_another_schools_room_of_the_same_name_is_not_reached(school):
    school.add_camera("hillside-r101-1", school_id="hillside")
    assert [capture.device_id for capture in request(school)] == [CAMERA]


def test_a_request_whose_command_was_not_sent_is_sent_by_a_later_tick(school):
    (capture,) = request(school)
    school.messenger.sent.clear()
    school.tick(school.clock.now + timedelta(minutes=1))
    assert [command.capture_id for _, command, _ in school.messenger.sent] == [capture.capture_id]
