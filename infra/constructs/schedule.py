"""What happens on the minute."""

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.alarms import DeadLetters


class EveryMinute(Construct):
    """Invokes a function once a minute.

    Time zones, holidays and bells are the function's business: a tick that asks what is due needs no
    schedule of its own for every school.
    """

    def __init__(
        self, scope: Construct, name: str, *, function: lambda_.IFunction, alerts: sns.ITopic, of: str
    ) -> None:
        super().__init__(scope, name)
        scheduler.Schedule(
            self,
            "Schedule",
            schedule=scheduler.ScheduleExpression.rate(Duration.minutes(1)),
            target=targets.LambdaInvoke(
                function,
                dead_letter_queue=DeadLetters(self, "DeadLetters", alerts=alerts, of=of),
                # The next tick finds whatever this one missed, so an old tick is worth nothing.
                max_event_age=Duration.minutes(1),
                retry_attempts=2,
            ),
        )
