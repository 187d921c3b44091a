"""Our Lambda functions: all alike but for what they may touch."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import Annotations, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.code_asset import (
    CODE_ASSET_NAME,
    LAYER_ASSET_NAME,
    dependencies_folder,
    is_packaged,
)
from infra.constructs.access import Access
from infra.constructs.alarms import alarm_above

# Python 3.13 and not the project's 3.11: the 3.11 runtime has glibc 2.26, numpy and OpenCV need 2.28.
RUNTIME = lambda_.Runtime.PYTHON_3_13
ARCHITECTURE = lambda_.Architecture.ARM_64
FULL_CPU_MIB = 1769  # from here on a function has a whole virtual CPU


class Package(Construct):
    """What all functions of a stack share: the code, the layer of dependencies, and where alarms go."""

    def __init__(
        self, scope: Construct, name: str, *, code: Path, repository: Path, alerts: sns.ITopic, log_level: str
    ) -> None:
        super().__init__(scope, name)
        self.alerts = alerts
        self.code = lambda_.Code.from_asset(str(code), display_name=CODE_ASSET_NAME)
        self.layer = lambda_.LayerVersion(
            self,
            "Dependencies",
            code=lambda_.Code.from_asset(str(dependencies_folder(repository)), display_name=LAYER_ASSET_NAME),
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[ARCHITECTURE],
            description="Dependencies of the Lambda functions, as requirements/ locks them",
        )
        if not is_packaged(repository):
            Annotations.of(self).add_warning_v2(
                "rollcall:layer-empty",
                "the layer of dependencies is empty: run `make package` before deploying to AWS",
            )
        self.environment: Mapping[str, str] = {
            "POWERTOOLS_SERVICE_NAME": "rollcall",
            "POWERTOOLS_METRICS_NAMESPACE": "Rollcall",
            "LOG_LEVEL": log_level,
        }


class Function(lambda_.Function):
    """One handler.

    Parameters
    ----------
    verb
        Name of the handler's module, such as `open_capture`; the construct is called OpenCapture.
    uses
        All that the function may touch. Its role holds this and the right to write its own log.
    handler
        Where it is not `pipeline.handlers.{verb}.handler`.
    tolerated_errors
        Errors in five minutes that are no reason for an alarm: a function of a workflow speaks by
        raising, and the workflow has an alarm of its own.
    """

    def __init__(
        self,
        scope: Construct,
        verb: str,
        *,
        package: Package,
        uses: Sequence[Access],
        handler: str | None = None,
        memory_mib: int = 512,
        timeout_s: int = 30,
        tolerated_errors: int = 0,
    ) -> None:
        name = pascal_case(verb)
        log_group = logs.LogGroup(
            scope,
            f"{name}Log",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        role = iam.Role(
            scope,
            f"{name}Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"What {verb} may do",
        )
        log_group.grant_write(role)
        environment = dict(package.environment)
        for access in uses:
            environment |= access.environment
            for statement in access.statements:
                role.add_to_policy(statement)
        super().__init__(
            scope,
            name,
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            handler=handler or f"pipeline.handlers.{verb}.handler",
            code=package.code,
            layers=[package.layer],
            role=role,
            log_group=log_group,
            memory_size=memory_mib,
            timeout=Duration.seconds(timeout_s),
            environment=environment,
            description=f"Rollcall: {verb.replace('_', ' ')}",
        )
        alarm_above(
            self,
            "Errors",
            self.metric_errors(statistic="Sum"),
            alerts=package.alerts,
            tolerated=tolerated_errors,
            description=f"The function {verb} fails: see its log group in {Stack.of(self).stack_name}.",
        )


def pascal_case(verb: str) -> str:
    """`open_capture` as OpenCapture."""
    return "".join(word.title() for word in verb.split("_"))
