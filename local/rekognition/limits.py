"""The limits of the cloud that `strict` mode adds."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from faces import DetectedFace, Picture
from local.rekognition.errors import (
    InvalidParameterException,
    ProvisionedThroughputExceededException,
    ThrottlingException,
)

LEAST_IMAGE_SIDE = 80
LEAST_FACE_SIDE = 40
_FULL_HD = (1920, 1080)
_FLOOD = 4


def check_image_size(picture: Picture) -> None:
    """Refuse a picture that Rekognition finds too small: less than 80 px on a side.

    Raises
    ------
    InvalidParameterException
    """
    if min(picture.width, picture.height) < LEAST_IMAGE_SIDE:
        raise InvalidParameterException(
            f"Request has invalid parameters: the image is {picture.width}x{picture.height} pixels and must "
            f"be at least {LEAST_IMAGE_SIDE} on each side."
        )


def large_enough(picture: Picture, faces: Sequence[DetectedFace]) -> list[DetectedFace]:
    """Return the faces that Rekognition would detect: from 40 px in full HD, more in larger pictures."""
    longer, shorter = max(picture.width, picture.height), min(picture.width, picture.height)
    least = LEAST_FACE_SIDE * max(1.0, longer / _FULL_HD[0], shorter / _FULL_HD[1])
    return [face for face in faces if min(face.box.width, face.box.height) >= least]


class Throughput:
    """Transactions a second: one bucket an operation, as Rekognition counts them.

    Parameters
    ----------
    tps
        Allowed a second and operation; a second's worth may come at once.
    clock
        Seconds that only grow.
    """

    def __init__(self, tps: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._tps = tps
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: dict[str, float] = defaultdict(lambda: float(tps))
        self._refused: dict[str, int] = defaultdict(int)
        self._at: dict[str, float] = {}

    def spend(self, operation: str) -> None:
        """Count one call.

        Raises
        ------
        ProvisionedThroughputExceededException
            More calls than allowed.
        ThrottlingException
            So many that the service defends itself: four seconds' worth refused in a row.
        """
        with self._lock:
            now = self._clock()
            elapsed = now - self._at.get(operation, now)
            self._at[operation] = now
            self._tokens[operation] = min(self._tps, self._tokens[operation] + elapsed * self._tps)
            if self._tokens[operation] >= 1:
                self._tokens[operation] -= 1
                self._refused[operation] = 0
                return
            self._refused[operation] += 1
            if self._refused[operation] > _FLOOD * self._tps:
                raise ThrottlingException
            raise ProvisionedThroughputExceededException
