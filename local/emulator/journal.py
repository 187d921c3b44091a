"""A log of acknowledged changes that a killed emulator replays over its last checkpoint.

One record a line, `[kind, account, region, operation, arguments]`, appended before the caller gets an answer.
Records are flushed, not synced: they outlive the process, which is what a kill -9 takes, and cost
microseconds. The log is a series of numbered segments; a checkpoint notes a position, and the segments
before it are dropped.
"""

import functools
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_NAME = "journal-{:08d}.jsonl"


class Journal:
    """The log, open at its end.

    Parameters
    ----------
    folder
        Where the segments lie.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.lock = threading.RLock()
        self._segment = max(self._segments(), default=0) + 1
        self._file = self._path(self._segment).open("ab")
        self._offset = 0

    def append(self, record: list[Any]) -> None:
        """Add a record; the caller holds `lock` from before the change to after this."""
        line = json.dumps(record).encode() + b"\n"
        self._file.write(line)
        self._file.flush()
        self._offset += len(line)

    def position(self) -> list[int]:
        """Return the place of the next record, to be kept with a checkpoint: [segment, byte offset]."""
        return [self._segment, self._offset]

    def size(self) -> int:
        """Return the bytes that a restart would have to read, at most."""
        return sum(self._path(segment).stat().st_size for segment in self._segments())

    def rotate(self) -> int:
        """Begin a new segment and return its number."""
        with self.lock:
            self._file.close()
            self._segment += 1
            self._file = self._path(self._segment).open("ab")
            self._offset = 0
            return self._segment

    def drop_before(self, segment: int) -> None:
        """Forget the segments that a checkpoint has made needless."""
        for old in self._segments():
            if old < segment:
                self._path(old).unlink(missing_ok=True)

    def since(self, position: list[int]) -> Iterator[list[Any]]:
        """Read the records from `position` on; a torn last line, which nobody was told about, is left out."""
        first, offset = position
        for segment in self._segments():
            if segment < first:
                continue
            with self._path(segment).open("rb") as stored:
                stored.seek(offset if segment == first else 0)
                for line in stored:
                    if not line.endswith(b"\n"):
                        break
                    yield json.loads(line)

    def _segments(self) -> list[int]:
        return sorted(int(path.stem.partition("-")[2]) for path in self._folder.glob("journal-*.jsonl"))

    def _path(self, segment: int) -> Path:
        return self._folder / _NAME.format(segment)


@functools.cache
def the_journal() -> Journal:
    """Return the journal of this emulator."""
    return Journal(Path(os.environ["STATE_DIR"]))
