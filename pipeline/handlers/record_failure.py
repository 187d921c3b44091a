"""RecordFailure of take-roll."""

from aws_lambda_powertools.metrics import MetricUnit

from attendance.contracts.workflow import RecordedFailure, RecordFailureInput
from attendance.usecases.record_failure import record_failure
from pipeline import bootstrap
from pipeline.runtime import metrics, step


@step(RecordFailureInput)
def handler(event: RecordFailureInput) -> RecordedFailure:
    record_failure(
        event.state,
        event.key,
        event.run,
        event.failure,
        schools=bootstrap.schools(),
        registers=bootstrap.registers(),
        captures=bootstrap.captures(),
        announcer=bootstrap.announcer(),
        clock=bootstrap.clock,
    )
    metrics.add_metric("RollsFailed", MetricUnit.Count, 1)
    return RecordedFailure(state=event.state, error=event.failure.error)
