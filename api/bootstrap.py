"""The one place that wires the environment to adapters."""

import time
from datetime import UTC, datetime

import boto3
from botocore.config import Config
from pydantic import Field
from pydantic_settings import BaseSettings

from api.services import Services
from attendance.adapters.dynamodb.captures import DynamoCaptureStore
from attendance.adapters.dynamodb.registers import DynamoRegisterStore
from attendance.adapters.dynamodb.schools import DynamoSchoolStore
from attendance.adapters.dynamodb.students import DynamoStudentStore
from attendance.adapters.dynamodb.table import Table
from attendance.adapters.dynamodb.views import DynamoViewLog
from attendance.adapters.iot import IotDeviceRegistry, IotMessenger
from attendance.adapters.s3 import S3ObjectStore

# Somebody is waiting for the answer: give up well before API Gateway does, after 30 s.
_CLIENT = Config(retries={"total_max_attempts": 2, "mode": "standard"}, connect_timeout=2, read_timeout=5)


class Settings(BaseSettings):
    """What the API is told by its environment."""

    table_name: str = Field(min_length=3, description="The DynamoDB table")
    captures_bucket: str = Field(min_length=3, description="Bucket of frames and of what was found in them")
    portraits_bucket: str = Field(min_length=3, description="Bucket of enrolment photos")


def services_from_environment() -> Services:
    """Raises pydantic.ValidationError where the environment lacks a setting."""
    settings = Settings()
    table = Table(boto3.client("dynamodb", config=_CLIENT), settings.table_name)
    # Length, type and checksum are part of a signature by SigV4 alone.
    s3 = boto3.client("s3", config=_CLIENT.merge(Config(signature_version="s3v4")))
    return Services(
        schools=DynamoSchoolStore(table),
        students=DynamoStudentStore(table),
        captures=DynamoCaptureStore(table),
        registers=DynamoRegisterStore(table),
        pictures=S3ObjectStore(s3, settings.captures_bucket),
        portraits=S3ObjectStore(s3, settings.portraits_bucket),
        registry=IotDeviceRegistry(boto3.client("iot", config=_CLIENT), time.monotonic),
        messenger=IotMessenger(boto3.client("iot-data", config=_CLIENT)),
        views=DynamoViewLog(table),
        clock=lambda: datetime.now(UTC),
    )
