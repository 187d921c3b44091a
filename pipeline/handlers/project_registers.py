"""The table's stream: every new version of a register is projected and announced."""

from typing import Any

from aws_lambda_powertools.utilities.batch import process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from attendance.adapters.dynamodb.registers import register_of_image
from attendance.usecases.project_register import project_register
from pipeline import bootstrap
from pipeline.runtime import logger, stream_batch

_processor = stream_batch()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    return process_partial_response(
        event=event, record_handler=_project, processor=_processor, context=context
    )


def _project(record: DynamoDBRecord) -> None:
    image = record.raw_event["dynamodb"].get("NewImage")
    if image is None or image["SK"]["S"] != "REGISTER":
        return
    updated = project_register(
        register_of_image(image), projections=bootstrap.projections(), announcer=bootstrap.announcer()
    )
    logger.info("register projected", extra={"meeting_id": updated.meeting_id, "version": updated.version})
