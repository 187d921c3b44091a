"""A message of more than 128 KiB is refused, also over HTTP.

What upstream lacks: the limit of iot-data Publish.

What AWS does: RequestEntityTooLargeException.
"""

from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import iot_data

from local.emulator import upstream

MOST_BYTES = 128 * 1024


def apply() -> None:
    """Look at the size first."""

    def publish(original: Any) -> Any:
        async def limited(topic: str, body: bytes, *rest: Any) -> Any:
            if body and len(body) > MOST_BYTES:
                return error_response_json("RequestEntityTooLargeException", "more than 128 KiB", 413)
            return await original(topic, body, *rest)

        return limited

    upstream.replace(iot_data, "_publish", publish)
