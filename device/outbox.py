"""Tells the cloud what has happened: each stored event, in order, until the broker has it."""

import logging

from attendance.contracts import topics
from device.backoff import Backoff
from device.link import Link, LinkError
from device.store import Store

logger = logging.getLogger(__name__)


class Outbox:
    """One event at a time, so that none overtakes another. One that was acknowledged, but not yet recorded
    as told when the agent was killed, is told twice: readers know that states only move forward.
    """

    def __init__(self, *, device_id: str, store: Store, link: Link, backoff: Backoff) -> None:
        self._topic = topics.capture_event(device_id)
        self._store = store
        self._link = link
        self._backoff = backoff
        self._failures = 0

    def step(self) -> float | None:
        """Tell the oldest event."""
        if self._link.connection is None:
            return None
        event = self._store.next_event()
        if event is None:
            return None
        try:
            self._link.publish(self._topic, event.payload)
        except LinkError as error:
            self._failures += 1
            logger.warning("an event waits: %s", error, extra={"capture_id": event.capture_id})
            return self._backoff.after(self._failures)
        self._failures = 0
        self._store.record_told(event.sequence)
        return 0
