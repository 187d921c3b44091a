"""A client that has gone silent is disconnected, and its will is sent.

What upstream lacks: the keep-alive of CONNECT is not read, so a camera whose link has frozen stays online.

What AWS does: after one and a half times the keep-alive without a packet the connection is closed.
"""

import time
from typing import Any

from ministack.services import iot

from local.emulator import iot_connections, upstream

PATIENCE = 1.5  # MQTT 5, 3.1.2.10


def apply() -> None:
    """Note when each client was last heard, and cut those not heard for too long."""

    def dispatch(original: Any) -> Any:
        async def dispatch_packet(session: Any, kind: int, flags: int, body: bytes) -> Any:
            session.heard_at = time.monotonic()
            if kind == iot.PKT_CONNECT:
                session.keep_alive = _keep_alive(body)
            return await original(session, kind, flags, body)

        return dispatch_packet

    upstream.replace(iot._WSSession, "_dispatch_packet", dispatch)
    iot_connections.watch(_cut_if_silent)


def _keep_alive(connect: bytes) -> int:
    """Return the seconds at their place in a CONNECT: after the protocol's name, level and flags."""
    at = 2 + int.from_bytes(connect[:2], "big") + 2
    return int.from_bytes(connect[at : at + 2], "big")


async def _cut_if_silent(session: Any) -> None:
    keep_alive = getattr(session, "keep_alive", 0)
    if keep_alive and time.monotonic() - session.heard_at > PATIENCE * keep_alive:
        iot_connections.abort(session)
