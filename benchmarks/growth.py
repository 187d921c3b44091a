"""How the pipeline's cost grows: with faces, with pixels, and with students enrolled."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from attendance.adapters.engine import FaceReference
from benchmarks.bare_loop import BareLoop
from benchmarks.crowds import Person, burst_of
from benchmarks.measured_class import Frame, MeasuredClass
from benchmarks.timing import Cost, least_costs
from faces import FaceEngine, Gallery
from faces.arrays import Vector
from faces.embedder import DIMENSIONS

FULL_HD: Final = (1920, 1080)
CLASS_SIZE: Final = 40
FACE_COUNTS: Final = (5, 10, 20, 40, 70, 100)
SIZES: Final = ((1280, 720), FULL_HD, (2560, 1440), (3840, 2160))
FACES_AT_EACH_SIZE: Final = 30
ENROLLED: Final = (40, 400, 4_000, 10_000)
_SEARCHES: Final = 50


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement.

    Attributes
    ----------
    amount
        Of what grows: faces, megapixels or students enrolled.
    label
        The amount in words.
    frames
        Of the capture.
    faces
        The bare loop found in all frames; what was composed, where the detector finds everybody.
    pipeline
        The whole roll, from the bytes of the frames to the register.
    bare
        Decode, detect, align, embed of the same bytes.
    search
        Of one vector in the gallery; where that was measured.
    """

    amount: float
    label: str
    frames: int
    faces: int
    pipeline: Cost
    bare: Cost
    search: Cost | None = None

    @property
    def ratio(self) -> float:
        """Time of the pipeline over that of the bare loop."""
        return self.pipeline.seconds / self.bare.seconds

    @property
    def cpu_ratio(self) -> float:
        """The same of the processor's time."""
        return self.pipeline.cpu_seconds / self.bare.cpu_seconds


class CrowdedSchool(MeasuredClass):
    """A measured class in a school with many more students."""

    def crowd(self, students: int) -> None:
        """Enrol others with random vectors until the school has so many face references."""
        known = self._references.references
        for number, vector in enumerate(random_vectors(students, seed=7)[len(known) :], start=len(known)):
            known.append(FaceReference(f"other-{number}", f"other-{number}", vector))


@dataclass
class Bench:
    """Measures rolls of the class of the first `CLASS_SIZE` people.

    Parameters
    ----------
    repeats
        How often each thing is done; the least counts.
    progress
        Is told what is being measured.
    """

    engine: FaceEngine
    people: Sequence[Person]
    repeats: int
    progress: Callable[[str], None]

    def __post_init__(self) -> None:
        self._bare = BareLoop()
        self._class = self._school()

    def captures(self) -> Iterator[Point]:
        """A class of 40, all there, at 1080p: one frame, and a burst of three."""
        for frames in (1, 3):
            burst = burst_of(self.people[:CLASS_SIZE], CLASS_SIZE, FULL_HD, frames)
            yield self._measure(self._class, frames, f"{frames} frame{'s' * (frames > 1)}", burst)

    def with_faces(self, counts: Sequence[int] = FACE_COUNTS) -> Iterator[Point]:
        """One frame at 1080p with ever more faces."""
        for count in counts:
            burst = burst_of(self.people, count, FULL_HD, 1)
            yield self._measure(self._class, count, f"{count} faces", burst)

    def with_pixels(self, sizes: Sequence[tuple[int, int]] = SIZES) -> Iterator[Point]:
        """One frame with 30 faces of one size, in ever larger pictures."""
        for width, height in sizes:
            burst = burst_of(self.people, FACES_AT_EACH_SIZE, (width, height), 1)
            yield self._measure(self._class, width * height / 1e6, f"{width} x {height}", burst)

    def with_enrolled(self, counts: Sequence[int] = ENROLLED) -> Iterator[Point]:
        """One frame at 1080p with 30 faces, in schools of ever more students; the class stays as it is."""
        burst = burst_of(self.people, FACES_AT_EACH_SIZE, FULL_HD, 1)
        school = self._school()
        for count in sorted(counts):
            school.crowd(count)
            yield self._measure(school, count, f"{count:,} enrolled", burst, enrolled=count)

    def _measure(
        self,
        school: MeasuredClass,
        amount: float,
        label: str,
        burst: Sequence[Frame],
        enrolled: int | None = None,
    ) -> Point:
        self.progress(label)
        found = 0

        def bare() -> None:
            nonlocal found
            found = sum(self._bare.run(frame.data) for frame in burst)

        things: dict[str, Callable[[], object]] = {
            "pipeline": lambda: school.take(burst, len(burst)),
            "bare": bare,
        }
        if enrolled is not None:
            gallery, probes = random_gallery(enrolled), random_vectors(_SEARCHES, seed=11)
            things["search"] = lambda: [gallery.search(probe) for probe in probes]
        costs = least_costs(things, self.repeats)
        search = costs.get("search")
        if search is not None:
            search = Cost(search.seconds / _SEARCHES, search.cpu_seconds / _SEARCHES)
        return Point(amount, label, len(burst), found, costs["pipeline"], costs["bare"], search)

    def _school(self) -> CrowdedSchool:
        students = {person.name: person for person in self.people[:CLASS_SIZE]}
        school = CrowdedSchool(self.engine, {name: name for name in students})
        for name, person in students.items():
            school.enrol(name, [person.portrait])
        return school


def random_gallery(students: int) -> Gallery:
    """A gallery of as many random unit vectors."""
    return Gallery((str(number), vector) for number, vector in enumerate(random_vectors(students, seed=7)))


def random_vectors(count: int, seed: int) -> Vector:
    """Unit vectors, (count, 128)."""
    vectors = np.random.default_rng(seed).standard_normal((count, DIMENSIONS)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)
