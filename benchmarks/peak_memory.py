"""The most memory that recognising takes, each task in a process of its own."""

import multiprocessing
import re
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.crowds import Person, burst_of
from benchmarks.measured_class import MeasuredClass
from faces import FaceEngine, read_picture

_STATUS: Final = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Peak:
    """The most resident memory of a process that did one task, in mebibytes, and what it had before it."""

    task: str
    before_mib: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class RollTask:
    """The roll of a class, all there, from one burst."""

    people: tuple[Person, ...]
    size: tuple[int, int]
    frames: int

    @property
    def words(self) -> str:
        return f"roll of {self.frames} frames of {self.size[0]} x {self.size[1]}, {len(self.people)} faces"

    def __call__(self) -> Callable[[], object]:
        school = MeasuredClass(FaceEngine(), {person.name: person.name for person in self.people})
        for person in self.people:
            school.enrol(person.name, [person.portrait])
        burst = burst_of(self.people, len(self.people), self.size, self.frames)
        return lambda: school.take(burst, self.frames)


@dataclass(frozen=True, slots=True)
class LargePhotoTask:
    """The faces of one photo of 36 megapixels: it is decoded no larger than the engine's cap."""

    people: tuple[Person, ...]
    size: tuple[int, int] = (7360, 4912)

    @property
    def words(self) -> str:
        return f"faces of one photo of {self.size[0]} x {self.size[1]}"

    def __call__(self) -> Callable[[], object]:
        engine = FaceEngine()
        (photo,) = burst_of(self.people, len(self.people), self.size, 1)
        return lambda: engine.detect(read_picture(photo.data))


def peak_of(task: RollTask | LargePhotoTask) -> Peak:
    """Do a task in a new process.

    Raises
    ------
    OSError
        This machine does not tell a process its memory as Linux does.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        before, peak = pool.submit(_measure, task).result()
    return Peak(task.words, before, peak)


def _measure(task: RollTask | LargePhotoTask) -> tuple[float, float]:
    run = task()
    # Composing a large picture takes more than looking at it does: only what comes after counts.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _mebibytes("VmRSS")
    run()
    # Not getrusage: its peak survives exec, so a child would report what its parent once had.
    return before, _mebibytes("VmHWM")


def _mebibytes(name: str) -> float:
    told = re.search(rf"^{name}:\s+(\d+) kB$", _STATUS.read_text(encoding="ascii"), re.MULTILINE)
    if told is None:
        message = f"{_STATUS} does not say {name}"
        raise OSError(message)
    return int(told[1]) / 1024
