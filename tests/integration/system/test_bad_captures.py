"""What cameras may send by mistake or by malice: each ends in a named state, and costs nobody a mark.

All captures are on their way at once, each in a room of its own; the tests then look at what became of them.
"""

import json
import uuid
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest
from played_captures import Frames, PlayedCameras, demand_nobody_absent, manifest_of, present_in
from played_school import PlayedSchool, eventually

from attendance.contracts.object_keys import CapturePrefix
from attendance.domain.captures import Capture
from local.announcements import AnnouncementListener

pytestmark = [pytest.mark.emulator, pytest.mark.timeout(600)]

Captures = dict[str, Capture]

NO_PICTURE = b"\xff\xd8\xff\xe0 what a camera wrote into the wrong file"


def jpeg(pixels: np.ndarray, quality: int) -> bytes:
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def enlarged(picture: bytes, width: int, height: int) -> bytes:
    pixels = np.asarray(cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR))
    return jpeg(cv2.resize(pixels, (width, height)), quality=60)


@pytest.fixture(scope="module")
def cameras(played: PlayedSchool) -> PlayedCameras:
    return PlayedCameras(played)


@pytest.fixture(scope="module")
def good(played: PlayedSchool) -> bytes:
    """A frame of the class."""
    return played.burst.frames[0].jpeg


@pytest.fixture(scope="module")
def listener(played: PlayedSchool) -> AnnouncementListener:
    clients = played.system.clients
    topic = played.system.outputs["SummaryTopicArn"]
    return AnnouncementListener(clients.client("sqs"), clients.client("sns"), topic)


@pytest.fixture(scope="module")
def brought(cameras: PlayedCameras, good: bytes, listener: AnnouncementListener) -> Captures:
    """Every capture of this module, by what is wrong with it."""
    covered = jpeg(np.full((1080, 1920), 9, np.uint8), quality=80)
    of_65_megapixels = jpeg(np.full((8125, 8000), 128, np.uint8), quality=20)
    frames = {
        "nothing": {"1.jpg": good},
        "no picture": {"1.jpg": NO_PICTURE, "2.jpg": good},
        "truncated": {"1.jpg": good[: len(good) // 2], "2.jpg": good},
        "too large": {"1.jpg": of_65_megapixels, "2.jpg": good},
        "covered": {"1.jpg": covered, "2.jpg": covered},
        "all bad": {"1.jpg": NO_PICTURE, "2.jpg": good[:100], "3.jpg": of_65_megapixels},
    }
    school = cameras.school
    captures = {fault: cameras.bring(school.add_room(), content) for fault, content in frames.items()}
    captures["some missing"] = bring_part(
        cameras, told={"1.jpg": good, "2.jpg": good}, uploaded={"2.jpg": good}
    )
    captures["all missing"] = bring_part(cameras, told={"1.jpg": good, "2.jpg": good}, uploaded={})
    captures["other content"] = bring_part(cameras, told={"1.jpg": good}, uploaded={"1.jpg": good[::-1]})
    captures["no lesson"] = cameras.bring(school.add_room(lessons=0), {"1.jpg": good})
    captures["two lessons"] = cameras.bring(school.add_room(lessons=2), {"1.jpg": good})
    captures["cancelled"] = cameras.command(school.add_room(), status="CANCELLED")
    cameras.upload(captures["cancelled"], {"1.jpg": good})
    cameras.tell(captures["cancelled"], manifest_of(captures["cancelled"], {"1.jpg": good}))
    return captures


def bring_part(cameras: PlayedCameras, *, told: Frames, uploaded: Frames) -> Capture:
    capture = cameras.command(cameras.school.add_room())
    cameras.upload(capture, uploaded)
    cameras.tell(capture, manifest_of(capture, told))
    return capture


def heard_failure(listener: AnnouncementListener, capture: Capture) -> dict[str, str]:
    """The announcement that a capture has failed."""
    return eventually(
        lambda: next(
            (
                told
                for told in listener.receive()
                if told["schema"] == "CaptureFailed.v1" and told["capture_id"] == capture.capture_id
            ),
            None,
        )
    )


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ("no picture", "frame 1: UNREADABLE"),
        ("truncated", "frame 1: UNREADABLE"),
        ("too large", "frame 1: TOO_LARGE"),
        ("some missing", "frame 1: NOT_UPLOADED"),
    ],
)
def test_one_bad_frame_does_not_cost_the_capture(
    cameras: PlayedCameras, brought: Captures, fault: str, problem: str
) -> None:
    capture = brought[fault]

    outcome = cameras.outcome(capture)
    register = cameras.register(capture)

    assert (outcome["stage"], outcome["reason"]) == ("recorded", None)
    assert register.status == "provisional"
    assert register.captures[0].problems == (problem,)
    assert register.captures[0].readable_frames == 1
    assert present_in(register) == cameras.school.burst.present
    demand_nobody_absent(register)


