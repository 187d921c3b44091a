"""Brings one stack to its template by a change set, as `cdk deploy` does, and explains what went wrong."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from local.deploy.errors import DeployError
from local.emulator.clients import Clients

STACK_SECONDS = 120
_POLL_SECONDS = 0.02
_SETTLED = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})
_NEVER_CREATED = frozenset(
    {"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}
)
_NO_CHANGES = ("didn't contain changes", "No updates")


class StackDeployer:
    """Deploys stacks by change sets.

    Parameters
    ----------
    publish
        Stores a template and returns its address: templates above 51,200 bytes cannot travel in the call.
    """

    def __init__(self, clients: Clients, publish: Callable[[bytes], str]) -> None:
        self._cloudformation = clients.client("cloudformation")
        self._publish = publish

    def deploy(self, name: str, template: dict[str, Any], parameters: Mapping[str, str]) -> bool:
        """Create or update the stack, and tell whether anything changed.

        Of the parameters, those that the template has are given.

        Raises
        ------
        DeployError
            If the change set is refused, or a resource of the stack fails.
        """
        status = self._status(name)
        if status in _NEVER_CREATED:
            self._cloudformation.delete_stack(StackName=name)
            self._wait(name, lambda now: now is None)
            status = None
        given = {key: value for key, value in parameters.items() if key in template.get("Parameters", {})}
        if status in _SETTLED and self._template(name) == template and self._has(name, given):
            return False
        change_set = self._create_change_set(name, template, given, "UPDATE" if status else "CREATE")
        if change_set is None:
            return False
        self._cloudformation.execute_change_set(ChangeSetName=change_set)
        reached = self._wait(name, lambda now: now is None or not now.endswith("_IN_PROGRESS"))
        if reached not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            msg = f"stack {name} ended as {reached}: {self._reasons(name)}"
            raise DeployError(msg)
        return True

    def outputs(self, name: str) -> dict[str, str]:
        """Return the outputs of the stack, but for those that other stacks import."""
        (stack,) = self._cloudformation.describe_stacks(StackName=name)["Stacks"]
        return {
            output["OutputKey"]: output["OutputValue"]
            for output in stack.get("Outputs", [])
            if not output["OutputKey"].startswith("ExportsOutput")
        }

    def _create_change_set(
        self, name: str, template: dict[str, Any], parameters: Mapping[str, str], kind: str
    ) -> str | None:
        try:
            change_set = self._cloudformation.create_change_set(
                StackName=name,
                ChangeSetName=f"local-{time.time_ns()}",
                ChangeSetType=kind,
                TemplateURL=self._publish(json.dumps(template, separators=(",", ":")).encode()),
                Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
                Capabilities=["CAPABILITY_NAMED_IAM"],
            )["Id"]
        except ClientError as error:
            msg = f"the template of stack {name} was refused: {error.response['Error']['Message']}"
            raise DeployError(msg) from error
        deadline = time.monotonic() + STACK_SECONDS
        while time.monotonic() < deadline:
            found = self._cloudformation.describe_change_set(ChangeSetName=change_set)
            if found["Status"] == "CREATE_COMPLETE":
                return str(change_set)
            if found["Status"] == "FAILED":
                reason = found.get("StatusReason", "no reason given")
                if any(text in reason for text in _NO_CHANGES):
                    return None
                msg = f"the change set of stack {name} was refused: {reason}"
                raise DeployError(msg)
            time.sleep(_POLL_SECONDS)
        msg = f"the change set of stack {name} was not ready within {STACK_SECONDS} s"
        raise DeployError(msg)

    def _status(self, name: str) -> str | None:
        try:
            (stack,) = self._cloudformation.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":  # does not exist
                return None
            raise
        return str(stack["StackStatus"])

    def _has(self, name: str, parameters: Mapping[str, str]) -> bool:
        (stack,) = self._cloudformation.describe_stacks(StackName=name)["Stacks"]
        held = {given["ParameterKey"]: given.get("ParameterValue") for given in stack.get("Parameters", [])}
        return all(held.get(key) == value for key, value in parameters.items())

    def _template(self, name: str) -> dict[str, Any]:
        body = self._cloudformation.get_template(StackName=name)["TemplateBody"]
        template: dict[str, Any] = json.loads(body) if isinstance(body, str) else dict(body)
        return template

    def _wait(self, name: str, reached: Callable[[str | None], bool]) -> str | None:
        deadline = time.monotonic() + STACK_SECONDS
        while time.monotonic() < deadline:
            status = self._status(name)
            if reached(status):
                return status
            time.sleep(_POLL_SECONDS)
        reasons = self._reasons(name) or "nothing has failed so far"
        msg = f"stack {name} did not settle within {STACK_SECONDS} s: {reasons}"
        raise DeployError(msg)

    def _reasons(self, name: str) -> str:
        events = self._cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        failures = [_told(event) for event in reversed(events) if event["ResourceStatus"].endswith("_FAILED")]
        return "; ".join(dict.fromkeys(failures))


def _told(event: dict[str, Any]) -> str:
    reason = event.get("ResourceStatusReason", "no reason given")
    return f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason}"
