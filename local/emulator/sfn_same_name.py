"""Starting an execution twice under one name with one input starts it once.

What upstream lacks: the second start is refused even while the first runs.

What AWS does: StartExecution is idempotent while the execution runs, and refused with
ExecutionAlreadyExists for another input or once it has closed.
"""

from typing import Any

from ministack.core.responses import json_response
from ministack.services import stepfunctions

from local.emulator import upstream


def apply() -> None:
    """Answer a repeated start with the execution that runs."""

    def start(original: Any) -> Any:
        def start_execution(data: dict[str, Any]) -> Any:
            running = _running(data)
            if running is None:
                return original(data)
            return json_response({key: running[key] for key in ("executionArn", "startDate")})

        return start_execution

    upstream.replace(stepfunctions, "_start_execution", start)


def _running(data: dict[str, Any]) -> dict[str, Any] | None:
    machine = stepfunctions._resolve_state_machine_arn(data.get("stateMachineArn", ""))
    if machine is None or not data.get("name"):
        return None
    prefix = machine.replace(":stateMachine:", ":execution:", 1)
    execution: dict[str, Any] | None = stepfunctions._executions.get(f"{prefix}:{data['name']}")
    if execution and execution["status"] == "RUNNING" and execution["input"] == data.get("input", "{}"):
        return execution
    return None
