"""What takes a class's roll from pictures: Rollcall's own engine, or a peer in its process."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

from benchmarks.class_sets import ClassSet, LabelledCapture
from benchmarks.evaluate import read_frames
from benchmarks.measured_class import MeasuredClass
from faces import FaceEngine

_LAST_LINES: Final = 5
_CLOSING_SECONDS: Final = 10


class PeerError(Exception):
    """A peer is not installed, or ended; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Who was seen in a capture, and what it took from the files to the answer.

    Attributes
    ----------
    seconds
        Passed.
    cpu_seconds
        Spent by all threads together.
    """

    found: frozenset[str]
    seconds: float
    cpu_seconds: float


class RollTaker(Protocol):
    """An engine under comparison."""

    @property
    def name(self) -> str: ...

    def enrol(self, class_set: ClassSet) -> int:
        """Forget any class before, enrol this one's portraits, and return how many students are enrolled."""

    def take(self, capture: LabelledCapture) -> Taken:
        """Take the roll of one capture."""

    def close(self) -> None:
        """End whatever was started; more than once is no error."""


class RollcallTaker:
    """Rollcall: the use cases of take-roll over the own engine, in this process, with stores in memory.

    An engine a core, as the workflow's functions would have.
    """

    name: ClassVar[str] = "rollcall"

    def __init__(self) -> None:
        self._engine, *self._helpers = (FaceEngine() for _ in range(os.cpu_count() or 1))
        self._class: MeasuredClass | None = None

    def enrol(self, class_set: ClassSet) -> int:
        """Bring every portrait before the enrolment gate."""
        self._class = MeasuredClass(self._engine, class_set.students, helpers=self._helpers)
        for student_id, portraits in class_set.portraits.items():
            self._class.enrol(student_id, [path.read_bytes() for path in portraits])
        return len(self._class.enrolled)

    def take(self, capture: LabelledCapture) -> Taken:
        """Students are found where the register says present or late; a doubtful one is not found."""
        if self._class is None:
            raise ValueError("no class is enrolled")
        began, began_cpu = time.perf_counter(), time.process_time()
        register = self._class.take(read_frames(capture), capture.frame_count).register
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - began_cpu
        found = (who for who, mark in register.marks.items() if mark.status in {"present", "late"})
        return Taken(frozenset(found), seconds, cpu_seconds)

    def close(self) -> None:
        """Nothing was started."""


class PeerProcess:
    """A peer that is asked over its standard input.

    Parameters
    ----------
    name
        As the tables call it.
    command
        Starts it.
    folder
        Where it is started.

    Raises
    ------
    PeerError
        It cannot be started.
    """

    def __init__(self, name: str, command: Sequence[str], folder: Path) -> None:
        self.name = name
        with ExitStack() as opened:
            # A file, because nobody reads while the peer works and a full pipe would stop it.
            self._complaints = opened.enter_context(
                tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
            )
            try:
                self._process = subprocess.Popen(
                    command,
                    cwd=folder,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._complaints,
                    encoding="utf-8",
                )
            except OSError as error:
                message = (
                    f"{name} cannot be started ({command[0]}: {error.strerror}): run `make bench-peers`."
                )
                raise PeerError(message) from error
            opened.pop_all()

    def enrol(self, class_set: ClassSet) -> int:
        """Raises PeerError where the peer ended."""
        paths = {who: _absolute(portraits) for who, portraits in class_set.portraits.items()}
        return len(self._ask({"enrol": paths})["enrolled"])

    def take(self, capture: LabelledCapture) -> Taken:
        """Raises PeerError where the peer ended."""
        began = time.perf_counter()
        answer = self._ask({"take": _absolute(tuple(capture.frames.values()))})
        seconds = time.perf_counter() - began
        return Taken(frozenset(answer["found"]), seconds, float(answer["cpu_seconds"]))

    def close(self) -> None:
        """Let it end by itself, and kill it where it does not."""
        if self._process.stdin and not self._process.stdin.closed:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        try:
            self._process.wait(_CLOSING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._complaints.close()

    def _ask(self, request: Mapping[str, object]) -> dict[str, Any]:
        if self._process.stdin is None or self._process.stdout is None:
            raise ValueError("the peer was started without pipes")
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            self._complaints.seek(0)
            last = self._complaints.read().strip().splitlines()[-_LAST_LINES:]
            raise PeerError("\n".join([f"{self.name} ended:", *last]))
        answer: dict[str, Any] = json.loads(line)
        return answer


def _absolute(paths: Sequence[Path]) -> list[str]:
    return [str(path.resolve()) for path in paths]
