"""YuNet: where the faces are, with five landmarks each."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from faces.arrays import Pixels, Points
from faces.image import Picture
from faces.models import DETECTOR, quiet_loading, read_model

SCORE_FLOOR: Final = 0.7
"""Finds 561 of 562 counted faces in 56 group photos with 8 too many; 0.6 finds them all with 19 too many."""

OVERLAP_CEILING: Final = 0.3
"""Boxes that share more than this (intersection over union) are one face."""

COARSE_SIDE: Final = 480
"""Long side in pixels of the second, small look at a picture; it costs 8 ms."""

COARSE_WIDTH: Final = 36
"""Least width in pixels that a face has there, so that its landmarks are good."""

LARGE_WIDTH: Final = 200
"""From this width, pixels of the decoded picture, the small look is trusted. At full size YuNet finds 60 of
60 faces that are 370 px wide, 49 of 552 px and 15 of 736 px, with boxes that fit ever worse."""

KEPT_PIXELS: Final = 2560 * 1440
"""For a larger picture the network is loaded anew (30 ms) and let go: it never gives back what its largest
took, which is 740 MiB for 4000x2670 pixels."""

_MOST_FACES: Final = 5000

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
        shared = self.shared(other)
        union = self.area + other.area - shared
        return shared / union if union > 0 else 0.0

    def shared(self, other: "Box") -> float:
        """Return the area that both cover, square pixels."""
        across = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        down = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(0.0, across) * max(0.0, down)


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
        self._model = np.frombuffer(read_model(DETECTOR, directory), np.uint8)
        self._score_floor = score_floor
        self._net = self._loaded()

    def detect(self, picture: Picture) -> list[DetectedFace]:
        """Return the faces of a picture, largest first."""
        rows = self._rows_of_any_size(picture.pixels)
        rows[:, :14] *= picture.scale
        faces = [_face(row) for row in rows]
        return sorted(faces, key=lambda face: face.box.area, reverse=True)

    def rows(self, pixels: Pixels) -> Points:
        """Return YuNet's own rows, (n, 15): box x, y, width, height, five landmarks, score."""
        height, width = pixels.shape[:2]
        net = self._net if width * height <= KEPT_PIXELS else self._loaded()
        net.setInputSize((width, height))
        _, found = net.detect(pixels)
        if found is None:
            return np.empty((0, 15), np.float64)
        return np.asarray(found, np.float64)

    def _loaded(self) -> cv2.FaceDetectorYN:
        no_config = np.empty(0, np.uint8)
        with quiet_loading(DETECTOR):
            return cv2.FaceDetectorYN.create(
                "onnx", self._model, no_config, (320, 320), self._score_floor, OVERLAP_CEILING, _MOST_FACES
            )

    def _rows_of_any_size(self, pixels: Pixels) -> Points:
        """Look at full size, and once more at a small one for the faces that are too large for YuNet."""
        fine = self.rows(pixels)
        ratio = COARSE_SIDE / max(pixels.shape[:2])
        if ratio >= 1:
            return fine
        size = (max(1, round(pixels.shape[1] * ratio)), max(1, round(pixels.shape[0] * ratio)))
        coarse = self.rows(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8))
        coarse = coarse[coarse[:, 2] >= COARSE_WIDTH]
        coarse[:, :14] /= ratio
        large = coarse[coarse[:, 2] >= LARGE_WIDTH]
        boxes = [_box(row) for row in large]
        kept = [row for row in fine if not any(_same_large_face(_box(row), box) for box in boxes)]
        return np.concatenate([large, np.array(kept).reshape(-1, 15)])


def _same_large_face(fine: Box, coarse: Box) -> bool:
    """Tell whether a box from the full-size look is what it made of a large face: that, or a part of it."""
    if fine.width < LARGE_WIDTH / 2:
        return fine.overlap(coarse) > OVERLAP_CEILING
    return fine.shared(coarse) > 0.5 * min(fine.area, coarse.area)


def _box(row: Points) -> Box:
    x, y, width, height = (float(number) for number in row[:4])
    return Box(x, y, width, height)


def _face(row: Points) -> DetectedFace:
    marks = tuple((float(x), float(y)) for x, y in row[4:14].reshape(5, 2))
    return DetectedFace(_box(row), marks, float(row[14]))
