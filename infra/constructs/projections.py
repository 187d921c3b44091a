"""What follows from a register: everything that is derived from the table's stream."""

import json

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.alarms import DeadLetters

_BATCH = 25
_ATTEMPTS = 10


class RegisterStream(Construct):
    """Feeds a function with every new version of a register, and with nothing else of the table."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        table: dynamodb.ITable,
        function: lambda_.IFunction,
        alerts: sns.ITopic,
    ) -> None:
        super().__init__(scope, name)
        registers = {"pattern": json.dumps({"dynamodb": {"Keys": {"SK": {"S": ["REGISTER"]}}}})}
        function.add_event_source(
            sources.DynamoEventSource(
                table,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                batch_size=_BATCH,
                report_batch_item_failures=True,
                bisect_batch_on_error=True,
                retry_attempts=_ATTEMPTS,
                max_record_age=Duration.hours(12),
                on_failure=sources.SqsDlq(
                    DeadLetters(self, "DeadLetters", alerts=alerts, of="Changes of registers")
                ),
                filters=[registers],
            )
        )
