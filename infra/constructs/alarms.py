"""Who hears of trouble: one topic for alarms, and the alarms themselves."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

_PERIOD = Duration.minutes(5)


class AlertTopic(sns.Topic):
    """What CloudWatch's alarms are published to."""

    def __init__(self, scope: Construct, name: str, *, email: str = "") -> None:
        super().__init__(scope, name, enforce_ssl=True)
        # A topic with a policy of its own loses the default one, which is what lets alarms publish.
        self.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[self.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            )
        )
        if email:
            self.add_subscription(subscriptions.EmailSubscription(email))


def alarm_above(
    scope: Construct,
    name: str,
    metric: cloudwatch.Metric,
    *,
    alerts: sns.ITopic,
    tolerated: int = 0,
    description: str,
) -> cloudwatch.Alarm:
    """Alarm when a metric exceeds `tolerated` within five minutes.

    Parameters
    ----------
    description
        One sentence for the person it wakes: what happened and where to look.
    """
    alarm = cloudwatch.Alarm(
        scope,
        name,
        metric=metric.with_(period=_PERIOD),
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold=tolerated,
        evaluation_periods=1,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        alarm_description=description,
    )
    alarm.add_alarm_action(actions.SnsAction(alerts))
    return alarm


class DeadLetters(sqs.Queue):
    """Where messages and events end that nobody could handle; one of them is reason enough for an alarm."""

    def __init__(self, scope: Construct, name: str, *, alerts: sns.ITopic, of: str) -> None:
        super().__init__(
            scope,
            name,
            enforce_ssl=True,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            retention_period=Duration.days(14),
        )
        alarm_above(
            self,
            "Waiting",
            self.metric_approximate_number_of_messages_visible(statistic="Maximum"),
            alerts=alerts,
            description=f"{of} could not be handled and wait in a dead-letter queue.",
        )
