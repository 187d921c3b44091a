"""The AWS emulator, started once for all integration tests, on free ports and in a temporary folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.emulator.clients import Clients
from local.emulator.ports import free_port
from local.emulator.process import Emulator
from local.emulator.settings import EmulatorSettings


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Give a running emulator that is empty at the start of the test session."""
    data_dir: Path = tmp_path_factory.mktemp("emulator")
    with Emulator(
        EmulatorSettings(http_port=free_port(), mqtt_port=free_port(), data_dir=data_dir)
    ) as running:
        yield running


@pytest.fixture(scope="session")
def aws(emulator: Emulator) -> Clients:
    """Give clients of the emulator with the rights of the root user."""
    return Clients(emulator.endpoint_url, emulator.settings.region, emulator.credentials)
