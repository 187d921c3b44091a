"""What the functions are told by their environment. Each function gets, and reads, only what it needs."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings


class TableSettings(BaseSettings):
    table_name: str = Field(min_length=3, description="The DynamoDB table")


class CaptureSettings(BaseSettings):
    captures_bucket: str = Field(
        min_length=3, description="Bucket of frames, manifests and the workflow's notes"
    )


class PortraitSettings(BaseSettings):
    portraits_bucket: str = Field(min_length=3, description="Bucket of enrolment photos")


class FaceSettings(BaseSettings):
    face_index: Literal["rekognition", "engine"] = Field(
        default="rekognition", description="Who finds faces: Rekognition, or our own engine in the function"
    )


class AnnouncementSettings(BaseSettings):
    event_bus_name: str = Field(default="default", min_length=1, description="EventBridge bus of our events")
    summary_topic_arn: str = Field(pattern=r"^arn:", description="SNS topic that carries the same events")
