"""boto3's client of Rekognition Local, and the environment that the server runs in."""

import os
from typing import Any

import boto3
from botocore.config import Config
from fake_s3 import ACCESS_KEY

ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": os.environ.get("HOME", "/"),
    "AWS_ACCESS_KEY_ID": ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def client_of(endpoint_url: str, **options: Any) -> Any:
    """Return boto3's client with somebody else's key, which Rekognition Local must not use for S3."""
    return boto3.client(
        "rekognition",
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="caller-key",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}, **options),
    )
