"""Puts file assets where the templates look for them: the bucket that `cdk bootstrap` makes on AWS."""

from typing import Any

from botocore.exceptions import ClientError

from local.deploy.archives import archive, digest
from local.deploy.assembly import FileAsset
from local.emulator.clients import Clients

QUALIFIER = "hnb659fds"  # of a default bootstrap
BOOTSTRAP_VERSION = "27"
_NOT_FOUND = frozenset({"404", "NoSuchBucket", "NoSuchKey", "NotFound"})


class AssetBucket:
    """The bucket of the assets of one account and region."""

    def __init__(self, clients: Clients) -> None:
        self._s3 = clients.client("s3")
        self._ssm = clients.client("ssm")
        self._account: str = clients.client("sts").get_caller_identity()["Account"]
        self._region = clients.region
        self._endpoint = clients.endpoint_url
        self.name = f"cdk-{QUALIFIER}-assets-{self._account}-{self._region}"

    def bootstrap(self) -> None:
        """Make what `cdk bootstrap` makes on AWS and our templates ask for: the bucket and its version."""
        self._ssm.put_parameter(
            Name=f"/cdk-bootstrap/{QUALIFIER}/version", Value=BOOTSTRAP_VERSION, Type="String", Overwrite=True
        )
        if not _found(self._s3.head_bucket, Bucket=self.name):
            self._s3.create_bucket(Bucket=self.name)

    def publish(self, asset: FileAsset) -> None:
        """Upload an asset of the assembly, unless it is there."""
        key = self._resolved(asset.key)
        if self._resolved(asset.bucket) == self.name and not self.holds(key):
            self.put(key, archive(asset.source) if asset.zipped else asset.source.read_bytes())

    def publish_template(self, template: bytes) -> str:
        """Upload a template under the hash of its content, and return its address."""
        key = f"{digest(template)}.template.json"
        self.put(key, template)
        return f"{self._endpoint}/{self.name}/{key}"

    def holds(self, key: str) -> bool:
        """Tell whether the object is there; an asset's key is the hash of its content, so that is enough."""
        return _found(self._s3.head_object, Bucket=self.name, Key=key)

    def put(self, key: str, content: bytes) -> None:
        """Upload an object."""
        self._s3.put_object(Bucket=self.name, Key=key, Body=content)

    def _resolved(self, text: str) -> str:
        for placeholder, value in (
            ("AccountId", self._account),
            ("Region", self._region),
            ("Partition", "aws"),
        ):
            text = text.replace(f"${{AWS::{placeholder}}}", value)
        return text


def _found(head: Any, **where: str) -> bool:
    try:
        head(**where)
    except ClientError as error:
        if error.response["Error"]["Code"] in _NOT_FOUND:
            return False
        raise
    return True
