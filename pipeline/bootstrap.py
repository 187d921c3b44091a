"""The one place that wires settings to adapters. Clients are made once, when first asked for."""

import time
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

import boto3
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
from botocore.config import Config

from attendance.adapters.announcements import AwsAnnouncer
from attendance.adapters.dynamodb.captures import DynamoCaptureStore
from attendance.adapters.dynamodb.registers import DynamoProjectionStore, DynamoRegisterStore
from attendance.adapters.dynamodb.schools import DynamoSchoolStore
from attendance.adapters.dynamodb.students import DynamoStudentStore
from attendance.adapters.dynamodb.table import Table
from attendance.adapters.iot import IotDeviceRegistry, IotMessenger
from attendance.adapters.s3 import S3ObjectStore
from pipeline.settings import (
    AnnouncementSettings,
    CaptureSettings,
    FaceSettings,
    PortraitSettings,
    TableSettings,
)

if TYPE_CHECKING:
    from attendance.ports import FaceDetector, FaceIndex
    from faces import FaceEngine

# Step Functions retries with jitter over minutes; a client that also retries for long hides the throttling.
# And it has to give up before its function is ended, whose time-out no state would take for an outage: the
# shortest functions have 20 seconds, those that call Rekognition 60.
_CLIENT = Config(retries={"total_max_attempts": 2, "mode": "standard"}, connect_timeout=2, read_timeout=6)
_REKOGNITION = _CLIENT.merge(Config(read_timeout=25))
_SIGV4 = _CLIENT.merge(Config(signature_version="s3v4"))


def clock() -> datetime:
    return datetime.now(UTC)


@cache
def table() -> Table:
    return Table(boto3.client("dynamodb", config=_CLIENT), TableSettings().table_name)


@cache
def idempotency() -> DynamoDBPersistenceLayer:
    """What was done once lies beside everything else, in a partition of its own that expires."""
    return DynamoDBPersistenceLayer(
        table_name=table().name,
        key_attr="PK",
        sort_key_attr="SK",
        static_pk_value="IDEMPOTENCY",
        expiry_attr="ttl",
        boto_config=_CLIENT,
    )


def schools() -> DynamoSchoolStore:
    return DynamoSchoolStore(table())


def students() -> DynamoStudentStore:
    return DynamoStudentStore(table())


def captures() -> DynamoCaptureStore:
    return DynamoCaptureStore(table())


def registers() -> DynamoRegisterStore:
    return DynamoRegisterStore(table())


def projections() -> DynamoProjectionStore:
    return DynamoProjectionStore(table())


@cache
def capture_files() -> S3ObjectStore:
    bucket = CaptureSettings().captures_bucket
    return S3ObjectStore(boto3.client("s3", config=_SIGV4), bucket)


@cache
def portrait_files() -> S3ObjectStore:
    bucket = PortraitSettings().portraits_bucket
    return S3ObjectStore(boto3.client("s3", config=_SIGV4), bucket)


@cache
def registry() -> IotDeviceRegistry:
    return IotDeviceRegistry(boto3.client("iot", config=_CLIENT), time.monotonic)


@cache
def messenger() -> IotMessenger:
    return IotMessenger(boto3.client("iot-data", config=_CLIENT))


@cache
def announcer() -> AwsAnnouncer:
    settings = AnnouncementSettings()
    return AwsAnnouncer(
        boto3.client("events", config=_CLIENT),
        boto3.client("sns", config=_CLIENT),
        boto3.client("iot-data", config=_CLIENT),
        bus_name=settings.event_bus_name,
        topic_arn=settings.summary_topic_arn,
    )


@cache
def face_detector_of_captures() -> "FaceDetector":
    if FaceSettings().face_index == "engine":
        from attendance.adapters.engine import EngineFaceDetector  # noqa: PLC0415

        return EngineFaceDetector(_engine(), capture_files())
    return _rekognition_index(capture_files())


@cache
def face_index_of_captures() -> "FaceIndex":
    return _face_index(capture_files())


@cache
def face_index_of_portraits() -> "FaceIndex":
    return _face_index(portrait_files())


# OpenCV takes a quarter of a second to import, which only the functions that see pictures should pay.


def _face_index(files: S3ObjectStore) -> "FaceIndex":
    if FaceSettings().face_index == "engine":
        return _engine_index(files)
    return _rekognition_index(files)


def _rekognition_index(files: S3ObjectStore) -> "FaceIndex":
    from attendance.adapters.rekognition import RekognitionFaceIndex  # noqa: PLC0415

    return RekognitionFaceIndex(boto3.client("rekognition", config=_REKOGNITION), files, files.bucket)


def _engine_index(files: S3ObjectStore) -> "FaceIndex":
    from attendance.adapters.dynamodb.references import DynamoReferenceStore  # noqa: PLC0415
    from attendance.adapters.engine import EngineFaceIndex  # noqa: PLC0415
    from attendance.domain.policy import Engine  # noqa: PLC0415

    engine = _engine()
    references = DynamoReferenceStore(table(), Engine(engine.name, engine.version))
    return EngineFaceIndex(engine, files, references)


def _engine() -> "FaceEngine":
    from faces import FaceEngine  # noqa: PLC0415

    return FaceEngine()
