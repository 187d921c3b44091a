"""Runs one camera's agent: `python -m device --settings device.json`."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import cv2
from pydantic import ValidationError

from attendance.contracts import topics
from device import AGENT_VERSION
from device.agent import Agent
from device.camera import FolderCamera
from device.clock import SystemClock
from device.link import Broker, CredentialsError, Message, MqttLink
from device.logs import log_as_json_lines
from device.presence import presence_payload
from device.settings import ENVIRONMENT_PREFIX, Settings, load_settings
from device.state_dir import AlreadyRunningError, claim_state_dir
from device.store import StoreUnusableError
from device.transfer import HttpTransfer

EXIT_STOPPED = 0
EXIT_FAILED = 1
EXIT_MISCONFIGURED = 2


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    settings_path = _arguments().settings
    try:
        settings = load_settings(settings_path)
    except ValidationError as error:
        return _complain(*(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()))
    except (OSError, ValueError) as error:
        return _complain(f"the settings cannot be read: {error}")
    os.umask(0o077)
    log_as_json_lines(settings.device_id, settings.log_level)
    cv2.setNumThreads(1)  # a few pictures an hour are not worth a pool of threads and its memory
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        agent = build_agent(settings, stopping)
    except (AlreadyRunningError, CredentialsError, StoreUnusableError, OSError) as error:
        return _complain(str(error))
    return EXIT_STOPPED if agent.run() else EXIT_FAILED


def build_agent(settings: Settings, stopping: threading.Event) -> Agent:
    """An agent on the real broker, network and clock, with the camera of the settings.

    Raises
    ------
    AlreadyRunningError, CredentialsError, StoreUnusableError, OSError
    """
    state_dir = claim_state_dir(settings.state_dir)

    def make_link(take: Callable[[Message], None], changed: Callable[[], None]) -> MqttLink:
        return MqttLink(
            Broker(
                client_id=settings.device_id,
                endpoint=settings.endpoint,
                port=settings.port,
                ca_path=settings.ca_path,
                certificate_path=settings.certificate_path,
                private_key_path=settings.private_key_path,
                reconnect_most_s=settings.reconnect_most_s,
            ),
            will_topic=topics.presence(settings.device_id),
            will_payload=presence_payload(is_online=False),
            take=take,
            changed=changed,
        )

    return Agent(
        settings,
        state_dir,
        camera=FolderCamera(settings.camera_folder, state_dir.camera_position),
        transfer=HttpTransfer(timeout_s=settings.upload_timeout_s, ca_path=settings.upload_ca_path),
        clock=SystemClock(stopping),
        make_link=make_link,
        stopping=stopping,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m device", description="The camera agent of Rollcall.")
    parser.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help=f"JSON file of settings; environment variables {ENVIRONMENT_PREFIX}* win over it",
    )
    parser.add_argument("--version", action="version", version=AGENT_VERSION)
    return parser.parse_args()


def _complain(*sentences: str) -> int:
    for sentence in sentences:
        print(f"device: {sentence}", file=sys.stderr)
    return EXIT_MISCONFIGURED


if __name__ == "__main__":
    sys.exit(main())
