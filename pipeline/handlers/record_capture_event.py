"""A device tells over MQTT how far a command has come."""

import json
from typing import Any

from aws_lambda_powertools.utilities.batch import process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from attendance.contracts.capture import CaptureEvent
from attendance.usecases.record_capture_event import record_capture_event
from pipeline import bootstrap
from pipeline.runtime import logger, sqs_batch

_processor = sqs_batch()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    return process_partial_response(
        event=event, record_handler=_record, processor=_processor, context=context
    )


def _record(record: SQSRecord) -> None:
    """The device is the topic's, added by the rule."""
    message = json.loads(record.body)
    device_id = str(message["device_id"])
    event = CaptureEvent.model_validate(message)
    is_news = record_capture_event(
        device_id,
        event,
        registry=bootstrap.registry(),
        schools=bootstrap.schools(),
        captures=bootstrap.captures(),
        registers=bootstrap.registers(),
        announcer=bootstrap.announcer(),
        clock=bootstrap.clock,
    )
    logger.info(
        "capture event",
        extra={
            "device_id": device_id,
            "capture_id": event.capture_id,
            "status": event.status,
            "is_news": is_news,
        },
    )
