"""Face engines that work side by side; each serves one request at a time."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from faces import FaceEngine, Picture
from faces.detector import KEPT_PIXELS

MODEL_VERSION = f"{FaceEngine.name}/{FaceEngine.version}"
"""What `FaceModelVersion` says; vectors of different versions are never compared."""


class Engines:
    """A pool of face engines, all loaded when it is made, so that a missing model shows at the start.

    Raises
    ------
    ModelsMissingError, ModelsDamagedError
        The model files are not there, or are not the published ones.
    """

    def __init__(self, count: int) -> None:
        self._large_picture = threading.Lock()
        self._free: queue.SimpleQueue[FaceEngine] = queue.SimpleQueue()
        for _ in range(count):
            self._free.put(FaceEngine())

    @contextmanager
    def borrowed(self, *pictures: Picture) -> Iterator[FaceEngine]:
        """Give an engine that nobody else uses to look at some pictures, waiting until one is free.

        A picture of 10 megapixels takes most of a gibibyte for as long as it is looked at, so large ones are
        looked at one after another.
        """
        large = any(picture.pixels.shape[0] * picture.pixels.shape[1] > KEPT_PIXELS for picture in pictures)
        with self._large_picture if large else nullcontext():
            engine = self._free.get()
            try:
                yield engine
            finally:
                self._free.put(engine)
