"""The functions that devices and admins reach over MQTT: rule, queue, function."""

import json

import pytest

from attendance.contracts.upload import RpcRejected, UploadUrlsAccepted
from attendance.domain.errors import ServiceUnavailableError
from pipeline.handlers import issue_upload_urls, record_capture_event, request_capture
from tests.fakes.school_with_cameras import CAMERA

SHA256 = "0" * 64
ALL_WELL = {"batchItemFailures": []}


def failed(*numbers: int) -> dict:
    return {"batchItemFailures": [{"itemIdentifier": f"message-{number}"} for number in numbers]}


def urls_request(capture_id: str, **changes: object) -> dict:
    """As the rule hands it on: the device of the topic beside what the device said."""
    file = {"name": "1.jpg", "bytes": 1000, "sha256": SHA256, "content_type": "image/jpeg"}
    return {
        "schema": "upload_urls.v1",
        "token": "t-1",
        "capture_id": capture_id,
        "files": [file],
        "device_id": CAMERA,
        **changes,
    }


def capture_event(capture_id: str, status: str = "IN_PROGRESS", **changes: object) -> dict:
    return {
        "schema": "capture_event.v1",
        "capture_id": capture_id,
        "status": status,
        "at": "2026-11-23T08:10:05Z",
        "device_id": CAMERA,
        **changes,
    }


# --- upload addresses


def test_a_device_is_answered_with_its_addresses(school, sqs, context):
    capture = school.scheduled_capture()
    assert issue_upload_urls.handler(sqs(urls_request(capture.capture_id)), context) == ALL_WELL
    ((device_id, answer),) = school.messenger.answered
    assert device_id == CAMERA
    assert isinstance(answer, UploadUrlsAccepted)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"files": []}, "files: Tuple should have at least 1 item"),
        ({"capture_id": "x"}, "capture_id: String should match pattern"),
        ({"files": "all of them"}, "files: Input should be a valid tuple"),
    ],
)
def test_a_request_that_breaks_its_contract_is_answered_with_what_is_wrong(
    school, sqs, context, changes, says
):
    message = urls_request(school.scheduled_capture().capture_id) | changes
    assert issue_upload_urls.handler(sqs(message), context) == ALL_WELL
    ((device_id, answer),) = school.messenger.answered
    assert isinstance(answer, RpcRejected)
    assert (device_id, answer.token, answer.code, answer.retry) == (CAMERA, "t-1", "BAD_REQUEST", False)
    assert answer.detail.startswith(says)


@pytest.mark.parametrize("token", [None, 7, "t" * 500, {"a": 1}])
def test_even_a_token_that_is_none_is_answered(school, sqs, context, token):
    message = urls_request(school.scheduled_capture().capture_id, token=token, files=[])
    assert issue_upload_urls.handler(sqs(message), context) == ALL_WELL
    ((_, answer),) = school.messenger.answered
    assert len(answer.token) <= 64


def test_addresses_are_never_logged(school, sqs, context, logged):
    capture = school.scheduled_capture()
    issue_upload_urls.handler(sqs(urls_request(capture.capture_id)), context)
    (line,) = logged()
    assert (line["device_id"], line["capture_id"], line["answer"]) == (
        CAMERA,
        capture.capture_id,
        "UploadUrlsAccepted",
    )
    assert "https://" not in json.dumps(line)


# --- capture events


