"""The sessions of devices outlive the broker: their filters, and what is queued for them.

What upstream lacks: only retained messages are written down, so after a restart a device that was offline
gets none of its commands.

What AWS does: a persistent session lasts for its expiry interval, whatever happens to a broker.
"""

import base64
import time
from typing import Any

from ministack.services import iot

from local.emulator import upstream
from local.emulator.iot_flow_control import waiting


def apply() -> None:
    """Keep the sessions with the rest of the broker's state."""

    def get_state(original: Any) -> Any:
        def state() -> dict[str, Any]:
            sessions = [_stored(key, session) for key, session in iot._persistent_sessions.items()]
            return {**original(), "sessions": sessions}

        return state

    def restore(original: Any) -> Any:
        def restore_state(data: dict[str, Any] | None) -> None:
            original(data)
            for stored in (data or {}).get("sessions", []):
                _restore(stored)

        return restore_state

    upstream.replace(iot, "_broker_get_state", get_state)
    upstream.replace(iot, "_broker_restore_state", restore)


def _stored(key: tuple[str, str, str], session: Any) -> dict[str, Any]:
    connection = iot._connected_clients.get(key)
    now = time.time()
    in_flight = connection._in_flight if connection else session.in_flight
    messages = [(m.topic, m.payload, 1, m.properties, now) for m in in_flight.values()]
    messages += waiting(connection) if connection else []
    messages += session.queued_messages
    return {
        "key": list(key),
        "filters": list(connection._sub_filters.values()) if connection else session.subscriptions,
        "created_at": now if connection else session.created_at,
        "expiry": connection._session_expiry_interval if connection else session.expiry_interval,
        "messages": [
            [topic, _text(payload), qos, _text(properties), received_at]
            for topic, payload, qos, properties, received_at in messages
        ],
    }


def _restore(stored: dict[str, Any]) -> None:
    session = iot._PersistentSessionState(stored["filters"], stored["created_at"], stored["expiry"])
    session.queued_messages = [
        (topic, base64.b64decode(payload), qos, base64.b64decode(properties), received_at)
        for topic, payload, qos, properties, received_at in stored["messages"]
    ]
    iot._persistent_sessions[tuple(stored["key"])] = session


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
