"""Saying hello on each connection, and goodbye."""

import logging
from collections.abc import Callable, Sequence

from attendance.contracts import topics
from attendance.contracts.device import Presence
from device import AGENT_VERSION
from device.backoff import Backoff
from device.link import Link, LinkError

logger = logging.getLogger(__name__)


def presence_payload(*, is_online: bool) -> bytes:
    """What is retained of a device; the will says offline in the same words."""
    return Presence(status="online" if is_online else "offline", agent_version=AGENT_VERSION).to_json()


class Greeter:
    """Subscribes and tells that the device is online.

    It subscribes at every start, for a newer agent may need other topics than the session knows, and
    whenever the broker has forgotten the session.

    Parameters
    ----------
    changed
        Called when the device is ready to ask and be commanded.
    """

    def __init__(
        self,
        *,
        device_id: str,
        link: Link,
        topic_filters: Sequence[str],
        backoff: Backoff,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._topic = topics.presence(device_id)
        self._link = link
        self._topic_filters = topic_filters
        self._backoff = backoff
        self._changed = changed
        self._failures = 0
        self._has_subscribed = False
        self._greeted = 0

    def is_ready(self) -> bool:
        """Whether the present connection, if there is one, has its subscriptions."""
        connection = self._link.connection
        return connection is not None and connection.number == self._greeted

    def step(self) -> float | None:
        connection = self._link.connection
        if connection is None or connection.number == self._greeted:
            return None
        try:
            if not (self._has_subscribed and connection.session_present):
                self._has_subscribed = False
                self._link.subscribe(self._topic_filters)
                self._has_subscribed = True
            self._link.publish(self._topic, presence_payload(is_online=True), retain=True)
        except LinkError as error:
            self._failures += 1
            logger.warning("not online yet: %s", error)
            return self._backoff.after(self._failures)
        self._failures = 0
        self._greeted = connection.number
        self._changed()
        return 0

    def say_goodbye(self) -> None:
        """Tell that the device is offline on purpose, as far as it can be told."""
        if self._link.connection is None:
            return
        try:
            self._link.publish(self._topic, presence_payload(is_online=False), retain=True)
        except LinkError as error:
            logger.warning("went without a goodbye: %s", error)
