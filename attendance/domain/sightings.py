"""Faces in frames, whom they may be, and whom they were given to."""

from dataclasses import dataclass, field
from typing import Literal

from attendance.domain.policy import Band

# Settled: others of the same place had said enough, so this one was not searched.
SearchOutcome = Literal["searched", "settled", "over_budget", "failed"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle as ratios (0 to 1) of the frame's width and height, as Rekognition gives it."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A student whose face reference is near a face. `similarity` is percent, 0 to 100."""

    student_id: str
    similarity: float


@dataclass(frozen=True, slots=True)
class View:
    """How one face was seen when it was searched.

    Parameters
    ----------
    width_px
        Width of the face in pixels of the frame.
    confidence
        Percent: how sure the detector is of the face when it sees that face alone.
    sharpness, brightness, contrast
        Percent, of the face.
    crowd
        Mean similarity (percent) to all students with a reference but the nearest; None where too few have
        one to say.
    """

    width_px: float
    confidence: float
    sharpness: float
    brightness: float
    contrast: float
    crowd: float | None


@dataclass(frozen=True, slots=True)
class Face:
    """A face detected in a frame of a capture, and who it might be, best first.

    `view` is None where nobody looked, or where the face, seen alone, was no face.
    """

    frame: int
    index: int
    box: Box
    confidence: float
    candidates: tuple[Candidate, ...] = ()
    outcome: SearchOutcome = "searched"
    view: View | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """A student whom a face of a frame was given to, recognised or doubtful.

    Parameters
    ----------
    similarity
        Percent; None where this face was not searched, or was not like the student, and was given to the
        student for its place.
    certainty
        Minus the natural logarithm of the chance that somebody else's face, looked at as often in this
        place, reaches as much.
    needed
        The certainty that recognising this student takes.
    look_alikes
        With whom the student makes a confusable pair: the teacher is to look at it in any case.
    """

    student_id: str
    frame: int
    face: int
    box: Box
    similarity: float | None
    band: Band
    on_roster: bool
    certainty: float = 0.0
    needed: float = 0.0
    look_alikes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sightings:
    """All that one capture showed."""

    sightings: tuple[Sighting, ...]
    faces: int
    unknown_faces: int
    unsearched_faces: int = 0
    guests: frozenset[str] = field(default_factory=frozenset)