@pytest.mark.parametrize(
    ("fault", "problems"),
    [
        ("covered", ("frame 1: NO_FACES", "frame 2: NO_FACES")),
        ("all bad", ("frame 1: UNREADABLE", "frame 2: UNREADABLE", "frame 3: TOO_LARGE")),
    ],
)
def test_pictures_that_show_nobody_leave_the_register_not_taken(
    cameras: PlayedCameras, brought: Captures, fault: str, problems: tuple[str, ...]
) -> None:
    capture = brought[fault]

    outcome = cameras.outcome(capture)
    register = cameras.register(capture)

    assert outcome["stage"] == "recorded"
    assert all(problem in outcome["reason"] for problem in problems), outcome
    assert register.status == "not_taken"
    assert register.captures[0].problems == problems
    assert {mark.status for mark in register.marks.values()} == {"unseen"}


def test_a_covered_camera_takes_nothing_from_what_was_seen_before(
    cameras: PlayedCameras, good: bytes
) -> None:
    room = cameras.school.add_room()
    seen = cameras.bring(room, {"1.jpg": good})
    assert cameras.outcome(seen)["stage"] == "recorded"

    covered = cameras.bring(room, {"1.jpg": jpeg(np.zeros((720, 1280), np.uint8), quality=80)})
    assert cameras.outcome(covered)["stage"] == "recorded"

    register = cameras.register(seen)
    assert register.status == "provisional"
    assert present_in(register) == cameras.school.burst.present
    assert len(register.captures) == 2


@pytest.mark.parametrize("fault", ["all missing", "other content"])
def test_a_manifest_whose_frames_are_not_there_fails_by_name(
    cameras: PlayedCameras, brought: Captures, listener: AnnouncementListener, fault: str
) -> None:
    capture = brought[fault]

    outcome = cameras.outcome(capture)
    register = cameras.register(capture)

    assert outcome["stage"] == "failed"
    assert outcome["reason"].startswith("FrameMissingError: None of the ")
    assert register.status == "not_taken"
    assert register.captures[0].problems == ("FrameMissingError",)
    assert {mark.status for mark in register.marks.values()} == {"unseen"}


