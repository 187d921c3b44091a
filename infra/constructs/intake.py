"""Messages from devices on their way to a function: rule, queue, batch."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_iot as iot
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.alarms import DeadLetters

_BATCH = 10
_ATTEMPTS = 5
# AWS's own advice for queues that feed a function: six times its timeout.
_VISIBILITY_TIMEOUTS = 6


class MqttIntake(Construct):
    """A queue between an IoT rule and a function.

    A rule that invokes a function directly loses messages when the function fails or is throttled, and
    starts as many workers as there are messages; a queue holds them and hands them on in batches.

    Parameters
    ----------
    sql
        The rule. Ids are taken from the topic and the connection, never from the payload's word.
    timeout_s
        The function's.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        sql: str,
        function: lambda_.IFunction,
        timeout_s: int,
        alerts: sns.ITopic,
        of: str,
    ) -> None:
        super().__init__(scope, name)
        dead_letters = DeadLetters(self, "DeadLetters", alerts=alerts, of=of)
        queue = sqs.Queue(
            self,
            "Queue",
            enforce_ssl=True,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            visibility_timeout=Duration.seconds(_VISIBILITY_TIMEOUTS * timeout_s),
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=_ATTEMPTS),
        )
        function.add_event_source(
            sources.SqsEventSource(queue, batch_size=_BATCH, report_batch_item_failures=True)
        )
        role = iam.Role(self, "RuleRole", assumed_by=iam.ServicePrincipal("iot.amazonaws.com"))
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["sqs:SendMessage"], resources=[queue.queue_arn, dead_letters.queue_arn]
            )
        )
        iot.CfnTopicRule(
            self,
            "Rule",
            topic_rule_payload=iot.CfnTopicRule.TopicRulePayloadProperty(
                sql=sql,
                aws_iot_sql_version="2016-03-23",
                description=f"{of} to the function that handles them",
                actions=[iot.CfnTopicRule.ActionProperty(sqs=_send_to(queue, role))],
                error_action=iot.CfnTopicRule.ActionProperty(sqs=_send_to(dead_letters, role)),
            ),
        )


def _send_to(queue: sqs.IQueue, role: iam.IRole) -> iot.CfnTopicRule.SqsActionProperty:
    return iot.CfnTopicRule.SqsActionProperty(
        queue_url=queue.queue_url, role_arn=role.role_arn, use_base64=False
    )
