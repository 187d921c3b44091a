import json
from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError

from attendance.adapters.iot import CAMERA_TYPE, IotDeviceRegistry, IotMessenger
from attendance.contracts.capture import CaptureCommand
from attendance.contracts.upload import RpcRejected, UploadUrlsAccepted
from attendance.domain.captures import Device
from attendance.domain.errors import DeviceUnknownError, ThrottledError
from tests.fakes.aws_client import ScriptedClient, client_error

AT = datetime(2026, 11, 23, 8, 10, tzinfo=UTC)
CAPTURE = "2718886b-1a2c-5e1d-8218-68484793841a"


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def iot(aws):
    client = boto3.client("iot")
    for kind in (CAMERA_TYPE, "rollcall-admin"):
        client.create_thing_type(thingTypeName=kind)
    things = [
        ("lakeside-r1-2", CAMERA_TYPE, {"school": "lakeside", "room": "r1"}),
        ("lakeside-r1-1", CAMERA_TYPE, {"school": "lakeside", "room": "r1"}),
        ("lakeside-loose", CAMERA_TYPE, {"school": "lakeside"}),
        ("lakeside-admin", "rollcall-admin", {"school": "lakeside"}),
        ("hillside-r1-1", CAMERA_TYPE, {"school": "hillside", "room": "r1"}),
        ("nobodys", CAMERA_TYPE, {"room": "r1"}),
    ]
    for name, kind, attributes in things:
        client.create_thing(thingName=name, thingTypeName=kind, attributePayload={"attributes": attributes})
    return client


@pytest.fixture
def registry(iot) -> IotDeviceRegistry:
    return IotDeviceRegistry(iot, Seconds())


def test_a_device_is_where_the_registry_says(registry):
    assert registry.device("lakeside-r1-1") == Device("lakeside-r1-1", "lakeside", "r1")


def test_an_admin_has_a_school_and_no_room(registry):
    assert registry.device("lakeside-admin") == Device("lakeside-admin", "lakeside", "")


@pytest.mark.parametrize(
    ("device_id", "says"), [("stranger", "No device stranger"), ("nobodys", "no school")]
)
def test_a_device_the_registry_cannot_place_is_unknown(registry, device_id, says):
    with pytest.raises(DeviceUnknownError, match=says):
        registry.device(device_id)


def test_a_schools_cameras_are_its_things_of_that_type_that_stand_in_a_room(registry):
    assert [camera.device_id for camera in registry.cameras("lakeside")] == ["lakeside-r1-1", "lakeside-r1-2"]
    assert registry.cameras("nowhere") == []


def test_more_than_a_page_of_cameras_is_read_to_the_end(iot, registry):
    for number in range(60):
        attributes = {"school": "bigside", "room": f"r{number}"}
        iot.create_thing(
            thingName=f"bigside-{number:02}",
            thingTypeName=CAMERA_TYPE,
            attributePayload={"attributes": attributes},
        )
    assert len(registry.cameras("bigside")) == 60


def test_a_device_is_remembered_for_five_minutes():
    client = ScriptedClient(
        describe_thing=[
            {"attributes": {"school": "lakeside", "room": "r1"}},
            {"attributes": {"school": "lakeside", "room": "r2"}},
        ]
    )
    seconds = Seconds()
    registry = IotDeviceRegistry(client, seconds)
    assert registry.device("d").room_id == "r1"
    seconds.now += 299
    assert registry.device("d").room_id == "r1"
    seconds.now += 2
    assert registry.device("d").room_id == "r2"


def test_who_was_unknown_is_asked_for_again():
    client = ScriptedClient(
        describe_thing=[
            client_error("ResourceNotFoundException", 404),
            {"attributes": {"school": "lakeside"}},
        ]
    )
    registry = IotDeviceRegistry(client, Seconds())
    with pytest.raises(DeviceUnknownError):
        registry.device("new")
    assert registry.device("new").school_id == "lakeside"


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (client_error("ThrottlingException", 429), ThrottledError),
        (client_error("UnauthorizedException"), ClientError),
    ],
)
def test_a_registry_that_does_not_answer_has_not_said_that_a_device_is_unknown(error, raised):
    with pytest.raises(raised):
        IotDeviceRegistry(ScriptedClient(describe_thing=[error]), Seconds()).device("d")


def test_a_command_goes_to_the_devices_own_topic_and_expires():
    client = ScriptedClient(publish=[{}])
    command = CaptureCommand(
        capture_id=CAPTURE,
        room_id="r1",
        trigger="adhoc",
        requested_by="ida",
        requested_at=AT,
        not_before=AT,
        expires_at=AT.replace(minute=15),
    )
    IotMessenger(client).send_capture("lakeside-r1-1", command, expires_in_s=60)
    ((_, request),) = client.calls
    assert request["topic"] == "devices/lakeside-r1-1/commands/capture"
    assert (request["qos"], request["messageExpiry"]) == (1, 60)
    assert CaptureCommand.model_validate_json(request["payload"]) == command
    assert json.loads(request["payload"])["schema"] == "capture.v1"


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        (UploadUrlsAccepted(token="t", capture_id=CAPTURE, expires_at=AT, uploads=()), "accepted"),
        (RpcRejected(token="t", code="CAPTURE_UNKNOWN", detail="none", retry=False), "rejected"),
    ],
)
def test_an_answer_goes_where_the_device_listens(answer, end):
    client = ScriptedClient(publish=[{}])
    IotMessenger(client).answer_upload_urls("lakeside-r1-1", answer)
    ((_, request),) = client.calls
    assert request["topic"] == f"devices/lakeside-r1-1/rpc/upload-urls/{end}"
    assert request["qos"] == 1


def test_a_message_that_could_not_be_sent_is_worth_another_try():
    client = ScriptedClient(publish=[client_error("ThrottlingException", 429)])
    with pytest.raises(ThrottledError):
        IotMessenger(client).answer_upload_urls(
            "d", RpcRejected(token="t", code="BAD_REQUEST", detail="", retry=False)
        )
