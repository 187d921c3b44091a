"""An execution that was started is not forgotten, and old ones are not kept for ever.

What upstream lacks: a start is written down with the next snapshot only; and every execution since the
first is kept, in memory and in each snapshot.

What AWS does: a start that was answered happens; histories are kept for ninety days after the end. Here the
newest are kept, by number.

Starts go into the journal. One that the loaded snapshot does not know is made again.
"""

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import stepfunctions

from local.emulator import sfn_redrive, upstream
from local.emulator.journal import the_journal

KIND = "stepfunctions"
KEPT = 200
KEPT_AT_LEAST = timedelta(minutes=10)
_restored_position = [0, 0]


def apply() -> None:
    """Journal starts, keep the journal's position with the snapshot, and forget the oldest executions."""
    upstream.replace(stepfunctions, "_start_execution", _journalled)

    def get_state(original: Callable[[], dict[str, Any]]) -> Any:
        def state() -> dict[str, Any]:
            with the_journal().lock:
                return {**original(), "journal_position": the_journal().position()}

        return state

    def load(original: Callable[[dict[str, Any]], None]) -> Any:
        def load_persisted_state(data: dict[str, Any]) -> None:
            original(data)
            _restored_position[:] = data.get("journal_position", [0, 0])

        return load_persisted_state

    upstream.replace(stepfunctions, "get_state", get_state)
    upstream.replace(stepfunctions, "load_persisted_state", load)


def replay() -> None:
    """Repeat the starts since the snapshot that was loaded, once the gateway serves."""
    starts = [record for record in the_journal().since(_restored_position) if record[0] == KIND]
    if starts:
        threading.Thread(target=_repeat, args=(starts,), daemon=True, name="repeat-starts").start()


def _repeat(starts: list[list[Any]]) -> None:
    sfn_redrive.wait_until_serving()
    for _, account, region, _, data in starts:
        with request_scope(account, region):
            stepfunctions._start_execution(data)  # refused by its name when the snapshot knows it


def _journalled(original: Any) -> Any:
    def start_execution(data: dict[str, Any]) -> Any:
        named = {**data, "name": data.get("name") or str(uuid.uuid4())}
        with the_journal().lock:
            answer = original(named)
            if answer[0] < 300:
                the_journal().append([KIND, get_account_id(), get_region(), "_start_execution", named])
        _forget_the_oldest()
        return answer

    return start_execution


def _forget_the_oldest() -> None:
    closed = [execution for execution in stepfunctions._executions.values() if execution["stopDate"]]
    if len(closed) <= KEPT:
        return
    newest_forgotten = (datetime.now(UTC) - KEPT_AT_LEAST).isoformat()
    closed.sort(key=lambda execution: str(execution["stopDate"]))
    for execution in closed[: len(closed) - KEPT]:
        if str(execution["stopDate"]) < newest_forgotten:
            stepfunctions._executions.pop(execution["executionArn"], None)
