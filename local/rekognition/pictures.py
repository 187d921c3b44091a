"""Pictures of a request: sent along as bytes, or read from S3."""

import logging
import threading
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from faces import ImageError, ImageTooLargeError, Picture, read_picture
from local.rekognition.errors import (
    ImageTooLargeException,
    InternalServerError,
    InvalidImageFormatException,
    InvalidParameterException,
    InvalidS3ObjectException,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectRequestTypeDef

LARGEST_S3_OBJECT: Final = 15 * 2**20
_DEFAULT_REGION: Final = "us-east-1"
_LOG: Final = logging.getLogger("rekognition")


class Pictures:
    """Reads the pictures that requests name.

    Parameters
    ----------
    s3_endpoint
        Where S3 is; none: AWS. The key is this process's own, from the environment.
    """

    def __init__(self, s3_endpoint: str | None) -> None:
        self._endpoint = s3_endpoint
        self._decoder = threading.Lock()

    def read(self, image: Mapping[str, Any]) -> Picture:
        """Return the decoded picture of an `Image`.

        Raises
        ------
        InvalidParameterException
            Not exactly one of Bytes and S3Object.
        InvalidS3ObjectException
            The object is not there, or this process may not read it.
        ImageTooLargeException
            More bytes or pixels than are read.
        InvalidImageFormatException
            Neither JPEG nor PNG, or damaged.
        """
        if ("Bytes" in image) == ("S3Object" in image):
            raise InvalidParameterException(
                "Request has invalid parameters: give an image as Bytes or as S3Object, not both."
            )
        data = image["Bytes"] if "Bytes" in image else self._download(image["S3Object"])
        try:
            with self._decoder:  # a large one takes up to `faces.image.MAX_DECODER_BYTES`
                return read_picture(data)
        except ImageTooLargeError as error:
            raise ImageTooLargeException(f"Image size is too large: {error}.") from error
        except ImageError as error:
            raise InvalidImageFormatException(f"Request has invalid image format: {error}.") from error

    @cached_property
    def _s3(self) -> "S3Client":
        session = boto3.session.Session()
        return session.client(
            "s3",
            endpoint_url=self._endpoint,
            region_name=session.region_name or _DEFAULT_REGION,
            config=Config(
                s3={"addressing_style": "path"},
                connect_timeout=5,
                read_timeout=20,
                retries={"mode": "standard", "max_attempts": 3},
            ),
        )

    def _download(self, source: Mapping[str, Any]) -> bytes:
        if not source.get("Bucket") or not source.get("Name"):
            raise InvalidS3ObjectException
        wanted: GetObjectRequestTypeDef = {"Bucket": source["Bucket"], "Key": source["Name"]}
        if source.get("Version"):
            wanted["VersionId"] = source["Version"]
        try:
            answer = self._s3.get_object(**wanted)
            if answer["ContentLength"] > LARGEST_S3_OBJECT:
                raise ImageTooLargeException(
                    f"Image size is too large: {answer['ContentLength']} bytes; at most "
                    f"{LARGEST_S3_OBJECT} are read from S3."
                )
            return answer["Body"].read()
        except (ClientError, NoCredentialsError) as error:
            _LOG.info("S3 refuses %s/%s: %s", source["Bucket"], source["Name"], error)
            raise InvalidS3ObjectException from error
        except BotoCoreError as error:
            raise InternalServerError(f"S3 does not answer: {error}") from error
