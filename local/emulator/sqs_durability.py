"""A queue loses no message: neither between two threads nor by a kill.

What upstream lacks: event source mappings take messages off a queue on threads of their own, by building a
shorter list and putting it in the place of the old one; a message that is sent meanwhile is gone. And what
was sent since the last snapshot is gone after a kill.

What AWS does: an accepted message is delivered at least once.

Everything that changes a queue holds the journal's lock. Messages go into the journal when they come and when
they are done with; a move to a dead-letter queue that is lost is made again, since the message is received
again.
"""

from collections.abc import Callable
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import eventbridge, lambda_svc, sns, sqs

from local.emulator import upstream
from local.emulator.journal import the_journal

KIND = "sqs"
SENDERS: tuple[tuple[Any, str], ...] = (
    (sqs, "_act_send_message"),
    (sns, "_deliver_to_sqs"),
    (eventbridge, "_dispatch_to_sqs"),
    (lambda_svc, "_route_async_failure"),
    (lambda_svc, "_send_ddb_stream_failure_record"),
)
REMOVERS = (
    "_act_delete_message",
    "_act_delete_message_batch",
    "_delete_messages_for_esm",
    "_act_purge_queue",
)
OTHERS = (
    "_receive_messages_for_esm",
    "_dlq_sweep",
    "_expire_retained",
    "_collect_msgs",
    "_act_change_visibility",
)
_restored_position = [0, 0]


def apply() -> None:
    """Guard and journal what changes a queue."""
    sqs._queues_lock = the_journal().lock
    for module, name in SENDERS:
        upstream.replace(module, name, _journalled)
    for name in REMOVERS:
        upstream.replace(sqs, name, _journalled)
    for name in OTHERS:
        upstream.replace(sqs, name, _guarded)
    for action, function in sqs._HANDLERS.items():  # filled before the replacements were there
        sqs._HANDLERS[action] = getattr(sqs, function.__name__)
    upstream.replace(sqs, "get_state", _with_position)
    upstream.replace(sqs, "load_persisted_state", _noting_position)


def replay() -> None:
    """Put back what came since the snapshot that was loaded, and take away what was done with."""
    for kind, account, region, operation, change in the_journal().since(_restored_position):
        if kind != KIND:
            continue
        with request_scope(account, region):
            queue = sqs._queues.get(change["queue"])
            if queue is None:
                continue
            if operation == "remove":
                gone = set(change["messages"])
                queue["messages"] = [message for message in queue["messages"] if message["id"] not in gone]
            else:
                present = {message["id"] for message in queue["messages"]}
                queue["messages"] += [m for m in change["messages"] if m["id"] not in present]


def _guarded(original: Callable[..., Any]) -> Callable[..., Any]:
    def change(*args: Any, **kwargs: Any) -> Any:
        with the_journal().lock:
            return original(*args, **kwargs)

    return change


def _journalled(original: Callable[..., Any]) -> Callable[..., Any]:
    def change(*args: Any, **kwargs: Any) -> Any:
        with the_journal().lock:
            before = _identifiers()
            try:
                return original(*args, **kwargs)
            finally:
                _write_changes(before)

    return change


def _identifiers() -> dict[tuple[str, str, str], set[str]]:
    return {scope: {m["id"] for m in queue["messages"]} for scope, queue in sqs._queues._data.items()}


def _write_changes(before: dict[tuple[str, str, str], set[str]]) -> None:
    for (account, region, url), queue in sqs._queues._data.items():
        known = before.get((account, region, url), set())
        present = {message["id"] for message in queue["messages"]}
        if present == known:
            continue
        added = [message for message in queue["messages"] if message["id"] not in known]
        removed = sorted(known - present)
        for operation, messages in (("add", added), ("remove", removed)):
            if messages:
                the_journal().append([KIND, account, region, operation, {"queue": url, "messages": messages}])


def _with_position(original: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    def get_state() -> dict[str, Any]:
        with the_journal().lock:
            return {**original(), "journal_position": the_journal().position()}

    return get_state


def _noting_position(original: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def load_persisted_state(data: dict[str, Any]) -> None:
        original(data)
        _restored_position[:] = data.get("journal_position", [0, 0])

    return load_persisted_state
