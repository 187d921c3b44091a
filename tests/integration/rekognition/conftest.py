"""Rekognition Local in a process of its own, spoken to by boto3's own client."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_s3 import FakeS3
from rekognition_clients import ENVIRONMENT, client_of
from sample_pictures import assembly, image

from local.emulator.ports import free_port
from local.rekognition.process import RekognitionLocal
from local.rekognition.settings import RekognitionSettings


@pytest.fixture(scope="session")
def fake_s3() -> Iterator[FakeS3]:
    fake = FakeS3()
    yield fake
    fake.stop()


@pytest.fixture(scope="session")
def start(fake_s3: FakeS3) -> Iterator[Callable[..., RekognitionLocal]]:
    """Start further servers; all are stopped at the end."""
    started: list[RekognitionLocal] = []

    def start_one(data_dir: Path, **settings: Any) -> RekognitionLocal:
        chosen = RekognitionSettings(
            port=free_port(), data_dir=data_dir, s3_endpoint=fake_s3.endpoint_url, engines=1, **settings
        )
        server = RekognitionLocal(chosen, ENVIRONMENT, log_file=data_dir.with_suffix(".log"))
        server.start()
        started.append(server)
        return server

    yield start_one
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def server(
    start: Callable[..., RekognitionLocal], tmp_path_factory: pytest.TempPathFactory
) -> RekognitionLocal:
    return start(tmp_path_factory.mktemp("rekognition") / "data", user_settle_seconds=0.2)


@pytest.fixture(scope="session")
def client(server: RekognitionLocal) -> Any:
    return client_of(server.endpoint_url)


@pytest.fixture
def collection(client: Any) -> Iterator[str]:
    name = f"test-{uuid.uuid4()}"
    client.create_collection(CollectionId=name)
    yield name
    client.delete_collection(CollectionId=name)


@pytest.fixture(scope="session")
def crowded(client: Any) -> tuple[str, list[str]]:
    """A collection into which a picture of 108 faces was indexed, and the ids that came of it."""
    client.create_collection(CollectionId="crowded")
    answer = client.index_faces(
        CollectionId="crowded", Image=image(assembly(9, 12)), QualityFilter="NONE", MaxFaces=4096
    )
    return "crowded", [record["Face"]["FaceId"] for record in answer["FaceRecords"]]
