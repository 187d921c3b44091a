"""What our templates say is either heeded by the emulator or known not to matter in a local run."""

from pathlib import Path

import pytest

from local.builds import synthesise
from local.deploy import deploy
from local.deploy.audit import ignored_properties
from local.emulator.clients import Clients
from local.emulator.ports import free_port
from local.emulator.process import Emulator
from local.emulator.settings import REPOSITORY, EmulatorSettings
from local.system import CLOUD_ONLY

pytestmark = pytest.mark.emulator

KEPT_WHOLE = {  # stored as they are and looked at when they are used; tests of the behaviour hold them
    "AWS::DynamoDB::Table StreamSpecification.StreamViewType",
    "AWS::DynamoDB::Table TimeToLiveSpecification.AttributeName",
    "AWS::Events::Rule Targets[].Arn",
    "AWS::Events::Rule Targets[].DeadLetterConfig",
    "AWS::Events::Rule Targets[].Id",
    "AWS::Events::Rule Targets[].InputTransformer",
    "AWS::Events::Rule Targets[].RoleArn",
    "AWS::Lambda::EventSourceMapping DestinationConfig.OnFailure",
    "AWS::Lambda::EventSourceMapping FilterCriteria.Filters",
    "AWS::Lambda::Function LoggingConfig.LogGroup",
}
KEPT_WHOLE_BELOW = ("AWS::Lambda::Function Environment.Variables.",)

WITHOUT_EFFECT = {
    # Alarms are shown, but nothing of the local run watches them.
    "AWS::CloudWatch::Alarm Dimensions[].Name",
    "AWS::CloudWatch::Alarm Dimensions[].Value",
    # The accounts of the demo are made by us.
    "AWS::Cognito::UserPool Schema[].StringAttributeConstraints.MaxLength",
    "AWS::Cognito::UserPool Schema[].StringAttributeConstraints.MinLength",
    # An event whose target fails is not tried again: executions start within the same process.
    "AWS::Events::Rule Targets[].RetryPolicy",
    # Pictures lie on this machine's disk as they are; S3 shows its default encryption.
    "AWS::S3::Bucket BucketEncryption",
    "AWS::S3::Bucket OwnershipControls",
    # The one schedule is a rate; a tick that fails is followed by the next.
    "AWS::Scheduler::Schedule FlexibleTimeWindow.Mode",
    "AWS::Scheduler::Schedule ScheduleExpressionTimezone",
    "AWS::Scheduler::Schedule Target.DeadLetterConfig",
    "AWS::Scheduler::Schedule Target.RetryPolicy",
}
TAGS_OF_THE_STACK = ".aws:cloudformation:"


def test_nothing_that_the_templates_say_is_dropped_unnoticed(tmp_path: Path) -> None:
    cdk_out = REPOSITORY / "build" / "cdk.out"
    synthesise(cdk_out)
    audit_file = tmp_path / "audit.txt"
    settings = EmulatorSettings(
        http_port=free_port(), mqtt_port=free_port(), data_dir=tmp_path / "data", audit_file=audit_file
    )
    with Emulator(settings) as emulator:
        aws = Clients(emulator.endpoint_url, settings.region, emulator.credentials)
        deploy(
            cdk_out,
            aws,
            checkpoint=emulator.checkpoint,
            skipped_stacks=CLOUD_ONLY,
            parameters={"DashboardOrigin": "http://localhost:8080"},
        )
    found = {
        line
        for line in ignored_properties(audit_file)
        if TAGS_OF_THE_STACK not in line and not line.startswith(KEPT_WHOLE_BELOW)
    }
    assert found - KEPT_WHOLE == WITHOUT_EFFECT
