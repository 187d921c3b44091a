"""Every acknowledged DynamoDB write survives a kill, and so does its stream record.

What upstream lacks: it writes its state down when it is stopped politely, and only then; records of DynamoDB
Streams are never written down, so projections of writes made shortly before a restart would never happen,
and event source mappings, whose positions are kept, would skip as many new records as there were old ones.

What AWS does: an acknowledged write is durable, and its stream record readable for a day.

Writes go into the journal. The journal is replayed over the last snapshot, which emits the stream records
of the replayed writes again, in the same order and so at the same positions.
"""

import copy
import functools
import threading
from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import dynamodb

from local.emulator import upstream
from local.emulator.journal import the_journal

KIND = "dynamodb"
WRITES = (
    "_create_table",
    "_delete_table",
    "_update_table",
    "_put_item",
    "_delete_item",
    "_update_item",
    "_batch_write_item",
    "_transact_write_items",
    "_update_ttl",
    "_update_continuous_backups",
)
_originals: dict[str, Callable[[dict[str, Any]], Any]] = {}
_within = threading.local()
_restored_position: list[int] = [0, 0]


def apply() -> None:
    """Journal the writes, and keep stream records and the journal's position with the snapshot."""
    for name in WRITES:
        _originals[name] = upstream.check(dynamodb, name)
        upstream.replace(dynamodb, name, functools.partial(_journalled, name))

    def get_state(original: Callable[[], dict[str, Any]]) -> Any:
        def state() -> dict[str, Any]:
            with the_journal().lock:
                return {
                    **original(),
                    "stream_records": copy.deepcopy(dynamodb._stream_records),
                    "stream_trimmed": copy.deepcopy(dynamodb._stream_trimmed),
                    "journal_position": the_journal().position(),
                }

        return state

    def load(original: Callable[[dict[str, Any]], None]) -> Any:
        def load_persisted_state(data: dict[str, Any]) -> None:
            original(data)
            dynamodb._stream_records.update(data.get("stream_records", {}))
            dynamodb._stream_trimmed.update(data.get("stream_trimmed", {}))
            _restored_position[:] = data.get("journal_position", [0, 0])

        return load_persisted_state

    upstream.replace(dynamodb, "get_state", get_state)
    upstream.replace(dynamodb, "load_persisted_state", load)


def replay() -> int:
    """Repeat the writes since the snapshot that was loaded, and return their number."""
    repeated = 0
    _within.journalled = True  # what is read from the journal is not to be written into it
    try:
        for kind, account, region, name, data in the_journal().since(_restored_position):
            if kind == KIND:
                with request_scope(account, region):
                    _originals[name](data)
                repeated += 1
    finally:
        _within.journalled = False
    return repeated


def _journalled(name: str, original: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    def write(data: dict[str, Any]) -> Any:
        if getattr(_within, "journalled", False):  # one write made of others, or a replay
            return original(data)
        with the_journal().lock:
            asked = copy.deepcopy(data)
            _within.journalled = True
            try:
                answer = original(data)
            finally:
                _within.journalled = False
            if answer[0] < 300:
                the_journal().append([KIND, get_account_id(), get_region(), name, asked])
            return answer

    return write