def test_a_failed_roll_is_announced_with_state_and_error(
    cameras: PlayedCameras, good: bytes, listener: AnnouncementListener
) -> None:
    capture = bring_part(cameras, told={"1.jpg": good}, uploaded={})

    failure = heard_failure(listener, capture)

    assert (failure["state"], failure["error"]) == ("OpenCapture", "FrameMissingError")
    (execution,) = cameras.executions(capture)
    assert (execution.status, execution.last_state) == ("FAILED", "RollFailed")
    assert execution.error == "FrameMissingError"


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        (b"", "the document"),
        (b"{'frames': 3}", "the document"),
        (b"\xff\xd8\xff\xe0", "the document"),
        (b"[]", "the document"),
        ({"frames": []}, "frames"),
        ({"capture_id": "../../demo"}, "capture_id"),
        ({"frames": [{"name": "../1.jpg"}]}, "frames.0.name"),
    ],
)
def test_a_malformed_manifest_fails_with_the_place_of_its_fault(
    cameras: PlayedCameras, good: bytes, changed: bytes | dict[str, object], where: str
) -> None:
    capture = cameras.command(cameras.school.add_room())
    cameras.upload(capture, {"1.jpg": good})
    manifest = json.loads(manifest_of(capture, {"1.jpg": good}).to_json())
    content = changed if isinstance(changed, bytes) else json.dumps(manifest | changed).encode()

    cameras.tell(capture, content)

    outcome = cameras.outcome(capture)
    assert outcome["stage"] == "failed"
    assert f"The manifest does not follow its contract at {where}: " in outcome["reason"]
    demand_nobody_absent(cameras.register(capture))


def test_a_manifest_that_names_another_device_fails_on_the_capture_it_came_with(
    cameras: PlayedCameras, good: bytes
) -> None:
    capture = cameras.command(cameras.school.add_room())
    manifest = manifest_of(capture, {"1.jpg": good})

    cameras.tell(capture, manifest.model_copy(update={"device_id": "demo-101-1"}))

    outcome = cameras.outcome(capture)
    assert outcome["stage"] == "failed"
    assert outcome["reason"].startswith("ManifestInvalidError: ")
    assert "demo-101-1" in outcome["reason"]


def test_a_manifest_under_another_devices_capture_leaves_that_capture_alone(
    cameras: PlayedCameras, good: bytes
) -> None:
    capture = cameras.command(cameras.school.add_room())
    thief = cameras.school.add_room()
    stolen = CapturePrefix(capture.school_id, thief.device_id, capture.capture_id)
    cameras.put(stolen.file("1.jpg"), good)
    cameras.put(stolen.manifest, manifest_of(capture, {"1.jpg": good}).to_json())

    (execution,) = cameras.rolls.executions(stolen.manifest)
    cameras.upload(capture, {"1.jpg": good})
    cameras.tell(capture, manifest_of(capture, {"1.jpg": good}))

    assert (execution.status, execution.error) == ("FAILED", "ManifestInvalidError")
    assert f"the capture was asked of {capture.device_id}" in execution.cause
    assert cameras.outcome(capture)["stage"] == "recorded"
    assert present_in(cameras.register(capture)) == cameras.school.burst.present


def test_manifests_that_nobody_asked_for_fail_by_name(cameras: PlayedCameras, good: bytes) -> None:
    room = cameras.school.add_room()
    capture = cameras.command(room)
    school_id, device_id, capture_id = capture.school_id, capture.device_id, capture.capture_id
    places = {
        "CaptureUnknownError": CapturePrefix(school_id, device_id, str(uuid.uuid4())),
        "DeviceUnknownError": CapturePrefix(school_id, f"{device_id}0", capture_id),
        "ManifestInvalidError": CapturePrefix("demo", device_id, capture_id),
    }
    for place in places.values():
        cameras.put(place.manifest, manifest_of(capture, {"1.jpg": good}).to_json())

    for error, place in places.items():
        (execution,) = cameras.rolls.executions(place.manifest)
        assert (execution.status, execution.last_state) == ("FAILED", "RollFailed")
        assert execution.error == error
    assert cameras.school.stores.captures.get(school_id, capture_id) == capture


def test_a_manifest_that_arrives_again_is_taken_once(
    cameras: PlayedCameras, brought: Captures, good: bytes
) -> None:
    taken = brought["nothing"]
    assert cameras.outcome(taken)["stage"] == "recorded"
    before = cameras.register(taken)
    at_once = cameras.bring(cameras.school.add_room(), {"1.jpg": good})
    for _ in range(2):
        cameras.begin_again(at_once)

    cameras.begin_again(taken)
    repeated = cameras.executions(taken)
    raced = cameras.executions(at_once)

    assert sorted(execution.last_state for execution in repeated) == ["AlreadyTaken", "PublishSummary"]
    assert cameras.register(taken) == before
    assert sorted(execution.last_state for execution in raced) == [
        "AlreadyTaken",
        "AlreadyTaken",
        "PublishSummary",
    ]
    assert cameras.register(at_once).version == 1


