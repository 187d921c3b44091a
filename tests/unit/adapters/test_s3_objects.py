import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from attendance.adapters.s3 import S3ObjectStore
from attendance.contracts.upload import UploadFile
from attendance.contracts.workflow import DecidedMarks
from attendance.domain.errors import NotFoundError, ServiceUnavailableError, ThrottledError
from tests.fakes.aws_client import ScriptedClient, client_error

BUCKET = "rollcall-captures"
CONTENT = b"the pixels of frame 1"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FILE = UploadFile(name="1.jpg", bytes=len(CONTENT), sha256=SHA256, content_type="image/jpeg")


@pytest.fixture(scope="module")
def client(aws):
    s3 = boto3.client("s3", config=Config(signature_version="s3v4"))
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return s3


@pytest.fixture
def objects(client) -> S3ObjectStore:
    return S3ObjectStore(client, BUCKET)


def test_a_document_is_read_back_as_it_was_written(objects, client):
    written = DecidedMarks(recognised=1, doubtful=2, unknown_faces=3)
    objects.write("captures/a/work/decided.json", written)
    assert DecidedMarks.model_validate_json(objects.read("captures/a/work/decided.json")) == written
    head = client.head_object(Bucket=BUCKET, Key="captures/a/work/decided.json")
    assert head["ContentType"] == "application/json"


def test_what_is_not_there_is_named(objects):
    with pytest.raises(NotFoundError, match=r"no object captures/nothing\.json"):
        objects.read("captures/nothing.json")
    assert objects.describe("captures/nothing.json") is None


def test_an_object_is_described_with_the_uploaders_checksum(objects, client):
    checksum = base64.b64encode(bytes.fromhex(SHA256)).decode()
    client.put_object(
        Bucket=BUCKET, Key="captures/1.jpg", Body=CONTENT, ChecksumSHA256=checksum, ChecksumAlgorithm="SHA256"
    )
    described = objects.describe("captures/1.jpg")
    assert described is not None
    assert (described.key, described.bytes, described.sha256) == ("captures/1.jpg", len(CONTENT), SHA256)


def test_an_upload_is_signed_for_this_file_once(objects):
    upload = objects.upload_url("captures/a/1.jpg", FILE, seconds=600)
    assert upload.name == "1.jpg"
    parts = urlsplit(upload.url)
    query = parse_qs(parts.query)
    signed = set(query["X-Amz-SignedHeaders"][0].split(";"))
    assert parts.path.endswith("captures/a/1.jpg")
    assert query["X-Amz-Expires"] == ["600"]
    # Every header the device is told to send is part of the signature, so that nothing else can be sent.
    assert signed == {"host"} | {name.lower() for name in upload.headers}
    assert upload.headers == {
        "Content-Length": str(len(CONTENT)),
        "Content-Type": "image/jpeg",
        "If-None-Match": "*",
        "x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(CONTENT).digest()).decode(),
    }


def test_a_view_is_short_lived(objects):
    query = parse_qs(urlsplit(objects.view_url("captures/a/1.jpg", seconds=300)).query)
    assert query["X-Amz-Expires"] == ["300"]
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (client_error("SlowDown", 503), ThrottledError),
        (client_error("InternalError", 500), ServiceUnavailableError),
        (client_error("AccessDenied", 403), ClientError),
    ],
)
def test_an_object_that_cannot_be_read_is_not_said_to_be_missing(error, raised):
    objects = S3ObjectStore(ScriptedClient(get_object=[error], head_object=[error]), BUCKET)
    with pytest.raises(raised):
        objects.read("k")
    with pytest.raises(raised):
        objects.describe("k")
