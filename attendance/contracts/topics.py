"""MQTT topics. A device may touch its own branch only; ids are read from the topic, never from a payload."""

from typing import Literal

CommandName = Literal["capture", "cancel", "preview"]
RpcName = Literal["upload-urls"]

CAPTURE_EVENTS = "devices/+/events/capture"
UPLOAD_URL_REQUESTS = "devices/+/rpc/upload-urls"
CAPTURE_REQUESTS = "rooms/+/capture-requests"


def command(device_id: str, name: CommandName) -> str:
    return f"devices/{device_id}/commands/{name}"


def commands(device_id: str) -> str:
    """The one filter a device subscribes to for its commands."""
    return f"devices/{device_id}/commands/+"


def capture_event(device_id: str) -> str:
    return f"devices/{device_id}/events/capture"


def health(device_id: str) -> str:
    return f"devices/{device_id}/health"


def presence(device_id: str) -> str:
    """Retained: `online` at birth, `offline` by will or goodbye."""
    return f"devices/{device_id}/presence"


def rpc(device_id: str, name: RpcName) -> str:
    return f"devices/{device_id}/rpc/{name}"


def rpc_accepted(device_id: str, name: RpcName) -> str:
    return f"{rpc(device_id, name)}/accepted"


def rpc_rejected(device_id: str, name: RpcName) -> str:
    return f"{rpc(device_id, name)}/rejected"


def capture_request(room_id: str) -> str:
    return f"rooms/{room_id}/capture-requests"


def register_hint(school_id: str, meeting_id: str) -> str:
    """A hint that a register has changed: ids and a version, nothing personal."""
    return f"schools/{school_id}/registers/{meeting_id}"
