"""Pictures that wait for their upload: a folder for each capture, readable by the agent alone."""

import errno
import os
import shutil
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import Literal

from attendance.contracts.upload import UploadFile

# Whether a burst fits is asked before its sizes are known: the size of a good 4K JPEG.
ASSUMED_FRAME_BYTES = 4 * 1024 * 1024
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


class SpoolFullError(Exception):
    """There is no space for a burst."""


class Spool:
    """Files are whole or not there: written aside, synced, renamed, and the folder synced.

    Only one thread may write and sweep; any may read.

    Parameters
    ----------
    quota_bytes
        No new burst begins while this much is waiting.
    min_free_bytes
        No new burst begins when less than this would be left on the disk.
    free_bytes
        Free bytes of the disk that holds a folder.
    """

    def __init__(
        self,
        root: Path,
        *,
        quota_bytes: int,
        min_free_bytes: int,
        free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
    ) -> None:
        self._root = root
        self._quota_bytes = quota_bytes
        self._min_free_bytes = min_free_bytes
        self._free_bytes = free_bytes
        root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def free_bytes(self) -> int:
        return self._free_bytes(self._root)

    def used_bytes(self) -> int:
        # os.walk passes over folders that are swept meanwhile
        return sum(_size(Path(folder, name)) for folder, _, names in os.walk(self._root) for name in names)

    def captures(self) -> tuple[str, ...]:
        return tuple(path.name for path in self._root.iterdir())

    def path(self, capture_id: str, name: str) -> Path:
        return self._root / capture_id / name

    def begin(self, capture_id: str, frames: int) -> None:
        """Make an empty folder for a burst; what an earlier try left in it is dropped.

        Raises
        ------
        SpoolFullError
        """
        folder = self._root / capture_id
        if folder.exists():
            shutil.rmtree(folder)
        expected = frames * ASSUMED_FRAME_BYTES
        free, used = self.free_bytes(), self.used_bytes()
        if free - expected < self._min_free_bytes:
            raise SpoolFullError(f"{free} bytes are free: too few for {frames} frames")
        if used + expected > self._quota_bytes:
            raise SpoolFullError(f"{used} bytes wait for their upload: the quota is {self._quota_bytes}")
        try:
            folder.mkdir(mode=0o700)
            _sync_folder(self._root)
        except OSError as error:
            raise _explained(error) from error

    def write(
        self,
        capture_id: str,
        name: str,
        content: bytes,
        content_type: Literal["image/jpeg", "application/json"],
    ) -> UploadFile:
        """Write a file of the capture that has been begun.

        Raises
        ------
        SpoolFullError
        """
        path = self.path(capture_id, name)
        part = path.with_name(f"{name}.part")
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.rename(path)
            _sync_folder(path.parent)
        except OSError as error:
            raise _explained(error) from error
        return UploadFile(
            name=name, bytes=len(content), sha256=sha256(content).hexdigest(), content_type=content_type
        )

    def sweep(self, keep: Iterable[str]) -> None:
        """Delete the folders of all captures but these."""
        for capture_id in set(self.captures()) - set(keep):
            shutil.rmtree(self._root / capture_id)


def _explained(error: OSError) -> Exception:
    return SpoolFullError("the disk is full") if error.errno in _NO_SPACE else error


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # swept meanwhile
        return 0


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
