"""A DynamoDB stream calls its functions as Lambda's event source mappings do.

What upstream lacks: it calls one function after the other on the thread that also serves the queues, so a
slow one holds up everything; it takes a partial batch response for success and loses the failed records;
MaximumRetryAttempts, the destination for what is given up, and BisectBatchOnFunctionError are ignored; and
it keeps every record for a day.

What AWS does: each mapping has its own pace, one batch of a shard at a time and in order. With
ReportBatchItemFailures a batch is tried again from the first failed record on; without an answer, or with
an identifier that is not in the batch, as a whole. After MaximumRetryAttempts what is left of the batch goes
to the OnFailure destination. Bisecting halves a failed batch, and halving is no attempt.
"""

import logging
import time
from dataclasses import dataclass
from typing import Any

from ministack.core.arn import ArnParseError, parse_arn
from ministack.core.responses import request_scope
from ministack.services import dynamodb, lambda_svc

from local.emulator import upstream

LOG = logging.getLogger("lambda_stream_sources")
FOREVER = -1  # the default of MaximumRetryAttempts
RETRY_SECONDS = 1.0
RECORDS_KEPT = 1000  # of those that every mapping has read, for whoever looks with GetRecords


@dataclass
class _Progress:
    """How a mapping fares with the batch at its position."""

    position: int = -1
    failures: int = 0
    most_records: int | None = None
    not_before: float = 0.0


_progress: dict[str, _Progress] = {}


def apply() -> None:
    """Replace the polling of DynamoDB streams."""
    upstream.replace(lambda_svc, "_poll_dynamodb_streams", lambda original: poll)  # noqa: ARG005
    for name in ("_dispatch_esm_batch", "_apply_filter_criteria", "_send_ddb_stream_failure_record"):
        upstream.check(lambda_svc, name)
    for name in ("stream_records_since", "stream_start_position", "stream_end_position"):
        upstream.check(dynamodb, name)


def poll() -> bool:
    """Start the next batch of every mapping that is not busy, and tell whether there was one."""
    started = False
    read_up_to: dict[tuple[str, str, str], int] = {}
    for account, region, mapping in lambda_svc._iter_all_esms():
        table = _table_of(mapping)
        if table is None:
            continue
        with request_scope(account, region):
            started = _start_batch(mapping, table) or started
            position = lambda_svc._dynamodb_stream_positions.get(mapping["UUID"], 0)
            scope = (account, region, table)
            read_up_to[scope] = min(position, read_up_to.get(scope, position))
    for (account, region, table), position in read_up_to.items():
        with request_scope(account, region):
            _forget_records_before(table, position - RECORDS_KEPT)
    return started


def _table_of(mapping: dict[str, Any]) -> str | None:
    try:
        source = parse_arn(mapping.get("EventSourceArn", ""))
    except ArnParseError:
        return None
    named = lambda_svc._dynamodb_stream_table_from_arn_spec(source) if source.service == "dynamodb" else None
    return str(named[0]) if named else None


def _start_batch(mapping: dict[str, Any], table: str) -> bool:
    identifier = mapping["UUID"]
    progress = _progress.setdefault(identifier, _Progress())
    busy = lambda_svc._esm_inflight.get(identifier, 0) > 0
    if busy or not mapping.get("Enabled", True) or progress.not_before > time.monotonic():
        return False
    function, _ = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
    stored = dynamodb._tables.get(table)
    if function is None or stored is None or stored.get("LatestStreamArn") != mapping["EventSourceArn"]:
        return False
    position = _position(mapping, table)
    if position != progress.position:
        progress.position, progress.failures, progress.most_records = position, 0, None
    most = progress.most_records or mapping.get("BatchSize", 100)
    records = dynamodb.stream_records_since(table, position, most)
    if not records:
        return False
    wanted = lambda_svc._apply_filter_criteria(list(records), mapping)
    if wanted:
        lambda_svc._dispatch_esm_batch(identifier, _run_batch, mapping, function, records, wanted, position)
    else:
        _move_to(mapping, position + len(records))
    return True


def _position(mapping: dict[str, Any], table: str) -> int:
    """Return where the mapping reads next; records that expired unread are gone."""
    positions = lambda_svc._dynamodb_stream_positions
    with lambda_svc._dynamodb_stream_positions_lock:
        if mapping["UUID"] not in positions:
            from_the_start = mapping.get("StartingPosition") == "TRIM_HORIZON"
            first = dynamodb.stream_start_position if from_the_start else dynamodb.stream_end_position
            positions[mapping["UUID"]] = first(table)
        return max(int(positions[mapping["UUID"]]), int(dynamodb.stream_start_position(table)))


def _move_to(mapping: dict[str, Any], position: int) -> None:
    with lambda_svc._dynamodb_stream_positions_lock:
        lambda_svc._dynamodb_stream_positions[mapping["UUID"]] = position


def _run_batch(mapping: Any, function: Any, records: list[Any], wanted: list[Any], position: int) -> None:
    result = lambda_svc._execute_function(function, {"Records": wanted})
    progress = _progress[mapping["UUID"]]
    done = _done(mapping, result, records, wanted)
    mapping["LastProcessingResult"] = "OK" if done == len(records) else "PROBLEM: Function call failed"
    if done:
        _move_to(mapping, position + done)
        return
    LOG.warning("%s failed with a batch of %d: %s", mapping["FunctionName"], len(records), result.get("body"))
    progress.not_before = time.monotonic() + RETRY_SECONDS
    if result.get("throttle"):
        return
    if mapping.get("BisectBatchOnFunctionError") and len(records) > 1:
        progress.most_records = (len(records) + 1) // 2
        return
    progress.failures += 1
    most = mapping.get("MaximumRetryAttempts", FOREVER)
    if most != FOREVER and progress.failures > most:
        lambda_svc._send_ddb_stream_failure_record(
            mapping, function, records, mapping["EventSourceArn"], result, "RetryAttemptsExhausted"
        )
        _move_to(mapping, position + len(records))


def _done(mapping: Any, result: dict[str, Any], records: list[Any], wanted: list[Any]) -> int:
    """Return how many of the records, from the first on, need not be given to the function again."""
    if result.get("error") or result.get("throttle"):
        return 0
    body = result.get("body")
    if "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", []) or not isinstance(
        body, dict
    ):
        return len(records)
    failed = [failure.get("itemIdentifier") for failure in body.get("batchItemFailures") or []]
    if not failed:
        return len(records)
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    known = {record["dynamodb"]["SequenceNumber"] for record in wanted}
    if not known.issuperset(failed):
        return 0
    return min(numbers.index(number) for number in failed)


def _forget_records_before(table: str, position: int) -> None:
    records = dynamodb._stream_records.get(table)
    surplus = position - dynamodb.stream_start_position(table)
    if records and surplus > 0:
        del records[:surplus]
        dynamodb._stream_trimmed[table] = dynamodb._stream_trimmed.get(table, 0) + surplus
