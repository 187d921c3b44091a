"""Captures and the states they go through, moved on by conditional writes alone."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from attendance.adapters.dynamodb import keys
from attendance.adapters.dynamodb.codec import from_item, to_item
from attendance.adapters.dynamodb.table import Table
from attendance.domain.captures import Capture, CaptureStatus, next_status
from attendance.domain.errors import CaptureUnknownError

_KEPT_FOR = timedelta(days=90)
# A capture stays open for a day at most (expiry and upload retention): older ones need no look.
_OPEN_FOR = timedelta(days=2)


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
        newest: datetime | None = None
        found = []
        for item in self._table.query_index(keys.room_partition(school_id, room_id), newest_first=True):
            capture = from_item(item, Capture)
            newest = newest or capture.requested_at
            if newest - capture.requested_at > _OPEN_FOR:
                break
            if capture.is_open:
                found.append(capture)
        return found

    def mark_sent(self, capture: Capture, at: datetime) -> None:
        self._update(capture, {"sent_at": at.isoformat()}, condition="attribute_exists(PK)")

    def advance(self, capture: Capture, status: CaptureStatus, reason: str | None) -> bool:
        current = self.get(capture.school_id, capture.capture_id).status
        if next_status(current, status) != status or current == status:
            return False
        return self._update(
            capture,
            {"status": status, "reason": reason},
            condition="#status = :current",
            current=current,
        )

    def claim(self, capture: Capture, run: str, taken_at: datetime) -> bool:
        return self._update(
            capture,
            {"run": run, "taken_at": taken_at.isoformat(), "stage": "taking"},
            condition="#run = :none OR #run = :this",
            none=None,
            this=run,
        )

    def record_stage(self, capture: Capture) -> None:
        self._update(
            capture,
            {"stage": capture.stage, "reason": capture.reason, "meeting_id": capture.meeting_id},
            condition="attribute_exists(PK)",
        )

    def _update(
        self, capture: Capture, assignments: dict[str, object], *, condition: str, **values: object
    ) -> bool:
        key = keys.capture(capture.school_id, capture.capture_id)
        return self._table.update(key, assignments, condition=condition, **values)
