"""What the emulator is started with, and the one list of the environment variables that this means.

Imported on both sides: the project's Python writes these variables, the emulator's Python reads its own.
Standard library only.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
LAMBDA_PYTHON = "ROLLCALL_LAMBDA_PYTHON"
LAMBDA_ENVIRONMENT = "ROLLCALL_LAMBDA_ENVIRONMENT"
LAMBDA_MEMORY_MB = "ROLLCALL_LAMBDA_MEMORY_MB"
AUDIT_FILE = "ROLLCALL_AUDIT_FILE"


@dataclass(frozen=True)
class EmulatorSettings:
    """How to start the emulator.

    Parameters
    ----------
    http_port
        Port of the gateway that all AWS APIs are reached through, on 127.0.0.1.
    mqtt_port
        Port of the MQTT broker (mutual TLS), on 127.0.0.1.
    data_dir
        The one folder with all state; deleting it forgets everything.
    log_file
        Where the emulator's own output goes; `emulator.log` in `data_dir` by default.
    lambda_environment
        Variables that every Lambda worker gets besides what the templates and Lambda itself give it,
        for example `AWS_ENDPOINT_URL_REKOGNITION`. Endpoints only: all else belongs into the CDK app.
    lambda_memory_mb
        Budget of one function's workers: it runs as many at once as its MemorySize fits into this,
        at least one, and further invocations wait.
    region
        The region that stacks are deployed into.
    emulator_python, lambda_python
        The interpreters of the emulator's and of the project's virtual environment.
    log_level
        Of the emulator itself.
    audit_file
        Where to note the template properties that the emulator ignores (local/deploy/audit.py); none by
        default.
    """

    http_port: int
    mqtt_port: int
    data_dir: Path = REPOSITORY / "data" / "emulator"
    log_file: Path | None = None
    lambda_environment: Mapping[str, str] = field(default_factory=dict)
    lambda_memory_mb: int = 4096
    region: str = "us-east-1"
    emulator_python: Path = REPOSITORY / ".venv-emulator" / "bin" / "python"
    lambda_python: Path = Path(sys.executable)
    log_level: str = "WARNING"
    audit_file: Path | None = None

    @property
    def endpoint_url(self) -> str:
        """Address of the gateway."""
        return f"http://127.0.0.1:{self.http_port}"

    def environment(self, access_key_id: str, secret_access_key: str) -> dict[str, str]:
        """Return the whole environment of the emulator's process: nothing is inherited but PATH and HOME.

        Parameters
        ----------
        access_key_id, secret_access_key
            The root credentials; any other key must belong to a user, role or session of IAM.
        """
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": os.environ.get("HOME", str(self.data_dir)),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONUNBUFFERED": "1",
            "TMPDIR": str(self.data_dir / "tmp"),
            # The gateway
            "GATEWAY_PORT": str(self.http_port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "localhost",
            "MINISTACK_REGION": self.region,
            "LOG_LEVEL": self.log_level,
            # IAM is enforced; these are the root credentials
            "AUTH": "true",
            "AWS_ACCESS_KEY_ID": access_key_id,
            "AWS_SECRET_ACCESS_KEY": secret_access_key,
            # State
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.data_dir / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.data_dir / "s3"),
            # The broker
            "IOT_MTLS_ENABLED": "1",
            "IOT_MTLS_PORT": str(self.mqtt_port),
            # Things the emulator would otherwise reach for on the machine
            "SFTP_ENABLED": "0",
            "DOCKER_HOST": f"unix://{self.data_dir}/no-docker",
            "COGNITO_EMAIL_ENABLED": "false",
            # The Lambda workers
            LAMBDA_PYTHON: str(self.lambda_python),
            LAMBDA_ENVIRONMENT: json.dumps(dict(self.lambda_environment)),
            LAMBDA_MEMORY_MB: str(self.lambda_memory_mb),
            AUDIT_FILE: str(self.audit_file or ""),
        }
