"""What every function shares: structured logs, metrics, and typed steps of a workflow."""

import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, ExceptionInfo, FailureResponse
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ValidationError

from attendance.contracts.base import Contract, first_fault

logger = Logger()
metrics = Metrics()
# Most steps have nothing to count.
warnings.filterwarnings("ignore", message="No application metrics to publish")

Input = TypeVar("Input", bound=BaseModel)
Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]

# Ids, keys and states that may stand in a log; never a name, a face or a signed URL.
_LOGGED = (
    "school_id",
    "device_id",
    "capture_id",
    "meeting_id",
    "student_id",
    "portrait_id",
    "key",
    "run",
    "state",
)


def step(model: type[Input]) -> Callable[[Callable[[Input], Contract]], Handler]:
    """Make a function that takes a contract and returns one into a workflow's Lambda handler.

    Errors leave it as they are, so that the state machine sees their own names.
    """

    def decorate(function: Callable[[Input], Contract]) -> Handler:
        @logger.inject_lambda_context(clear_state=True)
        @metrics.log_metrics
        @wraps(function)
        def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
            parsed = parse(event=event, model=model)
            logger.append_keys(**_ids(parsed))
            answer = function(parsed)
            logger.append_keys(**_ids(answer))
            logger.info(function.__module__.rpartition(".")[2], extra={"answer": _counts(answer)})
            return answer.model_dump(mode="json")

        return handler

    return decorate


def _ids(parsed: BaseModel) -> dict[str, str]:
    flat = parsed.model_dump(mode="json")
    flat |= flat.get("capture") or {}
    return {name: flat[name] for name in _LOGGED if isinstance(flat.get(name), str)}


def _counts(answer: Contract) -> dict[str, object]:
    """Numbers and outcomes alone."""
    return {
        name: value
        for name, value in answer.model_dump(mode="json").items()
        if isinstance(value, int | bool) or name == "outcome"
    }


class _Batch(BatchProcessor):
    """Says of each record that failed why, without what it held."""

    def failure_handler(self, record: Any, exception: ExceptionInfo) -> FailureResponse:
        error = exception[1]
        detail = first_fault(error) if isinstance(error, ValidationError) else str(error)
        logger.warning("record failed", extra={"error": type(error).__name__, "detail": detail})
        return super().failure_handler(record, exception)


def sqs_batch() -> BatchProcessor:
    """Failed messages go back to their queue, and after some rounds to its dead letters."""
    return _Batch(EventType.SQS, raise_on_entire_batch_failure=False)


def stream_batch() -> BatchProcessor:
    """From the first failed record on, the stream sends all again."""
    return _Batch(EventType.DynamoDBStreams)
