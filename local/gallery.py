"""`make gallery SCHOOL=demo`: the operator's check of a school's face references, on the running system."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from local.emulator.clients import Clients
from local.emulator.root_credentials import load_or_create
from local.emulator.settings import REPOSITORY, EmulatorSettings
from local.errors import LocalRunError
from local.settings import LocalSettings


def check_gallery(settings: LocalSettings, arguments: Sequence[str]) -> int:
    """Run `pipeline.check_gallery` as an operator runs it on AWS; its exit status.

    Raises
    ------
    LocalRunError
        The system is not running.
    """
    command = [sys.executable, "-m", "pipeline.check_gallery", *arguments]
    environment = os.environ | operator_environment(settings)
    return subprocess.run(command, check=False, env=environment, cwd=REPOSITORY).returncode


def operator_environment(settings: LocalSettings) -> dict[str, str]:
    """What the command reads: where the system is, its table and bucket, and a key with every right."""
    state = settings.data_dir / "emulator"
    if not (settings.data_dir / "face-index").exists():
        raise LocalRunError(f"Nothing was ever started in {settings.data_dir}: `make run` first.")
    emulator = EmulatorSettings(settings.aws_port, settings.mqtt_port, state)
    credentials = load_or_create(state)
    outputs = _outputs(Clients(emulator.endpoint_url, emulator.region, credentials))
    return {
        "AWS_ENDPOINT_URL": emulator.endpoint_url,
        "AWS_ENDPOINT_URL_REKOGNITION": settings.rekognition_url,
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_DEFAULT_REGION": emulator.region,
        "TABLE_NAME": outputs["TableName"],
        "PORTRAITS_BUCKET": outputs["PortraitsBucket"],
        "FACE_INDEX": (settings.data_dir / "face-index").read_text(),
    }


def _outputs(clients: Clients) -> Mapping[str, str]:
    try:
        stacks = clients.client("cloudformation").describe_stacks()["Stacks"]
    except (BotoCoreError, ClientError) as error:
        message = "The system does not answer: start it with `make run`, and leave it running."
        raise LocalRunError(message) from error
    return {
        output["OutputKey"]: output["OutputValue"] for stack in stacks for output in stack.get("Outputs", [])
    }
