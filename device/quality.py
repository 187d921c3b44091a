"""What a device can see of its own pictures: black, frozen or blurred ones are flagged, never thrown away.

The cloud decides what such a frame is worth; a flag is no reason to be without a picture.
"""

from collections import deque
from dataclasses import dataclass
from hashlib import blake2b
from statistics import median
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Problem = Literal["BLACK_FRAME", "BLURRED", "FROZEN"]

# All judged on a grey copy of one size, so that numbers of different cameras and settings compare.
_COPY_SIZE = (640, 360)
# A covered lens gave means of 0 to 2.5 with deviations of 0 to 0.5, noise included.
_DARKEST_MEAN = 16.0
_LEAST_DEVIATION = 4.0
# Sharpness of sharp pictures differs a hundredfold between scenes, so only a camera's own past can be its
# measure. A picture out of focus fell to a thousandth of the sharp one's variance.
_BLURRED_SHARE = 0.15
_SHARPNESSES_KEPT = 64
_SHARPNESSES_NEEDED = 5
# No two pictures of a living sensor are equal; three equal ones in a row are a stuck buffer.
_EQUAL_FRAMES_OF_A_FROZEN_CAMERA = 3


@dataclass(frozen=True, slots=True)
class Look:
    """A picture in numbers: mean and standard deviation of grey (0 to 255), variance of its Laplacian."""

    mean: float
    deviation: float
    sharpness: float
    digest: bytes


def look_at(pixels: NDArray[np.uint8]) -> Look:
    """Measure a picture of height x width x 3, blue green red."""
    copy = cv2.resize(pixels, _COPY_SIZE, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(copy, cv2.COLOR_BGR2GRAY)
    return Look(
        mean=float(grey.mean()),
        deviation=float(grey.std()),
        sharpness=float(cv2.Laplacian(grey, cv2.CV_32F).var()),
        digest=blake2b(grey.tobytes(), digest_size=16).digest(),
    )


class QualityJudge:
    """Judges the pictures of one camera in the order they were taken; its memory is that of the process."""

    def __init__(self) -> None:
        self._sharpnesses: deque[float] = deque(maxlen=_SHARPNESSES_KEPT)
        self._digest = b""
        self._equal_frames = 0

    def judge(self, look: Look) -> tuple[Problem, ...]:
        problems: list[Problem] = []
        is_black = look.mean < _DARKEST_MEAN or look.deviation < _LEAST_DEVIATION
        if is_black:
            problems.append("BLACK_FRAME")
        elif self._is_blurred(look):
            problems.append("BLURRED")
        if self._is_frozen(look):
            problems.append("FROZEN")
        if not is_black:
            self._sharpnesses.append(look.sharpness)
        return tuple(problems)

    def _is_blurred(self, look: Look) -> bool:
        if len(self._sharpnesses) < _SHARPNESSES_NEEDED:
            return False
        return look.sharpness < _BLURRED_SHARE * median(self._sharpnesses)

    def _is_frozen(self, look: Look) -> bool:
        self._equal_frames = self._equal_frames + 1 if look.digest == self._digest else 1
        self._digest = look.digest
        return self._equal_frames >= _EQUAL_FRAMES_OF_A_FROZEN_CAMERA
