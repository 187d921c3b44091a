"""A client that does not read its messages holds up nobody but itself.

What upstream lacks: the broker waits for each subscriber's socket in turn, so one that stops reading blocks
whoever publishes to it, and even the connection that would replace it.

What AWS does: it disconnects such a client.
"""

from typing import Any

from ministack.services import iot

from local.emulator import iot_connections, upstream

LONGEST_BACKLOG = 4 << 20  # bytes that the client has not taken


def apply() -> None:
    """Never wait for a socket; cut it when too much has piled up."""

    def init(original: Any) -> Any:
        def initialise(session: Any, *args: Any, **kwargs: Any) -> None:
            original(session, *args, **kwargs)
            writer = session.writer
            if writer is None:
                return

            async def drain() -> None:
                if writer.transport.get_write_buffer_size() > LONGEST_BACKLOG:
                    iot_connections.abort(session)

            writer.drain = drain

        return initialise

    upstream.replace(iot._WSSession, "__init__", init)
