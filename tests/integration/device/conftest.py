from collections.abc import Iterator
from pathlib import Path

import pytest
from device_cloud import AgentProcess, Bucket, Cloud, accepted, camera_and_cloud, make_kinds

from local.emulator.clients import Clients
from local.emulator.process import Emulator


@pytest.fixture(scope="session")
def _kinds(aws: Clients) -> None:
    make_kinds(aws)


@pytest.fixture
def camera_with_cloud(
    emulator: Emulator, aws: Clients, tmp_path: Path, _kinds: None
) -> Iterator[tuple[AgentProcess, Cloud]]:
    yield from camera_and_cloud(aws, tmp_path, port=emulator.mqtt_port, ca_pem=emulator.iot_ca_pem())


@pytest.fixture
def agent(camera_with_cloud: tuple[AgentProcess, Cloud]) -> AgentProcess:
    return camera_with_cloud[0]


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with Bucket() as bucket:
        yield bucket


@pytest.fixture
def cloud(camera_with_cloud: tuple[AgentProcess, Cloud], bucket: Bucket) -> Cloud:
    """A cloud that hands out URLs of the bucket."""
    cloud = camera_with_cloud[1]
    cloud.answer = lambda _, request: accepted(bucket.urls(request.capture_id, request.files))
    return cloud
