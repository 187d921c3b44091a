"""The append-only, hash-chained account of every change to a register."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from attendance.domain.registers import MarkStatus, Register, RegisterStatus

ChangeKind = Literal["capture", "correction"]


@dataclass(frozen=True, slots=True)
class MarkChange:
    student_id: str
    before: MarkStatus
    after: MarkStatus


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the ledger: who, when, what before and after, and why. Hashes are hex SHA-256."""

    meeting_id: str
    version: int
    kind: ChangeKind
    actor: str
    at: datetime
    status_before: RegisterStatus
    status_after: RegisterStatus
    marks: tuple[MarkChange, ...]
    reason: str | None
    previous_hash: str
    hash: str


def next_change(
    before: Register, after: Register, *, kind: ChangeKind, actor: str, at: datetime, reason: str | None
) -> Change:
    """The ledger line that leads from one state of a register to the next, chained to the line before it."""
    line = Change(
        meeting_id=before.meeting_id,
        version=before.version + 1,
        kind=kind,
        actor=actor,
        at=at,
        status_before=before.status,
        status_after=after.status,
        marks=_changed(before, after),
        reason=reason,
        previous_hash=before.ledger_hash,
        hash="",
    )
    return _sealed(line)


def chain_is_whole(changes: Iterable[Change], head: str | None = None) -> bool:
    """Whether every line, in order of version, has the hash of its content and of the line before it.

    Parameters
    ----------
    head
        The register's own `ledger_hash`; without it, lines cut off the end are not missed.
    """
    previous = ""
    for line in sorted(changes, key=lambda change: change.version):
        if line.previous_hash != previous or _sealed(line).hash != line.hash:
            return False
        previous = line.hash
    return head is None or previous == head


def _changed(before: Register, after: Register) -> tuple[MarkChange, ...]:
    old: Mapping[str, MarkStatus] = {key: mark.status for key, mark in before.marks.items()}
    return tuple(
        MarkChange(key, old.get(key, "unseen"), mark.status)
        for key, mark in after.marks.items()
        if old.get(key, "unseen") != mark.status
    )


def _sealed(line: Change) -> Change:
    content = {**asdict(line), "hash": "", "at": line.at.isoformat()}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    return Change(**{name: getattr(line, name) for name in line.__slots__} | {"hash": digest})
