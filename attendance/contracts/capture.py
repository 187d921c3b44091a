"""The capture command, what a device answers to it, and the request that leads to one."""

from typing import Annotated, Literal

from pydantic import Field

from attendance.contracts.base import CaptureId, Contract, Count, Identifier, Instant

CommandStatus = Literal["CREATED", "IN_PROGRESS", "SUCCEEDED", "FAILED", "REJECTED", "CANCELLED", "TIMED_OUT"]
ReasonCode = Literal[
    "EXPIRED",
    "CAMERA_UNAVAILABLE",
    "CAMERA_TIMEOUT",
    "BLACK_FRAME",
    "BLURRED",
    "FROZEN",
    "DISK_FULL",
    "UPLOAD_FAILED",
    "BUSY",
    "BAD_REQUEST",
    "CLOCK_UNSYNCED",
]
Stage = Literal["accepted", "captured", "uploading", "uploaded"]


class BurstSettings(Contract):
    frames: Annotated[int, Field(ge=1, le=10)] = 3
    interval_ms: Annotated[int, Field(ge=0, le=10_000)] = 1500


class ImageSettings(Contract):
    """`max_width` in pixels; wider frames are scaled down before upload."""

    max_width: Annotated[int, Field(ge=320, le=8192)] = 3840
    jpeg_quality: Annotated[int, Field(ge=50, le=100)] = 90


class CaptureCommand(Contract):
    """Cloud to device. Not taken before `not_before`, rejected as EXPIRED from `expires_at` on."""

    schema_name: Literal["capture.v1"] = Field(default="capture.v1", alias="schema")
    capture_id: CaptureId
    room_id: Identifier
    trigger: Literal["scheduled", "adhoc"]
    requested_by: str
    requested_at: Instant
    not_before: Instant
    expires_at: Instant
    burst: BurstSettings = BurstSettings()
    image: ImageSettings = ImageSettings()


class CancelCommand(Contract):
    """Cloud to device. What has not been uploaded yet is thrown away; what has ended stays as it ended."""

    schema_name: Literal["cancel.v1"] = Field(default="cancel.v1", alias="schema")
    capture_id: CaptureId


class Reason(Contract):
    code: ReasonCode
    detail: Annotated[str, Field(max_length=500)] = ""


class CaptureEvent(Contract):
    """Device to cloud: the state of one command. Asked twice, a device answers with the state it has."""

    schema_name: Literal["capture_event.v1"] = Field(default="capture_event.v1", alias="schema")
    capture_id: CaptureId
    status: CommandStatus
    stage: Stage | None = None
    reason: Reason | None = None
    at: Instant
    frames: Count = 0
    duplicate: bool = False


class CaptureRequest(Contract):
    """An admin asks for a capture of a room: `rooms/{room}/capture-requests`, and POST /v1/captures alike.

    `request_id` makes a request delivered twice one capture.
    """

    schema_name: Literal["capture_request.v1"] = Field(default="capture_request.v1", alias="schema")
    request_id: Identifier


class RequestedCapture(CaptureRequest):
    """A request as the rule hands it on: room from the topic, client from the connection."""

    room_id: Identifier
    client_id: Identifier
