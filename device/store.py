"""What the agent must not forget: the captures it was commanded, and the events it has yet to tell."""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar

from attendance.contracts.capture import (
    CaptureCommand,
    CaptureEvent,
    CommandStatus,
    Reason,
    Stage,
)
from attendance.contracts.upload import UploadFile
from device.clock import Clock, Receipt
from device.reserve import Reserve

# A closed capture is remembered so that a late copy of its command is answered with how it ended. Commands
# live for minutes; a month also outlives any queue between the cloud and here.
REMEMBERED_FOR = timedelta(days=30)

_SCHEMA_VERSION = 1
_SCHEMA = """
create table capture (
    capture_id text primary key,
    command text,               -- null where there was none to act on: refused, or cancelled beforehand
    received_at text,
    received_monotonic real,
    boot_id text,
    status text not null,
    stage text,
    reason text,
    frames integer not null default 0,
    changed_at text not null
) strict;
create table file (
    capture_id text not null references capture on delete cascade,
    position integer not null,
    name text not null,
    bytes integer not null,
    sha256 text not null,
    content_type text not null,
    is_uploaded integer not null default 0,
    primary key (capture_id, position)
) strict;
create table outbox (
    sequence integer primary key autoincrement,
    capture_id text not null,
    event text not null
) strict;
"""

T = TypeVar("T")
EndStatus = Literal["SUCCEEDED", "FAILED", "REJECTED", "CANCELLED"]


class StoreFullError(Exception):
    """The disk has no space to record a state, and the reserve is gone."""


class StoreUnusableError(Exception):
    """The store cannot be opened, is damaged, or was written by a newer agent."""


class CaptureClosedError(Exception):
    """The capture has ended meanwhile, by a cancel command: what was being done for it is not wanted."""


