"""Takes commands in: what is acknowledged to the broker has been stored, or refused in words."""

import json
import logging
import queue
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from attendance.contracts import topics
from attendance.contracts.base import CaptureId
from attendance.contracts.capture import CancelCommand, CaptureCommand, Reason
from device.clock import Clock, expiry, receive
from device.store import Store

_CAPTURE_ID: TypeAdapter[str] = TypeAdapter(CaptureId)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message on a command topic; `acknowledge` sends its PUBACK, after which it never comes again."""

    topic: str
    payload: bytes
    acknowledge: Callable[[], None]


class Commands:
    """Validate, store, acknowledge: in this order, so that a kill in between brings the command again.

    A malformed one is refused and acknowledged as well. Left unacknowledged it would come back for ever,
    and hold a place in the receive window until nothing else could be delivered.
    """

    def __init__(self, *, device_id: str, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._deliveries: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
        self._in_hand: Delivery | None = None
        self._takers = {
            topics.command(device_id, "capture"): self._take_capture,
            topics.command(device_id, "cancel"): self._take_cancel,
        }

    def deliver(self, delivery: Delivery) -> None:
        """Hand a message over; called from the MQTT client's thread, which must not wait for the disk."""
        self._deliveries.put(delivery)

    def step(self) -> float | None:
        """Take one command in; one that the full disk could not store stays in hand for the next step."""
        if self._in_hand is None:
            try:
                self._in_hand = self._deliveries.get_nowait()
            except queue.Empty:
                return None
        self.take(self._in_hand.topic, self._in_hand.payload)
        self._in_hand.acknowledge()
        self._in_hand = None
        return 0

    def take(self, topic: str, payload: bytes) -> None:
        """Store what a message asks for. Raises StoreFullError."""
        taker = self._takers.get(topic)
        if taker is None:
            logger.warning("not a command that this agent knows: %s", topic)
        else:
            taker(payload)

    def _take_capture(self, payload: bytes) -> None:
        try:
            command = CaptureCommand.model_validate_json(payload)
        except ValidationError as error:
            self._refuse_malformed(payload, error)
            return
        receipt = receive(command, self._clock)
        reason = expiry(command, receipt.at)
        if reason is None:
            is_new, word = self._store.accept(command, receipt), "accepted"
        else:
            is_new, word = self._store.refuse(command.capture_id, reason), "refused as expired"
        logger.info(
            "capture %s", word if is_new else "known already", extra={"capture_id": command.capture_id}
        )

    def _take_cancel(self, payload: bytes) -> None:
        try:
            command = CancelCommand.model_validate_json(payload)
        except ValidationError as error:
            logger.error("a cancel command that cannot be read: %s", _describe(error))
            return
        was_open = self._store.cancel(command.capture_id)
        word = "cancelled" if was_open else "had ended before its cancel"
        logger.info("capture %s", word, extra={"capture_id": command.capture_id})

    def _refuse_malformed(self, payload: bytes, error: ValidationError) -> None:
        detail = _describe(error)
        capture_id = _readable_capture_id(payload)
        if capture_id is None:
            logger.error("a capture command that cannot be read: %s", detail)
            return
        logger.error("malformed capture command: %s", detail, extra={"capture_id": capture_id})
        self._store.refuse(capture_id, Reason(code="BAD_REQUEST", detail=detail))


def _describe(error: ValidationError) -> str:
    """Where and what, without the values: they are a stranger's."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'payload'}: {each['msg']}" for each in found)[:500]


def _readable_capture_id(payload: bytes) -> str | None:
    try:
        return _CAPTURE_ID.validate_python(json.loads(payload)["capture_id"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
