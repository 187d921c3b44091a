"""Messages of QoS 1 arrive in order, as many at a time as the client allows, and again after a lost link.

What upstream lacks: Receive Maximum is ignored; what was not acknowledged on a lost connection comes half a
minute after the next one, behind newer messages; and it is sent again on a living connection.

What MQTT 5 says: at most Receive Maximum messages are unacknowledged (4.9); on a resume, and only then, the
unacknowledged ones are sent again, first and in their order (4.4, 4.6).
"""

import time
from typing import Any

from ministack.services import iot

from local.emulator import upstream

NO_LIMIT = 65_535  # the default of the protocol
NEVER_SECONDS = 86_400.0


def apply() -> None:
    """Hold back what the client's quota does not allow, and keep that with its session."""
    session_class = iot._WSSession
    iot._RETRANSMIT_INTERVAL_SECONDS = NEVER_SECONDS
    upstream.check(session_class, "_retransmit_due")
    upstream.replace(session_class, "_dispatch_packet", _minding_the_quota)
    upstream.replace(session_class, "deliver_to_client", _within_the_quota)
    upstream.replace(session_class, "_preserve_session", _with_what_waits)


def waiting(session: Any) -> list[Any]:
    """Return the messages held back for a session: (topic, payload, qos, properties, received at)."""
    held: list[Any] = session.__dict__.setdefault("waiting", [])
    return held


def _full(session: Any) -> bool:
    return bool(len(session._in_flight) >= session.__dict__.get("receive_maximum", NO_LIMIT))


def _minding_the_quota(original: Any) -> Any:
    async def dispatch_packet(session: Any, kind: int, flags: int, body: bytes) -> Any:
        if kind == iot.PKT_CONNECT:
            session.receive_maximum = _receive_maximum(body)
        going_on = await original(session, kind, flags, body)
        if kind == iot.PKT_PUBACK:
            await _send_what_waits(session)
        return going_on

    return dispatch_packet


def _receive_maximum(connect: bytes) -> int:
    at = 2 + int.from_bytes(connect[:2], "big")
    if connect[at] != iot.MQTT_5:
        return NO_LIMIT
    properties, _ = iot._decode_properties(connect, at + 4)
    return int(iot._property_value(properties, iot.PROP_RECEIVE_MAXIMUM, NO_LIMIT))


def _within_the_quota(original: Any) -> Any:
    async def deliver_to_client(session: Any, topic: str, payload: bytes, qos: int) -> None:
        held = waiting(session)
        if qos and (held or _full(session)):
            held.append((topic, payload, qos, iot._delivery_properties.get(), time.time()))
            return
        await original(session, topic, payload, qos)

    async def send_now(session: Any, topic: str, payload: bytes, qos: int) -> None:
        await original(session, topic, payload, qos)

    iot._WSSession.rollcall_send_now = send_now
    return deliver_to_client


async def _send_what_waits(session: Any) -> None:
    held = waiting(session)
    while held and not _full(session):
        topic, payload, qos, properties, received_at = held.pop(0)
        aged = iot._aged_properties(properties, received_at)
        if aged is None:  # expired while it waited
            continue
        token = iot._delivery_properties.set(aged)
        try:
            await session.rollcall_send_now(topic, payload, qos)
        finally:
            iot._delivery_properties.reset(token)


def _with_what_waits(original: Any) -> Any:
    def preserve_session(session: Any) -> None:
        for message in session._in_flight.values():
            message.sent_at = float("-inf")  # due at once on the next connection
        original(session)
        stored = iot._persistent_sessions[(session.account_id, session.region, session._client_id)]
        stored.queued_messages[:0] = waiting(session)
        session.waiting = []

    return preserve_session
