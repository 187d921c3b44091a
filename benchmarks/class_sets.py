"""Labelled classes on disk: students with portraits, captures with frames, and the truth about both.

A class set is a folder with ``students.csv``, ``portraits/STUDENT/N.jpg``, ``captures.csv``,
``frames/CAPTURE/N.jpg``, ``truth.csv`` and, where the places of the faces are known, ``faces.csv``.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

STRANGER = "stranger"


class ClassSetError(ValueError):
    """A folder is no class set; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class LabelledFace:
    """Where a face is in a frame, in pixels, and whose it is: a student's id or `STRANGER`."""

    frame: int
    x: float
    y: float
    width: float
    height: float
    who: str


@dataclass(frozen=True, slots=True)
class LabelledCapture:
    """A burst and its truth.

    Attributes
    ----------
    frames
        The files that are there, by number.
    present
        Whether a student was in the room, for the students that are judged.
    faces
        None where nobody wrote down the places of the faces.
    """

    capture_id: str
    width: int
    height: int
    frame_count: int
    frames: Mapping[int, Path]
    present: Mapping[str, bool]
    faces: tuple[LabelledFace, ...] | None


@dataclass(frozen=True, slots=True)
class ClassSet:
    """A class: names and portraits by student id, and its captures."""

    name: str
    students: Mapping[str, str]
    portraits: Mapping[str, tuple[Path, ...]]
    captures: tuple[LabelledCapture, ...]


def read_class_set(folder: Path) -> ClassSet:
    """Raises ClassSetError."""
    try:
        students = {row["student_id"]: row["name"] for row in _rows(folder / "students.csv")}
        truth: dict[str, dict[str, bool]] = {}
        for row in _rows(folder / "truth.csv"):
            truth.setdefault(row["capture_id"], {})[row["student_id"]] = row["present"] == "1"
        faces = _faces(folder / "faces.csv")
        captures = tuple(
            LabelledCapture(
                capture_id=row["capture_id"],
                width=int(row["width"]),
                height=int(row["height"]),
                frame_count=int(row["frames"]),
                frames=_numbered(folder / "frames" / row["capture_id"]),
                present=truth.get(row["capture_id"], {}),
                faces=None if faces is None else tuple(faces.get(row["capture_id"], ())),
            )
            for row in _rows(folder / "captures.csv")
        )
    except (OSError, KeyError, ValueError) as error:
        message = f"{folder} is no class set: {error!r}"
        raise ClassSetError(message) from error
    portraits = {
        student_id: tuple(_numbered(folder / "portraits" / student_id).values()) for student_id in students
    }
    return ClassSet(folder.resolve().name, students, portraits, captures)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _faces(path: Path) -> dict[str, list[LabelledFace]] | None:
    if not path.exists():
        return None
    faces: dict[str, list[LabelledFace]] = {}
    for row in _rows(path):
        x, y, width, height = (float(row[name]) for name in "xywh")
        face = LabelledFace(int(row["frame"]), x, y, width, height, row["who"])
        faces.setdefault(row["capture_id"], []).append(face)
    return faces


def _numbered(folder: Path) -> dict[int, Path]:
    """Files named by a number, in its order."""
    if not folder.is_dir():
        return {}
    numbered = {int(path.stem): path for path in folder.iterdir() if path.stem.isdigit()}
    return dict(sorted(numbered.items()))
