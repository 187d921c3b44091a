"""Upload URLs by request and answer over MQTT, and the manifest that ends an upload."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from attendance.contracts.base import CaptureId, Contract, Identifier, Instant, Sha256

MAX_FILES = 11  # ten frames and the manifest
MAX_FRAME_BYTES = 15 * 1024 * 1024  # Rekognition reads no picture above 15 MB from S3
FRAME_TYPES = ("image/jpeg",)

FileName = Annotated[str, StringConstraints(pattern=r"^(?:[1-9]|10)\.jpg$|^manifest\.json$")]
FrameName = Annotated[str, StringConstraints(pattern=r"^(?:[1-9]|10)\.jpg$")]


class UploadFile(Contract):
    """A file that a device wants to upload: its length and checksum become part of the signature."""

    name: FileName
    bytes: Annotated[int, Field(ge=1, le=MAX_FRAME_BYTES)]
    sha256: Sha256
    content_type: Literal["image/jpeg", "application/json"]


class UploadUrlsRequest(Contract):
    """One request for a whole capture; `token` correlates the answer."""

    schema_name: Literal["upload_urls.v1"] = Field(default="upload_urls.v1", alias="schema")
    token: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    capture_id: CaptureId
    files: Annotated[tuple[UploadFile, ...], Field(min_length=1, max_length=MAX_FILES)]

    @model_validator(mode="after")
    def _names_are_distinct(self) -> "UploadUrlsRequest":
        if len({file.name for file in self.files}) != len(self.files):
            message = "a file is named twice"
            raise ValueError(message)
        return self


class UploadUrl(Contract):
    """PUT the file to `url` with exactly these headers."""

    name: FileName
    url: str
    headers: dict[str, str]


class UploadUrlsAccepted(Contract):
    token: str
    capture_id: CaptureId
    expires_at: Instant
    uploads: tuple[UploadUrl, ...]


class RpcRejected(Contract):
    """`retry` says whether asking again later can help."""

    token: str
    code: Literal["CAPTURE_UNKNOWN", "CAPTURE_CLOSED", "BAD_REQUEST", "UNAVAILABLE"]
    detail: str
    retry: bool


class ManifestFrame(Contract):
    """A frame as the device took it: `taken_at` by its clock, `problems` in its own quality words."""

    name: FrameName
    bytes: Annotated[int, Field(ge=1, le=MAX_FRAME_BYTES)]
    sha256: Sha256
    taken_at: Instant
    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]
    problems: tuple[Literal["BLACK_FRAME", "BLURRED", "FROZEN"], ...] = ()


class Manifest(Contract):
    """The last file of a capture: what was uploaded. Its arrival starts the roll."""

    schema_name: Literal["manifest.v1"] = Field(default="manifest.v1", alias="schema")
    capture_id: CaptureId
    device_id: Identifier
    frames: Annotated[tuple[ManifestFrame, ...], Field(min_length=1, max_length=MAX_FILES - 1)]
    agent_version: Annotated[str, Field(max_length=64)] = ""

    @model_validator(mode="after")
    def _names_are_distinct(self) -> "Manifest":
        if len({frame.name for frame in self.frames}) != len(self.frames):
            message = "a frame is named twice"
            raise ValueError(message)
        return self