def test_an_event_is_recorded(school, sqs, context, logged):
    capture = school.scheduled_capture()
    assert record_capture_event.handler(sqs(capture_event(capture.capture_id)), context) == ALL_WELL
    assert school.stored(capture).status == "IN_PROGRESS"
    (line,) = logged()
    assert (line["capture_id"], line["status"], line["is_news"]) == (capture.capture_id, "IN_PROGRESS", True)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", "JSONDecodeError"),
        ("not json", "JSONDecodeError"),
        ("[]", "TypeError"),
        ("{}", "KeyError"),
        (json.dumps({"device_id": CAMERA}), "ValidationError"),
        (json.dumps(capture_event("x", status="DONE")), "ValidationError"),
        (json.dumps(capture_event("00000000-0000-5000-8000-000000000000")), "CaptureUnknownError"),
        (
            json.dumps({**capture_event("00000000-0000-5000-8000-000000000000"), "device_id": "stranger"}),
            "DeviceUnknownError",
        ),
    ],
)
def test_one_bad_message_goes_back_alone_and_says_why(school, sqs, context, logged, body, error):
    good = capture_event(school.scheduled_capture().capture_id)
    assert record_capture_event.handler(sqs(body, good, body), context) == failed(1, 3)
    assert school.captures.open_in_room("lakeside", "r101")[0].status == "IN_PROGRESS"
    warnings = [line for line in logged() if line["level"] == "WARNING"]
    assert [line["error"] for line in warnings] == [error, error]


def test_where_all_messages_are_bad_all_go_back(school, sqs, context):
    assert record_capture_event.handler(sqs("x", "y"), context) == failed(1, 2)


def test_what_a_bad_message_held_is_not_logged(school, sqs, context, logged):
    bad = capture_event(school.scheduled_capture().capture_id, status="Ada Byron was here")
    record_capture_event.handler(sqs(bad), context)
    (line,) = logged()
    assert line["detail"].startswith("status: Input should be")
    assert "Ada" not in json.dumps(line)


def test_a_fault_of_ours_brings_the_message_back(school, sqs, context):
    capture = school.scheduled_capture()

    def unreachable(*_):
        raise ServiceUnavailableError("DynamoDB could not be reached")

    school.captures.advance = unreachable
    assert record_capture_event.handler(sqs(capture_event(capture.capture_id)), context) == failed(1)


def test_a_payload_cannot_change_whose_event_it_is(school, sqs, context):
    """The rule writes the topic's device over what the payload says; the school is the registry's."""
    capture = school.scheduled_capture()
    event = capture_event(capture.capture_id, "FAILED", school_id="hillside", device_id=CAMERA)
    record_capture_event.handler(sqs(event), context)
    assert school.stored(capture).status == "FAILED"
    assert school.registers.get("hillside", "maths-7a.2026-11-23.p1") is None


# --- capture requests


def capture_request(**changes: object) -> dict:
    return {
        "schema": "capture_request.v1",
        "request_id": "req-1",
        "room_id": "r101",
        "client_id": "lakeside-admin",
        **changes,
    }


def test_an_admins_request_commands_the_rooms_camera(school, sqs, context, logged):
    school.add_camera("lakeside-admin", room_id="")
    assert request_capture.handler(sqs(capture_request()), context) == ALL_WELL
    ((device_id, command, _),) = school.messenger.sent
    assert (device_id, command.trigger, command.requested_by) == (CAMERA, "adhoc", "lakeside-admin")
    assert logged()[0]["captures"] == [command.capture_id]


def test_a_request_delivered_twice_commands_once(school, sqs, context):
    school.add_camera("lakeside-admin", room_id="")
    request_capture.handler(sqs(capture_request(), capture_request()), context)
    request_capture.handler(sqs(capture_request()), context)
    assert len(school.messenger.sent) == 1


def test_an_admin_of_another_school_reaches_its_own_rooms_alone(school, sqs, context):
    school.add_camera("hillside-admin", room_id="", school_id="hillside")
    message = capture_request(client_id="hillside-admin")
    assert request_capture.handler(sqs(message), context) == failed(1)
    assert school.messenger.sent == []


@pytest.mark.parametrize("changes", [{"room_id": "r1/+"}, {"request_id": ""}, {"client_id": "nobody"}])
def test_a_request_that_cannot_be_right_goes_back(school, sqs, context, changes):
    assert request_capture.handler(sqs(capture_request(**changes)), context) == failed(1)
    assert school.messenger.sent == []
