"""Pictures read from a bucket, with the face engine's errors said in this project's words; faces cut out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import faces
from attendance.domain.errors import PictureTooLargeError, PictureUnreadableError
from attendance.domain.sightings import Box
from attendance.ports import ObjectStore
from faces.arrays import Pixels
from faces.errors import ImageError, ImageTooLargeError
from faces.image import Picture, read_picture

# Half of a cut is head and shoulders, as Rekognition advises; less where a larger neighbour reaches in.
_FACE_SHARES = (faces.FACE_SHARE, 0.77)
# Two faces are the same where their boxes overlap this much (intersection over union).
_SAME_FACE = 0.3


@contextmanager
def picture_errors(key: str) -> Iterator[None]:
    try:
        yield
    except ImageTooLargeError as error:
        raise PictureTooLargeError(f"{key}: {error}") from error
    except ImageError as error:
        raise PictureUnreadableError(f"{key}: {error}") from error


def load_picture(objects: ObjectStore, key: str) -> Picture:
    """Raises PictureUnreadableError, PictureTooLargeError."""
    with picture_errors(key):
        return read_picture(objects.read(key))


@dataclass(frozen=True, slots=True, eq=False)
class FaceCut:
    """A face cut out of its picture, (256, 256, 3), and where in the cut it lies, in ratios."""

    pixels: Pixels
    face: Box

    def shows(self, found: Box) -> bool:
        """Whether a face found in the cut is the one that was cut out."""
        return _overlap(found, self.face) >= _SAME_FACE


def face_cuts(picture: Picture, box: Box) -> Iterator[FaceCut]:
    """A face alone, with ever less around it: what Rekognition and the own engine are both asked with.

    Only the largest face of a cut is looked at, so where that is a neighbour's, the next cut is to be tried.
    """
    place = box_in_pixels(box, picture)
    longer = max(place.width, place.height, 1.0)
    for share in _FACE_SHARES:
        width, height = share * place.width / longer, share * place.height / longer
        face = Box(0.5 - width / 2, 0.5 - height / 2, width, height)
        yield FaceCut(faces.search_crop(picture, place, share), face)


def box_in_ratios(box: faces.Box, picture: Picture) -> Box:
    return Box(
        box.x / picture.width, box.y / picture.height, box.width / picture.width, box.height / picture.height
    )


def box_in_pixels(box: Box, picture: Picture) -> faces.Box:
    return faces.Box(
        box.left * picture.width,
        box.top * picture.height,
        box.width * picture.width,
        box.height * picture.height,
    )


def _overlap(one: Box, other: Box) -> float:
    """Intersection over union, 0 to 1."""
    width = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    height = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (one.width * one.height + other.width * other.height - shared)
