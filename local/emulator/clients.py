"""boto3 clients of the emulator, as the deployer and the tests use them: with the root credentials."""

from typing import Any

import boto3
from botocore.config import Config

from local.emulator.root_credentials import RootCredentials


class Clients:
    """Makes one boto3 client a service, and remembers it.

    Parameters
    ----------
    endpoint_url
        Address of the emulator.
    region
        Region of every client.
    credentials
        Access key to sign with.
    """

    def __init__(self, endpoint_url: str, region: str, credentials: RootCredentials) -> None:
        self.endpoint_url = endpoint_url
        self.region = region
        self._session = boto3.Session(
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key,
            region_name=region,
        )
        self._made: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """Return the client of `service`, for example "dynamodb"."""
        if service not in self._made:
            self._made[service] = self._session.client(
                service,  # type: ignore[call-overload]
                endpoint_url=self.endpoint_url,
                config=Config(
                    signature_version="s3v4" if service == "s3" else None,
                    inject_host_prefix=False,
                    retries={"max_attempts": 0},
                    s3={"addressing_style": "path"},
                ),
            )
        return self._made[service]
