"""An admin's MQTT message asks for captures of a room."""

import json
from typing import Any

from aws_lambda_powertools.utilities.batch import process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from attendance.contracts.capture import RequestedCapture
from attendance.usecases.request_capture import request_capture
from pipeline import bootstrap
from pipeline.runtime import logger, sqs_batch

_processor = sqs_batch()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    return process_partial_response(
        event=event, record_handler=_request, processor=_processor, context=context
    )


def _request(record: SQSRecord) -> None:
    """The client's school is the registry's; the room is the topic's."""
    message = RequestedCapture.model_validate(json.loads(record.body))
    client = bootstrap.registry().device(message.client_id)
    captures = request_capture(
        client.school_id,
        message.room_id,
        requested_by=message.client_id,
        request_id=message.request_id,
        schools=bootstrap.schools(),
        registry=bootstrap.registry(),
        captures=bootstrap.captures(),
        messenger=bootstrap.messenger(),
        clock=bootstrap.clock,
    )
    logger.info("capture requested", extra={"captures": [capture.capture_id for capture in captures]})
