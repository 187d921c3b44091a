"""Captures and the states they go through, moved on by conditional writes alone."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from attendance.adapters.dynamodb import keys
from attendance.adapters.dynamodb.codec import from_item, to_item
from attendance.adapters.dynamodb.table import Table
from attendance.domain.captures import OPEN_STATUSES, Capture, CaptureStatus, next_status
from attendance.domain.errors import CaptureUnknownError

_KEPT_FOR = timedelta(days=90)


class DynamoCaptureStore:
    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, capture: Capture) -> bool:
        return self._table.put(
            to_item(
                capture,
                Capture,
                keys.capture(capture.school_id, capture.capture_id)
                | keys.capture_in_room(capture.school_id, capture.room_id, capture.requested_at),
                ttl=int((capture.requested_at + _KEPT_FOR).timestamp()),
            ),
            condition="attribute_not_exists(PK)",
        )

    def get(self, school_id: str, capture_id: str) -> Capture:
        item = self._table.get(keys.capture(school_id, capture_id))
        if item is None:
            message = f"There is no capture {capture_id}."
            raise CaptureUnknownError(message)
        return from_item(item, Capture)

    def open_in_room(self, school_id: str, room_id: str) -> Sequence[Capture]:
        """By the index, which holds open captures alone and may lag behind by a moment."""
        items = self._table.query_index(keys.room_partition(school_id, room_id))
        return [capture for capture in (from_item(item, Capture) for item in items) if capture.is_open]

    def mark_sent(self, capture: Capture, at: datetime) -> None:
        self._table.update(_key(capture), {"sent_at": at.isoformat()}, condition="attribute_exists(PK)")

    def advance(self, capture: Capture, status: CaptureStatus, reason: str | None) -> bool:
        changes: dict[str, object] = {"status": status} | ({"reason": reason} if reason else {})
        while True:
            current = self.get(capture.school_id, capture.capture_id).status
            if next_status(current, status) != status or current == status:
                return False
            # Where another event came in between, it is asked anew; states only move forward, so this ends.
            if self._table.update(
                _key(capture),
                changes,
                remove=() if status in OPEN_STATUSES else keys.INDEX_KEY,
                condition="#status = :current",
                current=current,
            ):
                return True

    def claim(self, capture: Capture, run: str, taken_at: datetime) -> bool:
        return self._table.update(
            _key(capture),
            {"run": run, "taken_at": taken_at.isoformat(), "stage": "taking", "reason": None},
            condition="attribute_exists(PK) AND (#run = :none OR #run = :this)",
            none=None,
            this=run,
        )

    def record_stage(self, capture: Capture) -> None:
        self._table.update(
            _key(capture),
            {"stage": capture.stage, "reason": capture.reason, "meeting_id": capture.meeting_id},
            condition="attribute_exists(PK) AND #run = :run",
            run=capture.run,
        )


def _key(capture: Capture) -> keys.Key:
    return keys.capture(capture.school_id, capture.capture_id)