def test_pictures_that_come_after_the_deadline_land_in_the_meeting_they_show(
    cameras: PlayedCameras, good: bytes
) -> None:
    room = cameras.school.add_room()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    capture = cameras.command(room, status="CREATED", requested_at=yesterday)
    cameras.tick()
    waited = cameras.outcome(capture)
    missed = cameras.register(capture)

    cameras.upload(capture, {"1.jpg": good})
    cameras.tell(capture, manifest_of(capture, {"1.jpg": good}))
    (execution,) = cameras.executions(capture)

    assert (waited["status"], waited["stage"]) == ("TIMED_OUT", "failed")
    assert waited["reason"].endswith("is it switched on and connected?")
    assert missed.status == "not_taken"
    demand_nobody_absent(missed)
    assert execution.last_state == "PublishSummary"
    late = cameras.outcome(capture)
    assert (late["stage"], late["reason"]) == ("recorded", None)
    assert late["meeting_id"] == f"{room.section_id}.{yesterday.date()}.day"
    assert present_in(cameras.register(capture)) == cameras.school.burst.present
    today = f"{room.section_id}.{datetime.now(UTC).date()}.day"
    assert cameras.school.stores.registers.get(capture.school_id, today) is None


def test_a_room_without_a_lesson_has_no_meeting(cameras: PlayedCameras, brought: Captures) -> None:
    capture = brought["no lesson"]

    outcome = cameras.outcome(capture)
    (execution,) = cameras.executions(capture)

    assert (outcome["stage"], outcome["meeting_id"]) == ("no_meeting", None)
    assert outcome["reason"] == "The room had no lesson when the pictures were taken."
    assert (execution.status, execution.last_state) == ("SUCCEEDED", "NoMeeting")


def test_a_room_with_two_lessons_at_once_is_the_timetables_fault(
    cameras: PlayedCameras, brought: Captures
) -> None:
    outcome = cameras.outcome(brought["two lessons"])

    assert outcome["stage"] == "failed"
    assert outcome["reason"].startswith("TimetableConflictError: Room ")
    assert outcome["reason"].endswith("mend the timetable.")


def test_pictures_of_a_cancelled_capture_are_not_used(cameras: PlayedCameras, brought: Captures) -> None:
    cancelled = brought["cancelled"]

    (execution,) = cameras.executions(cancelled)

    assert (execution.status, execution.error) == ("FAILED", "CaptureClosedError")
    assert "has ended as CANCELLED: its pictures are not used." in execution.cause
    assert cameras.stored(cancelled) == cancelled


def test_a_frame_of_36_megapixels_shows_the_class_as_any_other(cameras: PlayedCameras, good: bytes) -> None:
    capture = cameras.bring(cameras.school.add_room(), {"1.jpg": enlarged(good, 8000, 4500)})

    assert cameras.outcome(capture)["stage"] == "recorded"
    assert present_in(cameras.register(capture)) == cameras.school.burst.present


def test_after_all_of_that_a_whole_burst_makes_a_whole_register(cameras: PlayedCameras) -> None:
    burst = cameras.school.burst
    frames = {f"{number}.jpg": frame.jpeg for number, frame in enumerate(burst.frames, start=1)}

    capture = cameras.bring(cameras.school.add_room(), frames)

    assert cameras.outcome(capture)["stage"] == "recorded"
    register = cameras.register(capture)
    assert (register.status, register.captures[0].problems) == ("provisional", ())
    assert present_in(register) == burst.present
    demand_nobody_absent(register)
