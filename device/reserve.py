"""Space set aside so that states can still be recorded when the disk is full."""

import logging
import os
import shutil
from pathlib import Path

RESERVE_BYTES = 4 * 1024 * 1024
_CHUNK = 65536

logger = logging.getLogger(__name__)


class Reserve:
    """A file of `size` bytes that is given up when SQLite finds no space (its DELETE needs some as well)."""

    def __init__(self, path: Path, size: int = RESERVE_BYTES) -> None:
        self._path = path
        self._size = size

    def ensure(self) -> None:
        """Set the space aside, unless the disk is so full that this would take the last of it."""
        if self._path.exists() or shutil.disk_usage(self._path.parent).free < 2 * self._size:
            return
        # Renamed when whole, so that a reserve that exists is one that was really written: a sparse
        # file would set nothing aside.
        part = self._path.with_suffix(".part")
        try:
            with part.open("wb") as file:
                for _ in range(self._size // _CHUNK):
                    file.write(bytes(_CHUNK))
                file.flush()
                os.fsync(file.fileno())
            part.rename(self._path)
        except OSError as error:
            part.unlink(missing_ok=True)
            logger.warning("no space could be set aside: %s", error)

    def release(self) -> bool:
        """Give the space up; False when there was none left to give."""
        if not self._path.exists():
            return False
        self._path.unlink()
        logger.warning("the disk is full: gave up the reserve of %d bytes to record states", self._size)
        return True
