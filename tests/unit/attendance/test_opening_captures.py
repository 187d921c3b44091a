import json
from datetime import timedelta

import pytest

from attendance.domain.errors import (
    CaptureClosedError,
    CaptureUnknownError,
    DeviceUnknownError,
    FrameMissingError,
    ManifestInvalidError,
)
from attendance.usecases.open_capture import open_capture
from tests.fakes.school_with_cameras import CAMERA, SECOND_CAMERA, clock_at

SEEN = [{"s-ada": 97.0}]


def open_it(school, key, run="run-1"):
    return open_capture(key, run, files=school.pictures, captures=school.captures, registry=school.registry)


def test_a_capture_is_opened_with_the_frames_that_arrived(school):
    capture = school.scheduled_capture()
    opened = open_it(school, school.upload(capture, SEEN, frames=3))
    assert opened.outcome == "opened"
    assert [(frame.frame, frame.width) for frame in opened.frames] == [(1, 1920), (2, 1920), (3, 1920)]
    assert (opened.capture.capture_id, opened.capture.room_id) == (capture.capture_id, "r101")
    assert school.stored(capture).stage == "taking"


def test_the_same_run_may_open_it_again(school):
    key = school.upload(school.scheduled_capture(), SEEN)
    assert open_it(school, key) == open_it(school, key)


def test_another_run_of_the_same_manifest_ends(school):
    key = school.upload(school.scheduled_capture(), SEEN)
    open_it(school, key)
    assert open_it(school, key, run="run-2").outcome == "already_taken"


def test_missing_frames_are_left_out_while_one_is_left(school):
    key = school.upload(school.scheduled_capture(), SEEN, frames=3, lost=[2])
    opened = open_it(school, key)
    assert [frame.frame for frame in opened.frames] == [1, 3]
    assert opened.capture.frames == 3


def test_without_any_of_its_frames_a_capture_is_not_opened(school):
    capture = school.scheduled_capture()
    key = school.upload(capture, SEEN, frames=2, lost=[1, 2])
    with pytest.raises(FrameMissingError, match="None of the 2 frames"):
        open_it(school, key)
    assert not school.stored(capture).has_arrived


@pytest.mark.parametrize("content", [b"short", b"the pixels of frame 9"])
def test_a_frame_that_is_not_the_one_described_is_missing(school, content):
    key = school.upload(school.scheduled_capture(), SEEN, frames=2)
    school.pictures.contents[key.replace("manifest.json", "2.jpg")] = content
    assert [frame.frame for frame in open_it(school, key).frames] == [1]


@pytest.mark.parametrize(
    ("manifest", "where"),
    [
        (b"", "the document"),
        (b"not json", "the document"),
        (b"[]", "the document"),
        (b"{}", "capture_id"),
        (b"\xff\xfe", "the document"),
    ],
)
def test_a_manifest_that_is_none_says_where_it_is_wrong(school, manifest, where):
    key = school.upload(school.scheduled_capture(), SEEN, manifest=manifest)
    with pytest.raises(ManifestInvalidError, match=f"does not follow its contract at {where}"):
        open_it(school, key)


@pytest.mark.parametrize(
    ("field", "value"),
    [("device_id", SECOND_CAMERA), ("capture_id", "00000000-0000-5000-8000-000000000000")],
)
def test_a_manifest_that_names_another_is_refused(school, field, value):
    capture = school.scheduled_capture()
    key = school.upload(capture, SEEN)
    told = json.loads(school.pictures.contents[key])
    school.pictures.contents[key] = json.dumps({**told, field: value}).encode()
    with pytest.raises(ManifestInvalidError, match=value):
        open_it(school, key)
    assert not school.stored(capture).has_arrived


def test_a_device_cannot_upload_another_devices_capture(school):
    """Its key says its own name; the capture was asked of the other."""
    capture = school.scheduled_capture()
    school.add_camera(SECOND_CAMERA)
    key = school.upload(capture, SEEN)
    told = json.loads(school.pictures.contents[key])
    stolen = key.replace(CAMERA, SECOND_CAMERA)
    school.pictures.contents[stolen] = json.dumps({**told, "device_id": SECOND_CAMERA}).encode()
    with pytest.raises(ManifestInvalidError, match="the capture was asked of"):
        open_it(school, stolen)


def test_a_device_under_another_schools_prefix_is_refused(school):
    key = school.upload(school.scheduled_capture(), SEEN).replace("captures/lakeside", "captures/hillside")
    with pytest.raises(ManifestInvalidError, match="not its own"):
        open_it(school, key)


@pytest.mark.parametrize(
    "key",
    [
        "captures/lakeside/lakeside-r101-1/0f0f0f0f-0000-5000-8000-000000000001/1.jpg",
        "captures/lakeside/lakeside-r101-1/not-a-capture/manifest.json",
        "captures/manifest.json",
        "portraits/lakeside/s-ada/manifest.json",
        "captures/lakeside/lakeside-r101-1/0f0f0f0f-0000-5000-8000-000000000001/manifest.json\n",
        "",
    ],
)
def test_a_key_that_is_no_manifests_is_refused(school, key):
    with pytest.raises(ManifestInvalidError):
        open_it(school, key)


def test_an_unregistered_device_and_an_unasked_capture_are_named(school):
    key = school.upload(school.scheduled_capture(), SEEN)
    with pytest.raises(DeviceUnknownError):
        open_it(school, key.replace(CAMERA, "stranger"))
    with pytest.raises(CaptureUnknownError):
        open_it(school, key.replace(key.split("/")[3], "00000000-0000-5000-8000-000000000000"))


@pytest.mark.parametrize("status", ["CANCELLED", "REJECTED"])
def test_pictures_that_nobody_wants_are_not_used(school, status):
    capture = school.scheduled_capture()
    school.device_tells(capture, status)
    with pytest.raises(CaptureClosedError, match=status):
        open_it(school, school.upload(capture, SEEN))


@pytest.mark.parametrize("off", [timedelta(hours=-9), timedelta(hours=1), timedelta(days=400)])
def test_a_wrong_clock_of_the_device_does_not_move_the_capture_to_another_lesson(school, off):
    capture = school.scheduled_capture()
    opened = open_it(school, school.upload(capture, SEEN, taken_at=clock_at(8, 11) + off))
    assert clock_at(8, 10) <= opened.capture.taken_at < clock_at(8, 45)
