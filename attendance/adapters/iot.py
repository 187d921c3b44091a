"""The IoT registry, and messages to devices."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from attendance.adapters.client_errors import code_of, translated
from attendance.contracts import topics
from attendance.contracts.capture import CaptureCommand
from attendance.contracts.upload import RpcRejected, UploadUrlsAccepted
from attendance.domain.captures import Device
from attendance.domain.errors import DeviceUnknownError

if TYPE_CHECKING:
    from mypy_boto3_iot import IoTClient
    from mypy_boto3_iot_data import IoTDataPlaneClient

CAMERA_TYPE = "rollcall-camera"
ADMIN_TYPE = "rollcall-admin"
# DescribeThing allows 10 calls a second an account; cameras hardly ever move.
_REMEMBERED_S = 300.0


class IotDeviceRegistry:
    """Things of type `rollcall-camera` and `rollcall-admin`, with the attributes `school` and `room`.

    Parameters
    ----------
    monotonic
        Seconds that never jump, to forget what was read five minutes ago.
    """

    def __init__(self, client: "IoTClient", monotonic: Callable[[], float]) -> None:
        self._client = client
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, Device]] = {}

    def device(self, device_id: str) -> Device:
        read_at, device = self._known.get(device_id, (float("-inf"), None))
        if device is not None and self._monotonic() - read_at < _REMEMBERED_S:
            return device
        found = self._describe(device_id)
        self._known[device_id] = (self._monotonic(), found)
        return found

    def cameras(self, school_id: str) -> Sequence[Device]:
        return sorted(self._cameras(school_id), key=lambda device: device.device_id)

    def _cameras(self, school_id: str) -> Iterator[Device]:
        with translated("IoT"):
            pages = self._client.get_paginator("list_things").paginate(
                attributeName="school", attributeValue=school_id
            )
            for page in pages:
                for thing in page["things"]:
                    attributes = thing.get("attributes", {})
                    if thing.get("thingTypeName") == CAMERA_TYPE and attributes.get("room"):
                        yield Device(thing["thingName"], school_id, attributes["room"])

    def _describe(self, device_id: str) -> Device:
        try:
            with translated("IoT"):
                thing = self._client.describe_thing(thingName=device_id)
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                message = f"No device {device_id} is registered."
                raise DeviceUnknownError(message) from error
            raise
        attributes = thing.get("attributes", {})
        if "school" not in attributes:
            message = f"The registry names no school for {device_id}."
            raise DeviceUnknownError(message)
        return Device(device_id, attributes["school"], attributes.get("room", ""))


class IotMessenger:
    """Publishes to devices over IoT's HTTP data plane, at least once."""

    def __init__(self, client: "IoTDataPlaneClient") -> None:
        self._client = client

    def send_capture(self, device_id: str, command: CaptureCommand, *, expires_in_s: int) -> None:
        with translated("IoT"):
            self._client.publish(
                topic=topics.command(device_id, "capture"),
                qos=1,
                payload=command.to_json(),
                contentType="application/json",
                messageExpiry=expires_in_s,
            )

    def answer_upload_urls(self, device_id: str, answer: UploadUrlsAccepted | RpcRejected) -> None:
        is_accepted = isinstance(answer, UploadUrlsAccepted)
        topic = topics.rpc_accepted if is_accepted else topics.rpc_rejected
        with translated("IoT"):
            self._client.publish(topic=topic(device_id, "upload-urls"), qos=1, payload=answer.to_json())
