"""Face engines that look at several things at the same time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TypeVar

from faces import FaceEngine

Thing = TypeVar("Thing")
Seen = TypeVar("Seen")


class Engines:
    """Engines that are alike, each of which does one thing at a time.

    One engine uses one core, whatever it looks at: a second one brings most of a second core.
    """

    def __init__(self, engines: Sequence[FaceEngine]) -> None:
        self._free: SimpleQueue[FaceEngine] = SimpleQueue()
        for engine in engines:
            self._free.put(engine)
        self._count = len(engines)

    @contextmanager
    def borrowed(self) -> Iterator[FaceEngine]:
        """An engine that nobody else uses; waits until one is free."""
        engine = self._free.get()
        try:
            yield engine
        finally:
            self._free.put(engine)

    def each(self, look: Callable[[FaceEngine, Thing], Seen], things: Iterable[Thing]) -> list[Seen]:
        """Look at each thing, with all engines at the same time; the answers are in the things' order."""

        def look_with_one(thing: Thing) -> Seen:
            with self.borrowed() as engine:
                return look(engine, thing)

        if self._count == 1:
            return [look_with_one(thing) for thing in things]
        with ThreadPoolExecutor(self._count) as pool:
            return list(pool.map(look_with_one, things))
