import hashlib
from datetime import timedelta

import pytest

from attendance.contracts.upload import RpcRejected, UploadFile, UploadUrlsAccepted, UploadUrlsRequest
from attendance.domain.errors import DeviceUnknownError
from attendance.usecases.issue_upload_urls import issue_upload_urls
from tests.fakes.school_with_cameras import CAMERA, SECOND_CAMERA

UNKNOWN = "00000000-0000-5000-8000-000000000000"
FILES = tuple(
    UploadFile(name=name, bytes=1000, sha256=hashlib.sha256(name.encode()).hexdigest(), content_type=kind)
    for name, kind in [
        ("1.jpg", "image/jpeg"),
        ("2.jpg", "image/jpeg"),
        ("manifest.json", "application/json"),
    ]
)


def ask(school, capture_id, device_id=CAMERA):
    return issue_upload_urls(
        device_id,
        UploadUrlsRequest(token="t-1", capture_id=capture_id, files=FILES),
        registry=school.registry,
        captures=school.captures,
        files=school.pictures,
        messenger=school.messenger,
        clock=school.clock,
    )


def test_every_file_gets_an_address_under_the_captures_own_prefix(school):
    capture = school.scheduled_capture()
    answer = ask(school, capture.capture_id)
    assert isinstance(answer, UploadUrlsAccepted)
    prefix = f"https://captures.test/captures/lakeside/{CAMERA}/{capture.capture_id}/"
    assert [upload.url for upload in answer.uploads] == [f"{prefix}{file.name}?seconds=600" for file in FILES]
    assert answer.expires_at == school.clock.now + timedelta(minutes=10)
    assert school.messenger.answered == [(CAMERA, answer)]


def test_asked_twice_it_is_answered_alike(school):
    capture = school.scheduled_capture()
    assert ask(school, capture.capture_id) == ask(school, capture.capture_id)


def test_the_answer_goes_to_the_device_of_the_topic(school):
    capture = school.scheduled_capture()
    school.add_camera(SECOND_CAMERA)
    answer = ask(school, capture.capture_id, device_id=SECOND_CAMERA)
    assert isinstance(answer, RpcRejected)
    assert (answer.code, answer.retry) == ("CAPTURE_UNKNOWN", False)
    assert school.messenger.answered == [(SECOND_CAMERA, answer)]


def test_a_camera_of_another_school_learns_nothing(school):
    capture = school.scheduled_capture()
    school.add_camera("hillside-r101-1", school_id="hillside")
    answer = ask(school, capture.capture_id, device_id="hillside-r101-1")
    assert answer == ask(school, capture.capture_id, device_id="hillside-r101-1")
    assert answer.code == "CAPTURE_UNKNOWN"


def test_an_unknown_capture_is_refused_for_good(school):
    assert ask(school, UNKNOWN).code == "CAPTURE_UNKNOWN"


@pytest.mark.parametrize("status", ["FAILED", "REJECTED", "CANCELLED"])
def test_an_ended_capture_takes_no_more_pictures(school, status):
    capture = school.scheduled_capture()
    school.device_tells(capture, status)
    answer = ask(school, capture.capture_id)
    assert (answer.code, answer.retry, answer.token) == ("CAPTURE_CLOSED", False, "t-1")
    assert status in answer.detail


@pytest.mark.parametrize("status", ["IN_PROGRESS", "SUCCEEDED", "TIMED_OUT"])
def test_pictures_may_be_uploaded_late_or_again(school, status):
    capture = school.scheduled_capture()
    school.captures.advance(capture, status, None)
    assert isinstance(ask(school, capture.capture_id), UploadUrlsAccepted)


def test_a_device_that_is_not_registered_is_an_error_of_its_own(school):
    with pytest.raises(DeviceUnknownError, match="stranger"):
        ask(school, UNKNOWN, device_id="stranger")
    assert school.messenger.answered == []
