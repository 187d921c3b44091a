"""The engine: detector, alignment and embedder as one, safe to share between threads."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Final

import numpy as np

from faces import align, quality
from faces.arrays import Points, Vector
from faces.detector import SCORE_FLOOR, DetectedFace, Detector
from faces.embedder import Embedder
from faces.image import Picture
from faces.models import model_directory
from faces.quality import FaceQuality

_SURROUND: Final = 192
_SURROUND_FACE: Final = 112.0


class FaceEngine:
    """Finds faces and turns them into vectors.

    OpenCV's networks are not re-entrant, so calls from several threads wait for each other; for parallel work
    give each thread or process an engine of its own (0.2 s, 125 MB).

    Parameters
    ----------
    directory : Path, optional
        Folder of the two model files; by default `FACE_MODEL_DIR` or the carrier wheel.
    score_floor : float
        Least detector score of a face, 0..1.

    Raises
    ------
    ModelsMissingError, ModelsDamagedError
        The model files are not there, or are not the published ones.
    """

    name: ClassVar[str] = "yunet-sface"
    version: ClassVar[str] = "1"

    def __init__(self, directory: Path | None = None, score_floor: float = SCORE_FLOOR) -> None:
        directory = directory or model_directory()
        self._lock = threading.Lock()
        self._detector = Detector(directory, score_floor)
        self._embedder = Embedder(directory)

    def detect(self, picture: Picture) -> list[DetectedFace]:
        """Return the faces of a picture, largest first, in pixels of the upright original."""
        with self._lock:
            return self._detector.detect(picture)

    def embed(self, picture: Picture, face: DetectedFace) -> Vector:
        """Return the unit vector, (128,) float32, of a detected face."""
        with self._lock:
            landmarks = self._refined(picture, face)
            return self._embedder.embed(align.chip(picture.pixels, landmarks))

    def assess(self, picture: Picture, face: DetectedFace) -> FaceQuality:
        """Return how good a detected face is for recognition.

        Yaw and pitch are of the first landmarks, which the model of `head_pose` is made of; those of a rolled
        face understate its roll by a quarter, so roll is of the refined ones.
        """
        landmarks = face.points() / picture.scale
        with self._lock:
            roll = quality.head_pose(self._refined(picture, face)).roll
        chip = align.chip(picture.pixels, landmarks)
        brightness, contrast = quality.light(chip)
        return FaceQuality(
            width=face.box.width,
            eye_distance=float(np.linalg.norm(landmarks[1] - landmarks[0])) * picture.scale,
            sharpness=quality.sharpness(chip),
            brightness=brightness,
            contrast=contrast,
            pose=replace(quality.head_pose(landmarks), roll=roll),
            score=face.score,
        )

    def _refined(self, picture: Picture, face: DetectedFace) -> Points:
        """Return the landmarks in `picture.pixels`, found anew on the face turned upright and enlarged.

        At 16 px this finds 84 % where the first landmarks find 72 %, at 20 degrees of roll 95 % for 88 %.
        """
        first = face.points() / picture.scale
        there = align.surround_transform(first, _SURROUND, _SURROUND_FACE)
        rows = self._detector.rows(align.warp(picture.pixels, there, _SURROUND))
        if not len(rows):
            return first
        marks = rows[:, 4:14].reshape(-1, 5, 2)
        expected = align.apply(there, first)
        distances = np.linalg.norm(marks - expected, axis=2).mean(axis=1)
        nearest = int(np.argmin(distances))
        if distances[nearest] > _SURROUND_FACE / 4:
            return first
        return align.apply(align.invert(there), marks[nearest])
