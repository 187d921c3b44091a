"""What Rekognition Local is started with."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RekognitionSettings:
    """How to start Rekognition Local.

    Parameters
    ----------
    port
        On 127.0.0.1; it listens nowhere else.
    data_dir
        The folder of the collections. Several processes may share it.
    s3_endpoint
        Address of the S3 that `S3Object` pictures are read from, with the credentials and region of the
        environment (AWS_ACCESS_KEY_ID and so on); none: AWS's own.
    strict
        Adds the limits that the cloud has and a machine of one's own does not need: least picture and face
        sizes, and transactions a second.
    tps
        Transactions a second that each operation is allowed in strict mode: 5 in most regions, 50 in the
        largest.
    user_settle_seconds
        How long a user stays UPDATING after faces were associated or disassociated.
    engines
        Face engines that work side by side.
    """

    port: int
    data_dir: Path
    s3_endpoint: str | None = None
    strict: bool = False
    tps: int = 5
    user_settle_seconds: float = 0.5
    engines: int = min(2, os.cpu_count() or 1)

    @property
    def endpoint_url(self) -> str:
        """Address for a client's `endpoint_url`."""
        return f"http://127.0.0.1:{self.port}"

    def arguments(self) -> list[str]:
        """Return the command line that means these settings."""
        return [
            f"--port={self.port}",
            f"--data={self.data_dir.resolve()}",
            *([f"--s3-endpoint={self.s3_endpoint}"] if self.s3_endpoint else []),
            *(["--strict"] if self.strict else []),
            f"--tps={self.tps}",
            f"--user-settle-seconds={self.user_settle_seconds}",
            f"--engines={self.engines}",
        ]
