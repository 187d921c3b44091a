"""From faces and their candidates to students: one face is one student, one student one face in a frame."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from lap import lapjv

from attendance.domain.policy import Band, Bands, EngineBands

SearchOutcome = Literal["searched", "over_budget", "failed"]


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
class Face:
    """A face detected in a frame of a capture, and who it might be, best first."""

    frame: int
    index: int
    box: Box
    confidence: float
    candidates: tuple[Candidate, ...] = ()
    outcome: SearchOutcome = "searched"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A student whom a face of a frame was given to, recognised or doubtful."""

    student_id: str
    frame: int
    face: int
    box: Box
    similarity: float
    band: Band
    on_roster: bool


@dataclass(frozen=True, slots=True)
class Sightings:
    """All that one capture showed."""

    sightings: tuple[Sighting, ...]
    faces: int
    unknown_faces: int
    unsearched_faces: int = 0
    guests: frozenset[str] = field(default_factory=frozenset)


def decide_sightings(faces: Sequence[Face], roster: frozenset[str], bands: EngineBands) -> Sightings:
    """Give each face of each frame to at most one student.

    Within a frame the assignment maximises the sum of similarities above each student's doubtful
    band, so a face goes to nobody rather than to a student who is another face's better match.

    Parameters
    ----------
    faces
        Faces of all frames of one capture.
    roster
        Students of the section: judged by the on-roster band, everybody else by the off-roster one.
    """
    frames = sorted({face.frame for face in faces})
    sightings = tuple(
        sighting
        for frame in frames
        for sighting in _assign([face for face in faces if face.frame == frame], roster, bands)
    )
    return Sightings(
        sightings=sightings,
        faces=len(faces),
        unknown_faces=len(faces) - len(sightings),
        unsearched_faces=sum(face.outcome != "searched" for face in faces),
        guests=frozenset(s.student_id for s in sightings if not s.on_roster and s.band == "recognised"),
    )


def _assign(faces: Sequence[Face], roster: frozenset[str], bands: EngineBands) -> Iterable[Sighting]:
    students = sorted({candidate.student_id for face in faces for candidate in face.candidates})
    if not students:
        return
    column = {student_id: index for index, student_id in enumerate(students)}
    gain = np.zeros((len(faces), len(students)))
    similarity = np.zeros_like(gain)
    for row, face in enumerate(faces):
        for candidate in face.candidates:
            doubtful = _bands_for(candidate.student_id, roster, bands).doubtful
            similarity[row, column[candidate.student_id]] = candidate.similarity
            # A candidate at the very edge of the band still beats nobody.
            gain[row, column[candidate.student_id]] = max(candidate.similarity - doubtful + 1e-6, 0.0)
    # One "nobody" column a face, gaining nothing, makes staying unknown an option of the assignment.
    cost = np.hstack([-gain, np.zeros((len(faces), len(faces)))])
    _, assigned, _ = lapjv(cost, extend_cost=True)
    for row, face in enumerate(faces):
        chosen = int(assigned[row])
        if chosen >= len(students) or gain[row, chosen] <= 0:
            continue
        student_id = students[chosen]
        value = float(similarity[row, chosen])
        yield Sighting(
            student_id=student_id,
            frame=face.frame,
            face=face.index,
            box=face.box,
            similarity=value,
            band=_bands_for(student_id, roster, bands).of(value),
            on_roster=student_id in roster,
        )


def _bands_for(student_id: str, roster: frozenset[str], bands: EngineBands) -> Bands:
    return bands.on_roster if student_id in roster else bands.off_roster
