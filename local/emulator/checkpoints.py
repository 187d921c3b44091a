"""The state of every service is written down while the emulator runs, without holding it up.

What upstream lacks: state is saved only by a polite stop; after a kill everything since the start is gone.

A checkpoint forks the emulator. The child sees the state as it was at that instant, turns it into files,
and ends; the parent goes on at once. A file is replaced only when its content has changed. Checkpoints follow
activity, and take at most a tenth of one core. DynamoDB, which may be large, has the journal and is
written down once the journal has grown, or when a checkpoint is asked for.
"""

import asyncio
import contextlib
import json
import logging
import os
import signal
import time
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import persistence

from local.emulator import dynamodb_durability, sfn_durability, sqs_durability, upstream
from local.emulator.activity import ACTIVITY
from local.emulator.journal import the_journal

LOG = logging.getLogger("checkpoints")
SHORTEST_SECONDS = 0.5
LONGEST_SECONDS = 30.0
SHARE_OF_TIME = 0.1
JOURNAL_BYTES = 8 << 20
CHILD_SECONDS = 60


class Checkpoints:
    """Decides when to write the state down, and has it written."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._last_seconds = 0.0
        self._child: int | None = None

    async def write_now(self) -> None:
        """Write everything down, DynamoDB included, before returning.

        Raises
        ------
        RuntimeError
            If the state could not be written.
        """
        async with self._lock:
            await self._write(everything=True)

    async def run(self) -> None:
        """Write down what has changed, until cancelled."""
        written = time.monotonic()
        while True:
            await asyncio.sleep(max(SHORTEST_SECONDS, self._last_seconds / SHARE_OF_TIME))
            if not ACTIVITY.seen and time.monotonic() - written < LONGEST_SECONDS:
                continue
            written = time.monotonic()
            async with self._lock:
                try:
                    await self._write(everything=the_journal().size() > JOURNAL_BYTES)
                except RuntimeError as error:
                    LOG.error("%s", error)  # the next one tries again

    def abandon(self) -> None:
        """End a checkpoint that is being written, so that it cannot replace files written after this."""
        if self._child is not None:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(self._child, signal.SIGKILL)
                os.waitid(os.P_PID, self._child, os.WEXITED | os.WNOWAIT)

    async def _write(self, *, everything: bool) -> None:
        ACTIVITY.seen = False
        journal = the_journal()
        with journal.lock:
            segment = journal.rotate() if everything else 0
            child = os.fork()
            if child == 0:
                _write_and_exit(everything=everything)
        self._child = child
        _, status, used = await asyncio.to_thread(os.wait4, child, 0)
        self._child = None
        self._last_seconds = used.ru_utime + used.ru_stime
        if status != 0:
            msg = f"no state could be written to {persistence.STATE_DIR} ({status}); is the disk full?"
            raise RuntimeError(msg)
        if everything:
            journal.drop_before(segment)


def _write_and_exit(*, everything: bool) -> None:
    """Write the state of this forked process; never returns.

    The other threads do not exist here, but a lock that one of them held does: the alarm ends a child that
    waits for such a lock, and the next checkpoint tries again.
    """
    status = 1
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(CHILD_SECONDS)
        os.closerange(3, 65536)  # the listening ports above all: a successor must be able to bind them
        for name, get_state in app._build_persistence_save_dict().items():
            if name != dynamodb_durability.KIND or everything:
                _write_one(name, get_state())
        status = 0
    except BaseException as error:  # noqa: BLE001 - this process can tell nobody else
        os.write(2, f"checkpoint: {error!r}\n".encode())
    finally:
        os._exit(status)


def _write_one(name: str, state: Any) -> None:
    if state is None:  # the service could not be loaded; its file is better than nothing
        return
    content = json.dumps(
        {"__ministack_format__": persistence._state_format_version(name), "payload": state},
        default=persistence._json_default,
    ).encode()
    path = Path(persistence.STATE_DIR) / f"{name}.json"
    if path.exists() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return
    fresh = path.with_suffix(".fresh")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


CHECKPOINTS = Checkpoints()


def apply() -> None:
    """Write checkpoints for as long as the gateway runs, and replay the journal before it starts."""
    for name in ("_state_format_version", "_json_default"):
        upstream.check(persistence, name)
    upstream.check(app, "_build_persistence_save_dict")

    def lifespan(original: Any) -> Any:
        async def handle_lifespan(scope: Any, receive: Any, send: Any) -> None:
            running = asyncio.create_task(CHECKPOINTS.run())
            try:
                await original(scope, receive, send)
            except Exception:
                # The server would go on without its state, its broker and its timers, and look healthy.
                LOG.exception("the emulator cannot start")
                os._exit(1)
            finally:
                running.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await running

        return handle_lifespan

    def load(original: Any) -> Any:
        def load_persisted_state() -> None:
            original()
            LOG.info("replayed %d DynamoDB writes", dynamodb_durability.replay())
            sqs_durability.replay()
            sfn_durability.replay()

        return load_persisted_state

    def save(original: Any) -> Any:
        def save_all(services: Any) -> None:
            CHECKPOINTS.abandon()
            original(services)

        return save_all

    upstream.replace(app, "_handle_lifespan", lifespan)
    upstream.replace(app, "save_all", save)
    upstream.replace(app, "_load_persisted_state", load)
