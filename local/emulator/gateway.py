"""What the local run adds to the gateway, and what it closes there.

Upstream answers `POST /_ministack/reset`, unsigned, by forgetting everything, and `/_ministack/config` by
changing itself. Any page open in a browser on the machine could send that. `make reset` deletes the data
folder of a stopped emulator instead, and nothing needs the other.

`POST /_rollcall/checkpoint` writes the state to disk before it answers.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app

from local.emulator import checkpoints, upstream
from local.emulator.activity import ACTIVITY

CLOSED = ("/_ministack/reset", "/_ministack/config", "/_localstack/")
CHECKPOINT = "/_rollcall/checkpoint"
Send = Callable[[dict[str, Any]], Awaitable[None]]


def apply() -> None:
    """Put our paths in front of the gateway's own."""
    upstream.replace(app, "app", _in_front)


def _in_front(original: Any) -> Any:
    async def gateway(scope: dict[str, Any], receive: Any, send: Send) -> None:
        if scope["type"] == "lifespan":
            await original(scope, receive, send)
            return
        path = scope["path"]
        if path.startswith(CLOSED):
            await _answer(send, 404)
        elif path == CHECKPOINT:
            try:
                await checkpoints.CHECKPOINTS.write_now()
            except RuntimeError as error:
                await _answer(send, 507, str(error).encode())
            else:
                await _answer(send, 204)
        else:
            try:
                await original(scope, receive, send)
            finally:
                ACTIVITY.touch()

    return gateway


async def _answer(send: Send, status: int, body: bytes = b"") -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
