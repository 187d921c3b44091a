"""The connections of the MQTT broker, for the supplements that watch over them.

Upstream's session knows how to send, but not its transport. Here each session of the mutual-TLS listener
gets its writer, and rules that are looked at once a second for every session that lives.
"""

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from ministack.services import iot

from local.emulator import upstream

LOG = logging.getLogger("iot_connections")
SWEEP_SECONDS = 1.0
Rule = Callable[[Any], Awaitable[None]]

LIVE: set[Any] = set()
_rules: list[Rule] = []
_writer: contextvars.ContextVar[Any] = contextvars.ContextVar("writer", default=None)


def watch(rule: Rule) -> None:
    """Have `rule` called once a second with every living session."""
    _rules.append(rule)


def abort(session: Any) -> None:
    """Cut the connection without another word to the client; its will is sent."""
    session.writer.transport.abort()


def apply() -> None:
    """Note the writer of each session, and start the sweep with the listener."""
    session_class = iot._WSSession

    def serve(original: Any) -> Any:
        async def serve_connection(reader: Any, writer: Any) -> None:
            _writer.set(writer)
            await original(reader, writer)

        return serve_connection

    def init(original: Any) -> Any:
        def initialise(session: Any, *args: Any, **kwargs: Any) -> None:
            original(session, *args, **kwargs)
            session.writer = _writer.get()
            if session.writer is not None:
                LIVE.add(session)

        return initialise

    def cleanup(original: Any) -> Any:
        async def clean_up(session: Any) -> None:
            LIVE.discard(session)
            await original(session)

        return clean_up

    def start(original: Any) -> Any:
        async def mtls_start() -> None:
            await original()
            # Kept by the loop's own name for it; the emulator's end is its end.
            iot.rollcall_sweep = asyncio.create_task(_sweep())

        return mtls_start

    upstream.replace(iot, "_mtls_serve_conn", serve)
    upstream.replace(session_class, "__init__", init)
    upstream.replace(session_class, "cleanup", cleanup)
    upstream.replace(iot, "mtls_start", start)


async def _sweep() -> None:
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        for session in list(LIVE):
            for rule in _rules:
                try:
                    await rule(session)
                except (OSError, RuntimeError):  # the transport went away meanwhile
                    LOG.debug("sweep", exc_info=True)
