"""What every function shares: structured logs, metrics, and typed steps of a workflow."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities.parser import parse
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel

from attendance.contracts.base import Contract

logger = Logger()
metrics = Metrics()

Input = TypeVar("Input", bound=BaseModel)
Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]

# Ids that may stand in a log; never a name, a face or a signed URL.
_LOGGED = ("school_id", "device_id", "capture_id", "meeting_id", "student_id", "portrait_id")


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
