"""Pictures read from a bucket, with the face engine's errors said in this project's words; faces cut out."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import fmean

import cv2
import numpy as np

import faces
from attendance.domain.errors import PictureTooLargeError, PictureUnreadableError
from attendance.domain.sightings import Box, View
from attendance.ports import ObjectStore
from faces.align import CHIP_SIDE
from faces.arrays import Pixels
from faces.errors import ImageError, ImageTooLargeError
from faces.image import Picture, read_picture
from faces.quality import light, sharpness

# Half of a cut is head and shoulders, as Rekognition advises; less where a larger neighbour reaches in.
_FACE_SHARES = (faces.FACE_SHARE, 0.77)
# As many users as SearchUsersByImage tells of.
MOST_USERS = 500
# Fewer people than this are no crowd: one who looks like another would move their mean.
_LEAST_CROWD = 8
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
    """A face cut out of its picture.

    Attributes
    ----------
    pixels : (256, 256, 3)
    face : where in the cut it lies, in ratios
    width_px : its width in the picture
    """

    pixels: Pixels
    face: Box
    width_px: float

    def shows(self, found: Box) -> bool:
        """Whether a face found in the cut is the one that was cut out."""
        return _overlap(found, self.face) >= _SAME_FACE

    def view(self, confidence: float, crowd: float | None) -> View:
        """How the face is seen: measured on the cut, so that every index measures alike."""
        chip = self._chip()
        brightness, contrast = light(chip)
        return View(
            width_px=self.width_px,
            confidence=confidence,
            sharpness=sharpness(chip),
            brightness=brightness,
            contrast=contrast,
            crowd=crowd,
        )

    def _chip(self) -> Pixels:
        """The middle of the cut, which the face fills, in the size of an aligned face; it is not turned."""
        side = self.pixels.shape[0]
        edge = round(side * (1 - max(self.face.width, self.face.height)) / 2)
        middle = self.pixels[edge : side - edge, edge : side - edge]
        return np.asarray(cv2.resize(middle, (CHIP_SIDE, CHIP_SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def face_cuts(picture: Picture, box: Box) -> Iterator[FaceCut]:
    """A face alone, with ever less around it: what Rekognition and the own engine are both asked with.

    Only the largest face of a cut is looked at, so where that is a neighbour's, the next cut is to be tried.
    """
    place = box_in_pixels(box, picture)
    longer = max(place.width, place.height, 1.0)
    for share in _FACE_SHARES:
        width, height = share * place.width / longer, share * place.height / longer
        face = Box(0.5 - width / 2, 0.5 - height / 2, width, height)
        yield FaceCut(faces.search_crop(picture, place, share), face, place.width)


def crowd_of(similarities: Sequence[float]) -> float | None:
    """The mean similarity to everybody but the nearest; None of fewer than `_LEAST_CROWD`.

    Of a large school only the nearest are known, as many as Rekognition tells of, which takes the crowd for
    nearer than it is, and so errs towards doubt.
    """
    others = sorted(similarities, reverse=True)[1:]
    return fmean(others) if len(others) >= _LEAST_CROWD else None


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
