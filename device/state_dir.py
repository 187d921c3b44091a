"""The folder of what an agent must not forget."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path


class AlreadyRunningError(Exception):
    """Another agent works on the same folder."""


@dataclass(frozen=True, slots=True)
class StateDir:
    root: Path

    @property
    def database(self) -> Path:
        return self.root / "agent.db"

    @property
    def reserve(self) -> Path:
        return self.root / "reserve.bin"

    @property
    def spool(self) -> Path:
        return self.root / "spool"

    @property
    def camera_position(self) -> Path:
        return self.root / "camera-position"

    @property
    def lock(self) -> Path:
        return self.root / "agent.lock"


def claim_state_dir(root: Path) -> StateDir:
    """Make the folder where it is missing, and keep other agents out for the life of this process.

    The lock dies with the process, however it ends.

    Raises
    ------
    AlreadyRunningError
    OSError
    """
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    state_dir = StateDir(root)
    descriptor = os.open(state_dir.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise AlreadyRunningError(f"another agent is running on {root}") from None
    return state_dir
