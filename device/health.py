"""Tells the cloud how the device is, about once a minute and on each connection."""

import logging
import random
from collections.abc import Callable

from attendance.contracts import topics
from attendance.contracts.device import Health
from device import AGENT_VERSION
from device.camera import Camera
from device.clock import Clock
from device.link import Link, LinkError
from device.reserve import Reserve
from device.spool import Spool

# A fleet that was started together does not stay together.
_JITTER = 1 / 6

logger = logging.getLogger(__name__)


class HealthReports:
    """Sent at QoS 0: the next report is worth more than an old one."""

    def __init__(
        self,
        *,
        device_id: str,
        link: Link,
        spool: Spool,
        camera: Camera,
        reserve: Reserve,
        clock: Clock,
        interval_s: float,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._topic = topics.health(device_id)
        self._link = link
        self._spool = spool
        self._camera = camera
        self._reserve = reserve
        self._clock = clock
        self._interval_s = interval_s
        self._uniform = uniform
        self._started_at = clock.monotonic()
        self._reported_connection = 0
        self._next_at = 0.0

    def step(self) -> float | None:
        connection = self._link.connection
        if connection is None:
            return None
        now = self._clock.monotonic()
        if connection.number == self._reported_connection and now < self._next_at:
            return self._next_at - now
        self._reserve.ensure()
        try:
            self._link.publish(self._topic, self._report().to_json(), qos=0)
        except LinkError as error:
            logger.info("no health report: %s", error)
        self._reported_connection = connection.number
        pause = self._interval_s * (1 + self._uniform(-_JITTER, _JITTER))
        self._next_at = now + pause
        return pause

    def _report(self) -> Health:
        return Health(
            at=self._clock.now(),
            uptime_s=self._clock.monotonic() - self._started_at,
            agent_version=AGENT_VERSION,
            camera="ready" if self._camera.is_ready() else "unavailable",
            free_bytes=self._spool.free_bytes(),
            spooled_captures=len(self._spool.captures()),
            spooled_bytes=self._spool.used_bytes(),
        )
