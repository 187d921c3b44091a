"""A state machine and the event that starts it."""

import re
from collections.abc import Mapping
from pathlib import Path

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.alarms import DeadLetters, alarm_above

_SUBSTITUTION = re.compile(r"\$\{(\w+)\}")


class Workflow(Construct):
    """The machine of `definition`, started by each new object in `bucket` whose key matches `keys`.

    Parameters
    ----------
    name
        As the file of the definition is called: `take-roll`.
    definition
        Its text; it names functions as `${OpenCaptureArn}`.
    functions
        By the name of their construct: `OpenCapture`. The machine may invoke those that it names.
    keys
        A pattern of EventBridge: a text with `*` for any run of characters.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        definition: Path,
        functions: Mapping[str, lambda_.IFunction],
        bucket: s3.IBucket,
        keys: str,
        alerts: sns.ITopic,
    ) -> None:
        super().__init__(scope, construct_id)
        text = definition.read_text()
        invoked = {
            substitution: functions[substitution.removesuffix("Arn")].function_arn
            for substitution in dict.fromkeys(_SUBSTITUTION.findall(text))
        }
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            state_machine_name=f"rollcall-{name}",
            state_machine_type=sfn.StateMachineType.STANDARD,
            definition_body=sfn.DefinitionBody.from_string(text),
            definition_substitutions=invoked,
            logs=sfn.LogOptions(
                destination=logs.LogGroup(
                    self,
                    "Log",
                    # Under this prefix the log needs no place in the account's one small resource policy.
                    log_group_name=f"/aws/vendedlogs/states/rollcall-{name}",
                    retention=logs.RetentionDays.ONE_MONTH,
                    removal_policy=RemovalPolicy.DESTROY,
                ),
                level=sfn.LogLevel.ERROR,
                include_execution_data=False,
            ),
        )
        self.machine.add_to_role_policy(
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=list(invoked.values()))
        )
        # The queue lives beside its rule: its policy names the rule, so elsewhere it would close a cycle.
        dead_letters = DeadLetters(self, "DeadLetters", alerts=alerts, of=f"Events that start {name}")
        events.Rule(
            self,
            "Started",
            description=f"A new object starts {name}",
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={
                    "bucket": {"name": [bucket.bucket_name]},
                    "object": {"key": events.Match.wildcard(keys)},
                },
            ),
            targets=[
                targets.SfnStateMachine(
                    self.machine,
                    input=events.RuleTargetInput.from_object(
                        {
                            "bucket": events.EventField.from_path("$.detail.bucket.name"),
                            "key": events.EventField.from_path("$.detail.object.key"),
                        }
                    ),
                    dead_letter_queue=dead_letters,
                    retry_attempts=8,
                    max_event_age=Duration.hours(2),
                )
            ],
        )
        alarm_above(
            self,
            "Failed",
            self.machine.metric_failed(statistic="Sum"),
            alerts=alerts,
            description=f"An execution of {name} failed: see its history.",
        )
        alarm_above(
            self,
            "TimedOut",
            self.machine.metric_timed_out(statistic="Sum"),
            alerts=alerts,
            description=f"An execution of {name} ran out of time: see its history.",
        )
