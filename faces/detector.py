"""YuNet: where the faces are, with five landmarks each."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from faces.arrays import Pixels, Points
from faces.errors import ModelsDamagedError
from faces.image import Picture
from faces.models import DETECTOR, read_model

SCORE_FLOOR: Final = 0.7
"""Finds 561 of 562 counted faces in 56 group photos with 8 too many; 0.6 finds them all with 19 too many."""

OVERLAP_CEILING: Final = 0.3
"""Boxes that share more than this (intersection over union) are one face."""

_MOST_FACES: Final = 5000
_MARKS: Final = 5

Landmarks = tuple[tuple[float, float], ...]
"""Five points (x, y) of the upright original, in pixels, named by where they are seen in a frontal face: left
eye, right eye, nose tip, left mouth corner, right mouth corner (the viewer's left)."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the upright original; may reach past its edge."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """Square pixels."""
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle, (x, y)."""
        return self.x + self.width / 2, self.y + self.height / 2

    def overlap(self, other: "Box") -> float:
        """Return intersection over union, 0..1."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        down = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        shared = max(0.0, across) * max(0.0, down)
        union = self.area + other.area - shared
        return shared / union if union > 0 else 0.0


@dataclass(frozen=True, slots=True)
class DetectedFace:
    """One face in a picture.

    Attributes
    ----------
    box : pixels of the upright original
    landmarks : five points, pixels of the upright original
    score : the detector's confidence, 0..1
    """

    box: Box
    landmarks: Landmarks
    score: float

    def points(self) -> Points:
        """Return the landmarks as an array, (5, 2)."""
        return np.asarray(self.landmarks, np.float64)


class Detector:
    """YuNet on the processor. Not re-entrant: `FaceEngine` guards it."""

    def __init__(self, directory: Path, score_floor: float = SCORE_FLOOR) -> None:
        model = np.frombuffer(read_model(DETECTOR, directory), np.uint8)
        try:
            self._net = cv2.FaceDetectorYN.create(
                "onnx", model, np.empty(0, np.uint8), (320, 320), score_floor, OVERLAP_CEILING, _MOST_FACES
            )
        except cv2.error as error:
            raise ModelsDamagedError(f"OpenCV {cv2.__version__} cannot run {DETECTOR.name}") from error

    def detect(self, picture: Picture) -> list[DetectedFace]:
        """Return the faces of a picture, largest first."""
        found = self.rows(picture.pixels)
        found[:, :14] *= picture.scale
        faces = [_face(row) for row in found]
        return sorted(faces, key=lambda face: face.box.area, reverse=True)

    def rows(self, pixels: Pixels) -> Points:
        """Return YuNet's own rows, (n, 15): box x, y, width, height, five landmarks, score."""
        height, width = pixels.shape[:2]
        self._net.setInputSize((width, height))
        _, found = self._net.detect(pixels)
        if found is None:
            return np.empty((0, 15), np.float64)
        return np.asarray(found, np.float64)


def _face(row: Points) -> DetectedFace:
    x, y, width, height, *rest = (float(number) for number in row)
    marks = tuple((rest[2 * i], rest[2 * i + 1]) for i in range(_MARKS))
    return DetectedFace(Box(x, y, width, height), marks, rest[2 * _MARKS])
