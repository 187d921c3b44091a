"""Registers with all their marks in one item each, their ledger, and what is projected from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from attendance.adapters.dynamodb import keys
from attendance.adapters.dynamodb.codec import Item, attributes, from_item, to_item
from attendance.adapters.dynamodb.table import Table
from attendance.domain.ledger import Change
from attendance.domain.registers import MarkStatus, Register


class DynamoRegisterStore:
    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, school_id: str, meeting_id: str) -> Register | None:
        item = self._table.get(keys.register(school_id, meeting_id))
        return None if item is None else from_item(item, Register)

    def on_date(self, school_id: str, day: date) -> Sequence[Register]:
        return [
            from_item(item, Register) for item in self._table.query_index(keys.date_partition(school_id, day))
        ]

    def save(self, register: Register, change: Change) -> Register:
        saved = replace(register, version=change.version, ledger_hash=change.hash)
        place = (register.school_id, register.meeting_id)
        is_first = register.version == 0
        condition = "attribute_not_exists(PK)" if is_first else "#version = :read"
        values: dict[str, object] = {} if is_first else {"read": register.version}
        self._table.put_together(
            to_item(
                saved,
                Register,
                keys.register(*place)
                | keys.register_on_date(
                    register.school_id, register.date, register.starts_at, register.section_id
                ),
            ),
            condition,
            to_item(change, Change, keys.change(*place, change.version)),
            **values,
        )
        return saved

    def changes(self, school_id: str, meeting_id: str) -> Sequence[Change]:
        found = self._table.query(keys.meeting_partition(school_id, meeting_id), "CHANGE#")
        return [from_item(item, Change) for item in found]


def register_of_image(image: Mapping[str, Any]) -> Register:
    """The register in a stream record's new image."""
    return from_item(dict(image), Register)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One student's status in one meeting, as the student's history shows it."""

    student_id: str
    meeting_id: str
    section_id: str
    date: date
    period_id: str
    status: MarkStatus
    version: int


class DynamoProjectionStore:
    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, register: Register) -> None:
        counts = register.count()
        total: dict[str, object] = {
            "meeting_id": register.meeting_id,
            "status": register.status,
            "students": counts.students,
            "present": counts.present,
            "doubtful": counts.doubtful,
            "unseen": counts.unseen,
            "absent": counts.absent,
            "version": register.version,
            **keys.section_total(register.school_id, register.section_id, register.date, register.meeting_id),
        }
        for mark in register.marks.values():
            line = HistoryLine(
                student_id=mark.student_id,
                meeting_id=register.meeting_id,
                section_id=register.section_id,
                date=register.date,
                period_id=register.period_id,
                status=mark.status,
                version=register.version,
            )
            key = keys.student_history(
                register.school_id, mark.student_id, register.date, register.meeting_id
            )
            self._put_if_newer(to_item(line, HistoryLine, key), register.version)
        self._put_if_newer(attributes(total), register.version)

    def _put_if_newer(self, item: Item, version: int) -> None:
        self._table.put(item, condition="attribute_not_exists(PK) OR #version < :version", version=version)
