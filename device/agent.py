"""Puts the agent together."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from attendance.contracts import topics
from device.backoff import Backoff
from device.bursts import Bursts
from device.camera import Camera
from device.clock import Clock
from device.commands import Commands, Delivery
from device.health import HealthReports
from device.link import Link, Message
from device.outbox import Outbox
from device.presence import Greeter
from device.quality import QualityJudge
from device.reserve import Reserve
from device.rpc import Rpc
from device.settings import Settings
from device.spool import Spool
from device.state_dir import StateDir
from device.store import Store, StoreFullError
from device.uploads import Transfer, Uploads
from device.workers import Bell, Crew

# systemd kills after 90 s by default; who presses Ctrl-C waits less gladly.
_SECONDS_TO_FINISH = 8.0
_SECONDS_TO_TELL = 3.0
_SECONDS_TO_CLOSE = 3.0
_RETRY_FIRST_S = 1.0

logger = logging.getLogger(__name__)


class RunningLink(Link, Protocol):
    def start(self) -> None: ...

    def stop(self, timeout_s: float) -> None: ...


LinkMaker = Callable[[Callable[[Message], None], Callable[[], None]], RunningLink]


class Agent:
    """One camera's agent.

    Parameters
    ----------
    make_link
        Makes the connection, given what takes its messages and what is to be called when it changes.
    stopping
        Set to stop the agent; it sets it itself when one of its workers fails.
    """

    def __init__(
        self,
        settings: Settings,
        state_dir: StateDir,
        *,
        camera: Camera,
        transfer: Transfer,
        clock: Clock,
        make_link: LinkMaker,
        stopping: threading.Event,
    ) -> None:
        device_id = settings.device_id
        backoff = Backoff(min(_RETRY_FIRST_S, settings.retry_most_s), settings.retry_most_s)
        self._stopping = stopping
        self._bell = Bell()
        self._commands_branch = topics.commands(device_id).removesuffix("+")
        reserve = Reserve(state_dir.reserve)
        reserve.ensure()
        self._store = Store(state_dir.database, clock=clock, reserve=reserve, changed=self._bell.ring)
        spool = Spool(
            state_dir.spool,
            quota_bytes=settings.spool_quota_bytes,
            min_free_bytes=settings.min_free_bytes,
        )
        self._link = make_link(self._take, self._bell.ring)
        self._commands = Commands(device_id=device_id, store=self._store, clock=clock)
        self._rpc = Rpc(device_id=device_id, link=self._link, timeout_s=settings.rpc_timeout_s)
        self._outbox = Outbox(device_id=device_id, store=self._store, link=self._link, backoff=backoff)
        self._greeter = Greeter(
            device_id=device_id,
            link=self._link,
            topic_filters=(topics.commands(device_id), *self._rpc.answer_topics),
            backoff=backoff,
            changed=self._bell.ring,
        )
        bursts = Bursts(
            device_id=device_id,
            store=self._store,
            spool=spool,
            camera=camera,
            clock=clock,
            judge=QualityJudge(),
        )
        uploads = Uploads(
            store=self._store,
            spool=spool,
            desk=self._rpc,
            transfer=transfer,
            cloud=self._greeter,
            clock=clock,
            backoff=backoff,
            retention=settings.retention,
        )
        health = HealthReports(
            device_id=device_id,
            link=self._link,
            spool=spool,
            camera=camera,
            reserve=reserve,
            clock=clock,
            interval_s=settings.health_interval_s,
        )
        self._crew = Crew(
            [self._commands, bursts, uploads, self._outbox, self._greeter, health], self._bell, stopping
        )

    def run(self) -> bool:
        """Work until `stopping` is set. False when that was because of a failure."""
        try:
            self._store.forget_old()
        except StoreFullError as error:
            logger.error("%s", error)
        self._crew.start()
        self._link.start()
        logger.info("agent started")
        # Not stopping.wait(): a signal handler that sets the event could wait for the lock held here.
        while not self._stopping.is_set():
            time.sleep(0.1)
        logger.info("agent stopping")
        self._crew.join(_SECONDS_TO_FINISH)
        self._tell_the_rest()
        self._greeter.say_goodbye()
        self._link.stop(_SECONDS_TO_CLOSE)
        logger.info("agent stopped")
        return not self._crew.has_failed

    def _tell_the_rest(self) -> None:
        deadline = time.monotonic() + _SECONDS_TO_TELL
        try:
            while time.monotonic() < deadline and self._outbox.step() == 0:
                pass
        except StoreFullError as error:
            logger.error("%s", error)

    def _take(self, message: Message) -> None:
        """Sort a message; called from the MQTT client's thread."""
        if message.topic.startswith(self._commands_branch):
            self._commands.deliver(Delivery(message.topic, message.payload, message.hold()))
            self._bell.ring()
        else:
            self._rpc.take_answer(message.topic, message.payload)
