"""One bucket of S3."""

import base64
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from attendance.adapters.client_errors import code_of, translated
from attendance.contracts.base import Contract
from attendance.contracts.upload import UploadFile, UploadUrl
from attendance.domain.errors import NotFoundError
from attendance.ports import StoredObject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ABSENT = {"NoSuchKey", "404", "NotFound"}


class S3ObjectStore:
    """Reads and writes objects and signs URLs for them, with the caller's own rights.

    The client must sign with SigV4 (`signature_version="s3v4"`), so that length, type and checksum
    are part of the signature.
    """

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self.bucket = bucket

    def read(self, key: str) -> bytes:
        try:
            with translated("S3"):
                return self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except ClientError as error:
            if code_of(error) in _ABSENT:
                message = f"There is no object {key}."
                raise NotFoundError(message) from error
            raise

    def write(self, key: str, content: Contract) -> None:
        self.put(key, content.to_json(), "application/json")

    def put(self, key: str, body: bytes, content_type: str) -> None:
        with translated("S3"):
            self._client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=content_type)

    def describe(self, key: str) -> StoredObject | None:
        try:
            with translated("S3"):
                head = self._client.head_object(Bucket=self.bucket, Key=key, ChecksumMode="ENABLED")
        except ClientError as error:
            if code_of(error) in _ABSENT:
                return None
            raise
        checksum = head.get("ChecksumSHA256")
        return StoredObject(
            key=key,
            bytes=head["ContentLength"],
            sha256=base64.b64decode(checksum).hex() if checksum else None,
        )

    def upload_url(self, key: str, file: UploadFile, *, seconds: int) -> UploadUrl:
        checksum = base64.b64encode(bytes.fromhex(file.sha256)).decode()
        url = self._client.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self.bucket,
                "Key": key,
                "ContentLength": file.bytes,
                "ContentType": file.content_type,
                "ChecksumSHA256": checksum,
                "IfNoneMatch": "*",
            },
            ExpiresIn=seconds,
        )
        headers = {
            "Content-Length": str(file.bytes),
            "Content-Type": file.content_type,
            "If-None-Match": "*",
            "x-amz-checksum-sha256": checksum,
        }
        return UploadUrl(name=file.name, url=url, headers=headers)

    def view_url(self, key: str, *, seconds: int) -> str:
        return self._client.generate_presigned_url(
            "get_object", Params={"Bucket": self.bucket, "Key": key}, ExpiresIn=seconds
        )
