"""A device asks over MQTT where to put a capture's files."""

import json
from typing import Any

from aws_lambda_powertools.utilities.batch import process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import ValidationError

from attendance.contracts.base import first_fault
from attendance.contracts.upload import RpcRejected, UploadUrlsRequest
from attendance.usecases.issue_upload_urls import issue_upload_urls
from pipeline import bootstrap
from pipeline.runtime import logger, sqs_batch

_processor = sqs_batch()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    return process_partial_response(event=event, record_handler=_issue, processor=_processor, context=context)


def _issue(record: SQSRecord) -> None:
    """The device is the topic's, added by the rule."""
    message = json.loads(record.body)
    device_id = str(message["device_id"])
    try:
        request = UploadUrlsRequest.model_validate(message)
    except ValidationError as error:
        _refuse(device_id, message, error)
        return
    answer = issue_upload_urls(
        device_id,
        request,
        registry=bootstrap.registry(),
        captures=bootstrap.captures(),
        files=bootstrap.capture_files(),
        messenger=bootstrap.messenger(),
        clock=bootstrap.clock,
    )
    logger.info(
        "upload urls answered",
        extra={"device_id": device_id, "capture_id": request.capture_id, "answer": type(answer).__name__},
    )


def _refuse(device_id: str, message: dict[str, Any], error: ValidationError) -> None:
    rejection = RpcRejected(
        token=str(message.get("token", ""))[:64],
        code="BAD_REQUEST",
        detail=first_fault(error),
        retry=False,
    )
    logger.warning("upload urls refused", extra={"device_id": device_id, "detail": rejection.detail})
    bootstrap.messenger().answer_upload_urls(device_id, rejection)
