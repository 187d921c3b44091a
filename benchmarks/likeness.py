"""How alike photos are: of two people, of one person, and one photo twice. What enrolment's rules rest on."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from attendance.adapters.engine import EngineFaceIndex
from attendance.contracts.object_keys import PortraitKey
from attendance.domain.confusables import CONFUSABLE, SAME_PICTURE
from attendance.domain.errors import PictureTooLargeError, PictureUnreadableError, PortraitRefusedError
from attendance.domain.portraits import LEAST_LIKENESS, require_subject
from benchmarks.memory import SCHOOL, MemoryObjects, MemoryReferences
from benchmarks.tables import Table
from faces import FaceEngine, read_picture, similarity_of
from faces.arrays import Pixels, Vector

_QUALITY: Final = (cv2.IMWRITE_JPEG_QUALITY, 50)
_MADE_ANEW: Final[Mapping[str, Callable[[Pixels], Pixels]]] = {
    "quality 50": lambda pixels: pixels,
    "and halved": lambda pixels: np.asarray(
        cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """Similarities, in percent, of pairs of photos; `same_picture` by what was done to the photo."""

    two_people: NDArray[np.float64]
    one_person: NDArray[np.float64]
    same_picture: Mapping[str, NDArray[np.float64]]

    def table(self) -> Table:
        """Of how many pairs each of enrolment's bounds is reached."""
        columns = {
            "two people": self.two_people,
            "one person": self.one_person,
            **{f"one photo, {how}": found for how, found in self.same_picture.items()},
        }
        return Table(
            ("from", *columns),
            [
                (
                    f"{bound:.1f} %",
                    *(f"{int((found >= bound).sum()):,} of {len(found):,}" for found in columns.values()),
                )
                for bound in (LEAST_LIKENESS, CONFUSABLE, SAME_PICTURE)
            ],
        )


def calibration_photos(table: Path) -> dict[str, list[Path]]:
    """The photos of each person of the `calibrate` half; the table has identity, path and split."""
    photos: dict[str, list[Path]] = {}
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["split"] == "calibrate":
                photos.setdefault(row["identity"], []).append(table.parent / row["path"])
    return photos


def measure_likeness(photos: Mapping[str, Sequence[Path]], engine: FaceEngine) -> Likeness:
    """Compare all photos that pass the gate with each other, and the first of each person with itself."""
    vectors = [
        (person, vector)
        for person, files in photos.items()
        for vector in _vectors(engine, (path.read_bytes() for path in files))
    ]
    pairs = [
        (one == other, similarity_of(float(first @ second)))
        for (one, first), (other, second) in combinations(vectors, 2)
    ]
    return Likeness(
        two_people=np.array([similarity for is_one, similarity in pairs if not is_one]),
        one_person=np.array([similarity for is_one, similarity in pairs if is_one]),
        same_picture={
            how: np.array(list(_with_itself(engine, [files[0] for files in photos.values()], change)))
            for how, change in _MADE_ANEW.items()
        },
    )


def _with_itself(
    engine: FaceEngine, files: Sequence[Path], change: Callable[[Pixels], Pixels]
) -> Iterator[float]:
    for path in files:
        photo = path.read_bytes()
        pixels = change(read_picture(photo).pixels)
        _, encoded = cv2.imencode(".jpg", pixels, _QUALITY)
        both = list(_vectors(engine, [photo, encoded.tobytes()]))
        if len(both) == 2:  # the gate lets both pass
            yield similarity_of(float(both[0] @ both[1]))


def _vectors(engine: FaceEngine, photos: Iterator[bytes] | Sequence[bytes]) -> Iterator[Vector]:
    """As enrolment stores them; photos that the gate refuses are left out."""
    for photo in photos:
        files, references = MemoryObjects(), MemoryReferences()
        index = EngineFaceIndex(engine, files, references)
        key = PortraitKey(SCHOOL, "photo", "photo").key
        files.contents[key] = photo
        try:
            subject = require_subject(index.portrait_faces(key))
            index.add_reference(SCHOOL, "photo", key, subject.box)
        except (PortraitRefusedError, PictureUnreadableError, PictureTooLargeError):
            continue
        yield references.references[0].vector
