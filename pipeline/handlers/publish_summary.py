"""PublishSummary of take-roll: a state that is run again announces nothing again."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig, idempotent_function
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyPersistenceLayerError,
)
from aws_lambda_powertools.utilities.idempotency.serialization.pydantic import PydanticSerializer
from aws_lambda_powertools.utilities.typing import LambdaContext

from attendance.contracts.events import RollSummary
from attendance.contracts.workflow import PublishSummaryInput
from attendance.domain.errors import ServiceUnavailableError
from attendance.usecases.publish_summary import publish_summary
from pipeline import bootstrap
from pipeline.runtime import metrics, step

# One summary for a capture and a version of its register; a redrive may come up to 14 days later.
_once = IdempotencyConfig(
    event_key_jmespath="[capture.capture_id, register.version]",
    raise_on_no_idempotency_key=True,
    expires_after_seconds=15 * 24 * 3600,
)


@step(PublishSummaryInput)
def _publish(event: PublishSummaryInput) -> RollSummary:
    publish = idempotent_function(
        _announce,
        data_keyword_argument="event",
        persistence_store=bootstrap.idempotency(),
        config=_once,
        output_serializer=PydanticSerializer(model=RollSummary),
    )
    try:
        summary: RollSummary = publish(event=event)
    except (IdempotencyPersistenceLayerError, IdempotencyAlreadyInProgressError) as error:
        message = f"It cannot be told whether this summary was announced before: {error}"
        raise ServiceUnavailableError(message) from error
    return summary


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    _once.register_lambda_context(context)
    return _publish(event, context)


def _announce(event: PublishSummaryInput) -> RollSummary:
    summary = publish_summary(
        event.capture,
        event.detected,
        event.searched,
        event.decided.unknown_faces,
        event.register_,
        announcer=bootstrap.announcer(),
    )
    metrics.add_metric("RegistersRecorded", MetricUnit.Count, 1)
    metrics.add_metric("RekognitionCalls", MetricUnit.Count, summary.rekognition_calls)
    metrics.add_metric("DoubtfulStudents", MetricUnit.Count, summary.doubtful)
    return summary
