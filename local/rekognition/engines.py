"""Face engines that work side by side; each serves one request at a time."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager

from faces import FaceEngine

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
        self._free: queue.SimpleQueue[FaceEngine] = queue.SimpleQueue()
        for _ in range(count):
            self._free.put(FaceEngine())

    @contextmanager
    def borrowed(self) -> Iterator[FaceEngine]:
        """Give an engine that nobody else uses, waiting until one is free."""
        engine = self._free.get()
        try:
            yield engine
        finally:
            self._free.put(engine)
