"""The tick: EventBridge Scheduler calls this every minute."""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from attendance.usecases.dispatch_captures import dispatch_captures
from pipeline import bootstrap
from pipeline.runtime import logger, metrics


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    dispatched = asdict(
        dispatch_captures(
            schools=bootstrap.schools(),
            registry=bootstrap.registry(),
            captures=bootstrap.captures(),
            registers=bootstrap.registers(),
            messenger=bootstrap.messenger(),
            announcer=bootstrap.announcer(),
            clock=bootstrap.clock,
        )
    )
    # Together under one key: "created" alone is a name that log records have for themselves.
    logger.info("dispatched", extra={"dispatched": dispatched})
    metrics.add_metric("CapturesTimedOut", MetricUnit.Count, dispatched["timed_out"])
    return dispatched
