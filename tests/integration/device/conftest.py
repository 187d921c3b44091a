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
    port, ca_pem = emulator.mqtt_port, emulator.iot_ca_pem()
    with camera_and_cloud(aws, tmp_path, port=port, ca_pem=ca_pem) as camera_with_cloud:
        yield camera_with_cloud


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