@dataclass(frozen=True, slots=True)
class OpenCapture:
    """A capture there is still something to do for: its burst at stage `accepted`, its upload after that."""

    command: CaptureCommand
    receipt: Receipt
    stage: Stage

    @property
    def capture_id(self) -> str:
        return self.command.capture_id


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a capture, and whether the cloud has it."""

    file: UploadFile
    is_uploaded: bool


@dataclass(frozen=True, slots=True)
class PendingEvent:
    sequence: int
    capture_id: str
    payload: bytes


class Store:
    """SQLite in WAL mode with synchronous=FULL: a method that has returned has reached the disk.

    Each change of a capture and the event that tells of it are one transaction. Only a capture whose
    status is IN_PROGRESS changes; an end is final. Every method may raise StoreFullError.

    Parameters
    ----------
    changed
        Called after each committed change, from the thread that made it.

    Raises
    ------
    StoreUnusableError
    """

    def __init__(
        self, path: Path, *, clock: Clock, reserve: Reserve, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._clock = clock
        self._reserve = reserve
        self._changed = changed
        self._lock = threading.RLock()
        try:
            self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._database.execute("pragma journal_mode = wal")
            self._database.execute("pragma synchronous = full")
            self._database.execute("pragma foreign_keys = on")
            self._migrate()
        except sqlite3.DatabaseError as error:
            raise StoreUnusableError(f"the store {path} cannot be used: {error}") from error

    def close(self) -> None:
        with self._lock:
            self._database.close()

    # What commands bring

    def accept(self, command: CaptureCommand, receipt: Receipt) -> bool:
        """Take a command on. False when its capture is known: the event repeats the state it has."""

        def write(database: sqlite3.Connection) -> bool:
            if self._repeat_state(database, command.capture_id):
                return False
            database.execute(
                "insert into capture (capture_id, command, received_at, received_monotonic, boot_id,"
                " status, stage, changed_at) values (?, ?, ?, ?, ?, 'IN_PROGRESS', 'accepted', ?)",
                (
                    command.capture_id,
                    command.model_dump_json(),
                    receipt.at.isoformat(),
                    receipt.monotonic,
                    receipt.boot_id,
                    self._now(),
                ),
            )
            self._tell(database, command.capture_id)
            return True

        return self._write(write)

    def refuse(self, capture_id: str, reason: Reason) -> bool:
        """Record a REJECTED capture. False when it is known: the event repeats the state it has."""
        return self._write(lambda database: self._open_closed(database, capture_id, "REJECTED", reason))

    def cancel(self, capture_id: str) -> bool:
        """End an open capture. False when it has ended before: the event repeats how.

        A capture not heard of yet is recorded as cancelled, for its command may come after its cancel.
        """

        def write(database: sqlite3.Connection) -> bool:
            if self._end(database, capture_id, "CANCELLED", None):
                return True
            return self._open_closed(database, capture_id, "CANCELLED", None)

        return self._write(write)

    # What the agent does about them

    def open_captures(self) -> tuple[OpenCapture, ...]:
        """Captures to be worked on, in the order their commands came."""
        rows = self._read(
            "select command, received_at, received_monotonic, boot_id, stage from capture"
            " where status = 'IN_PROGRESS' order by rowid"
        )
        return tuple(
            OpenCapture(
                command=CaptureCommand.model_validate_json(command),
                receipt=Receipt(datetime.fromisoformat(received_at), monotonic, boot_id),
                stage=stage,
            )
            for command, received_at, monotonic, boot_id, stage in rows
        )

    def files(self, capture_id: str) -> tuple[StoredFile, ...]:
        """The files of a capture in the order of their upload."""
        rows = self._read(
            "select name, bytes, sha256, content_type, is_uploaded from file"
            " where capture_id = ? order by position",
            capture_id,
        )
        return tuple(
            StoredFile(
                UploadFile(name=name, bytes=size, sha256=sha256, content_type=content_type), bool(is_uploaded)
            )
            for name, size, sha256, content_type, is_uploaded in rows
        )

    def record_burst(self, capture_id: str, files: tuple[UploadFile, ...]) -> None:
        """The burst is in the spool: frames, and the manifest as the last of `files`.

        Raises
        ------
        CaptureClosedError
        """

        def write(database: sqlite3.Connection) -> None:
            self._advance(database, capture_id, "captured", frames=len(files) - 1)
            database.executemany(
                "insert into file (capture_id, position, name, bytes, sha256, content_type)"
                " values (?, ?, ?, ?, ?, ?)",
                [
                    (capture_id, position, file.name, file.bytes, file.sha256, file.content_type)
                    for position, file in enumerate(files, 1)
                ],
            )

        self._write(write)

    def record_upload_begun(self, capture_id: str) -> None:
        """Raises CaptureClosedError."""
        self._write(lambda database: self._advance(database, capture_id, "uploading"))

    def record_uploaded(self, capture_id: str, name: str) -> None:
        """The cloud has this file.

        Raises
        ------
        CaptureClosedError
        """

        def write(database: sqlite3.Connection) -> None:
            self._demand_open(database, capture_id)
            database.execute(
                "update file set is_uploaded = 1 where capture_id = ? and name = ?", (capture_id, name)
            )

        self._write(write)

    def end(self, capture_id: str, status: EndStatus, reason: Reason | None = None) -> bool:
        """End an open capture. False, and nothing is told, when it has ended before."""
        return self._write(lambda database: self._end(database, capture_id, status, reason))

    def forget_old(self) -> None:
        """Drop closed captures that no copy of a command can ask about any more."""
        before = (self._clock.now() - REMEMBERED_FOR).isoformat()
        self._write(
            lambda database: database.execute(
                "delete from capture where status <> 'IN_PROGRESS' and changed_at < ?", (before,)
            ),
        )

    # Events to be told

    def next_event(self) -> PendingEvent | None:
        """The oldest event not yet told."""
        rows = self._read("select sequence, capture_id, event from outbox order by sequence limit 1")
        return PendingEvent(rows[0][0], rows[0][1], rows[0][2].encode()) if rows else None

    def record_told(self, sequence: int) -> None:
        self._write(lambda database: database.execute("delete from outbox where sequence = ?", (sequence,)))

    # Within a transaction

    def _repeat_state(self, database: sqlite3.Connection, capture_id: str) -> bool:
        is_known = database.execute("select 1 from capture where capture_id = ?", (capture_id,)).fetchone()
        if is_known is None:
            return False
        self._tell(database, capture_id, duplicate=True)
        return True

    def _open_closed(
        self, database: sqlite3.Connection, capture_id: str, status: EndStatus, reason: Reason | None
    ) -> bool:
        if self._repeat_state(database, capture_id):
            return False
        database.execute(
            "insert into capture (capture_id, status, reason, changed_at) values (?, ?, ?, ?)",
            (capture_id, status, _dump(reason), self._now()),
        )
        self._tell(database, capture_id)
        return True

    def _demand_open(self, database: sqlite3.Connection, capture_id: str) -> None:
        row = database.execute("select status from capture where capture_id = ?", (capture_id,)).fetchone()
        if row is None or row[0] != "IN_PROGRESS":
            raise CaptureClosedError(capture_id)

    def _advance(
        self, database: sqlite3.Connection, capture_id: str, stage: Stage, *, frames: int | None = None
    ) -> None:
        self._demand_open(database, capture_id)
        database.execute(
            "update capture set stage = ?, frames = coalesce(?, frames), changed_at = ? where capture_id = ?",
            (stage, frames, self._now(), capture_id),
        )
        self._tell(database, capture_id)

    def _end(
        self, database: sqlite3.Connection, capture_id: str, status: EndStatus, reason: Reason | None
    ) -> bool:
        ended = database.execute(
            "update capture set status = ?, stage = iif(? = 'SUCCEEDED', 'uploaded', stage), reason = ?,"
            " changed_at = ? where capture_id = ? and status = 'IN_PROGRESS'",
            (status, status, _dump(reason), self._now(), capture_id),
        )
        if ended.rowcount == 0:
            return False
        self._tell(database, capture_id)
        return True

    def _tell(self, database: sqlite3.Connection, capture_id: str, *, duplicate: bool = False) -> None:
        """Put the state that the capture has into the outbox."""
        status: CommandStatus
        status, stage, reason, frames = database.execute(
            "select status, stage, reason, frames from capture where capture_id = ?", (capture_id,)
        ).fetchone()
        event = CaptureEvent(
            capture_id=capture_id,
            status=status,
            stage=stage,
            reason=Reason.model_validate_json(reason) if reason else None,
            at=self._clock.now(),
            frames=frames,
            duplicate=duplicate,
        )
        database.execute(
            "insert into outbox (capture_id, event) values (?, ?)", (capture_id, event.model_dump_json())
        )

    # The database

    def _now(self) -> str:
        return self._clock.now().isoformat()

    def _read(self, query: str, *values: object) -> list[Any]:
        with self._lock:
            return self._database.execute(query, values).fetchall()

    def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` as one transaction; once more with the reserve given up, where the disk was full."""
        try:
            result = self._transact(work)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
                raise
            result = self._transact_on_reserve(work)
        self._changed()
        return result

    def _transact_on_reserve(self, work: Callable[[sqlite3.Connection], T]) -> T:
        no_space = "the disk is full: not even a state can be recorded"
        if not self._reserve.release():
            raise StoreFullError(no_space)
        try:
            return self._transact(work)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
                raise
            raise StoreFullError(no_space) from error

    def _transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock, self._database:
            self._database.execute("begin immediate")
            return work(self._database)

    def _migrate(self) -> None:
        version = self._database.execute("pragma user_version").fetchone()[0]
        if version > _SCHEMA_VERSION:
            raise StoreUnusableError(
                f"the store is of version {version}, this agent knows {_SCHEMA_VERSION}: update the agent"
            )
        if version < _SCHEMA_VERSION:
            self._database.executescript(f"begin; {_SCHEMA} pragma user_version = {_SCHEMA_VERSION}; commit;")


def _dump(reason: Reason | None) -> str | None:
    return reason.model_dump_json() if reason else None
