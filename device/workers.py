"""The agent's threads: each a loop around one worker's step, woken by a bell or by time."""

import logging
import threading
import time
from collections.abc import Iterable
from typing import Protocol

from device.clock import StoppingError
from device.store import StoreFullError

_SECONDS_TO_WAIT_FOR_SPACE = 5.0

logger = logging.getLogger(__name__)


class Bell:
    """Wakes every worker after something has changed: a command, a state, the connection."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rings = 0

    @property
    def rings(self) -> int:
        with self._condition:
            return self._rings

    def ring(self) -> None:
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def wait(self, heard: int, seconds: float | None) -> None:
        """Return once the bell has rung more than `heard` times, or after `seconds` (None: no limit)."""
        with self._condition:
            self._condition.wait_for(lambda: self._rings > heard, seconds)


class Worker(Protocol):
    def step(self) -> float | None:
        """Do one thing, if there is one.

        A step may be cut off anywhere and begun again: all it has achieved is in the store.

        Returns
        -------
        float or None
            Seconds after which there may be more to do (0: at once); None when only the bell can tell.
        """


class Crew:
    """Runs each worker in a thread of its own until `stopping` is set.

    A worker that fails unexpectedly stops the whole agent, for its supervisor to start it anew from the
    store: half an agent would look alive and do nothing.
    """

    def __init__(self, workers: Iterable[Worker], bell: Bell, stopping: threading.Event) -> None:
        self._bell = bell
        self._stopping = stopping
        self._failed = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(worker,), name=type(worker).__name__, daemon=True)
            for worker in workers
        ]

    @property
    def has_failed(self) -> bool:
        return self._failed.is_set()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self, seconds: float) -> None:
        """Wait at most `seconds` for all threads; what is cut off is taken up at the next start."""
        self._bell.ring()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                logger.warning("the thread %s was cut off", thread.name)

    def _work(self, worker: Worker) -> None:
        has_finished = False
        try:
            self._loop(worker)
            has_finished = True
        finally:
            if not has_finished:
                self._failed.set()
                self._stopping.set()
                self._bell.ring()

    def _loop(self, worker: Worker) -> None:
        while not self._stopping.is_set():
            heard = self._bell.rings
            try:
                pause = worker.step()
            except StoppingError:
                return
            except StoreFullError as error:
                logger.error("%s", error)
                self._stopping.wait(_SECONDS_TO_WAIT_FOR_SPACE)
                continue
            if pause is None or pause > 0:
                self._bell.wait(heard, pause)
