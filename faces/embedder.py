"""SFace: an aligned face becomes a unit vector; the cosine of two vectors tells how alike they are."""

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from faces.align import CHIP_SIDE
from faces.arrays import Pixels, Vector
from faces.models import EMBEDDER, quiet_loading, read_model

DIMENSIONS: Final = 128


class Embedder:
    """SFace on the processor. Not re-entrant: `FaceEngine` guards it.

    `cv2.FaceRecognizerSF` refuses this file on OpenCV 5.0; reading it as a plain network works on 4 and 5,
    with equal vectors.
    """

    def __init__(self, directory: Path) -> None:
        model = np.frombuffer(read_model(EMBEDDER, directory), np.uint8)
        with quiet_loading(EMBEDDER):
            self._net = cv2.dnn.readNetFromONNX(model)

    def embed(self, chip: Pixels) -> Vector:
        """Return the unit vector, (128,) float32, of an aligned chip, (112, 112, 3)."""
        blob = cv2.dnn.blobFromImage(chip, 1.0, (CHIP_SIDE, CHIP_SIDE), (0, 0, 0), swapRB=True, crop=False)
        self._net.setInput(blob, "data")
        # forward() hands out its own buffer, which the next call overwrites; dividing copies it.
        raw = np.asarray(self._net.forward(), np.float32)[0]
        return np.asarray(raw / np.linalg.norm(raw), np.float32)
