"""Executions of a state machine in the running system, and how they have ended."""

import json
from dataclasses import dataclass
from typing import Literal

from played_school import eventually

from local.system import LocalSystem


@dataclass(frozen=True, slots=True)
class Execution:
    """An execution of take-roll that has ended.

    Attributes
    ----------
    last_state
        The state it ended in.
    error, cause
        Of what was caught; empty where nothing was.
    """

    arn: str
    status: str
    last_state: str
    error: str
    cause: str


class Workflow:
    """One state machine, by the output that names it."""

    def __init__(self, system: LocalSystem, output: Literal["TakeRollArn", "EnrolStudentArn"]) -> None:
        self._client = system.clients.client("stepfunctions")
        self._machine = system.outputs[output]

    def begin(self, bucket: str, key: str) -> None:
        """Start an execution as an object's arrival does."""
        given = json.dumps({"bucket": bucket, "key": key})
        self._client.start_execution(stateMachineArn=self._machine, input=given)

    def executions(self, key: str) -> list[Execution]:
        """Executions that an object has started, once all of them have ended."""

        def look() -> list[Execution] | None:
            started = [arn for arn in self._arns() if self._key_of(arn) == key]
            ended = [execution for arn in started if (execution := self.ended(arn))]
            return ended if started and len(ended) == len(started) else None

        return eventually(look)

    def ended(self, arn: str) -> Execution | None:
        """An execution, if it has ended."""
        told = self._client.describe_execution(executionArn=arn)
        if told["status"] == "RUNNING":
            return None
        events = self._client.get_execution_history(executionArn=arn, maxResults=1000)["events"]
        entered = [
            event["stateEnteredEventDetails"] for event in events if "stateEnteredEventDetails" in event
        ]
        failure = json.loads(entered[-1]["input"]).get("failure", {})
        return Execution(
            arn, told["status"], entered[-1]["name"], failure.get("Error", ""), failure.get("Cause", "")
        )

    def redrive(self, execution: Execution) -> Execution:
        """Redrive an execution, and wait until it has ended again."""
        self._client.redrive_execution(executionArn=execution.arn)
        return eventually(lambda: self.ended(execution.arn))

    def failed(self) -> list[Execution]:
        """All executions that stand as failed now."""
        pages = self._client.get_paginator("list_executions").paginate(
            stateMachineArn=self._machine, statusFilter="FAILED"
        )
        arns = [execution["executionArn"] for page in pages for execution in page["executions"]]
        return [execution for arn in arns if (execution := self.ended(arn))]

    def _arns(self) -> list[str]:
        pages = self._client.get_paginator("list_executions").paginate(stateMachineArn=self._machine)
        return [execution["executionArn"] for page in pages for execution in page["executions"]]

    def _key_of(self, arn: str) -> str:
        given = json.loads(self._client.describe_execution(executionArn=arn)["input"])
        return str(given["key"])
