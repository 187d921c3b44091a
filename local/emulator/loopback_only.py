"""Every listener of the emulator stays on the loopback interface.

Upstream honours BIND_HOST for its HTTP gateway, but binds the MQTT listener to every interface.
A local run holds pupils' pictures and devices' keys; nothing of it is to be reachable from the network.
"""

import asyncio
from typing import Any

LOOPBACK = "127.0.0.1"
EVERY_INTERFACE = frozenset({None, "", "0.0.0.0", "::"})  # noqa: S104 - the addresses that are refused


def apply() -> None:
    """Bind to 127.0.0.1 whatever asks asyncio for every interface."""
    create_server = asyncio.base_events.BaseEventLoop.create_server

    async def loopback_server(loop: Any, factory: Any, host: Any = None, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("sock") is None and host in EVERY_INTERFACE:
            host = LOOPBACK
        return await create_server(loop, factory, host, *args, **kwargs)

    asyncio.base_events.BaseEventLoop.create_server = loopback_server  # type: ignore[assignment, method-assign]
