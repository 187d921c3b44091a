"""A failed execution can be redriven, and one that a restart interrupted goes on.

What upstream lacks: RedriveExecution; and after a restart it fails whatever was running.

What AWS does: a redrive runs the same execution, with the same history, from the state that failed. Nothing
interrupts a Standard execution.

Both mean: enter the last top-level state once more, with the input it had. A state that was interrupted in
the middle is therefore repeated, which our functions bear, since every arrow may fire twice.
"""

import contextvars
import json
import os
import socket
import threading
import time
from typing import Any

from ministack.core.responses import error_response_json, json_response, request_scope
from ministack.services import stepfunctions

from local.emulator import sfn_history, upstream

REDRIVABLE = ("FAILED", "TIMED_OUT", "ABORTED")
Execution = dict[str, Any]


def apply() -> None:
    """Answer RedriveExecution, tell of redrives, and take up interrupted executions."""
    upstream.replace(stepfunctions, "handle_request", _with_redrive)
    upstream.replace(stepfunctions, "_describe_execution", _with_redrive_count)
    upstream.replace(stepfunctions, "load_persisted_state", _taking_up)


def _with_redrive(original: Any) -> Any:
    async def handle_request(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Any:
        if headers.get("x-amz-target", "").endswith(".RedriveExecution"):
            return _redrive(json.loads(body))
        return await original(method, path, headers, body, query)

    return handle_request


def _redrive(data: dict[str, Any]) -> Any:
    execution = stepfunctions._executions.get(data["executionArn"])
    if execution is None:
        return error_response_json("ExecutionDoesNotExist", f"{data['executionArn']} does not exist", 400)
    if execution["status"] not in REDRIVABLE:
        return error_response_json("ExecutionNotRedrivable", f"the execution is {execution['status']}", 400)
    execution["redriveCount"] = execution.get("redriveCount", 0) + 1
    execution["redriveDate"] = stepfunctions.now_iso()
    details = {"executionRedrivenEventDetails": {"redriveCount": execution["redriveCount"]}}
    _reopen(execution)
    sfn_history.add_event(execution, "ExecutionRedriven", details)
    _go_on(execution)
    return json_response({"redriveDate": int(time.time())})


def _with_redrive_count(original: Any) -> Any:
    def describe(data: dict[str, Any]) -> Any:
        status, headers, body = original(data)
        execution = stepfunctions._executions.get(data.get("executionArn"))
        if status != 200 or execution is None:
            return status, headers, body
        told = {**json.loads(body), "redriveCount": execution.get("redriveCount", 0)}
        told["redriveStatus"] = "REDRIVABLE" if execution["status"] in REDRIVABLE else "NOT_REDRIVABLE"
        if "redriveDate" in execution:
            told["redriveDate"] = execution["redriveDate"]
        return json_response(told)

    return describe


def _taking_up(original: Any) -> Any:
    def load_persisted_state(data: dict[str, Any]) -> None:
        stored = data.get("executions")
        running = [
            (account, region, arn)
            for (account, region, arn), execution in (stored.all_items() if stored is not None else ())
            if execution["status"] == "RUNNING"
        ]
        original(data)
        threading.Thread(target=_take_up, args=(running,), daemon=True, name="take-up-executions").start()

    return load_persisted_state


def _take_up(interrupted: list[tuple[str, str, str]]) -> None:
    wait_until_serving()
    for account, region, arn in interrupted:
        with request_scope(account, region):
            execution = stepfunctions._executions.get(arn)
            if execution is not None:
                _reopen(execution)
                _go_on(execution)


def wait_until_serving() -> None:
    """Wait for the gateway: the states of an execution call functions, which call the gateway."""
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(os.environ["GATEWAY_PORT"]))) == 0:
                return
        time.sleep(0.05)


def _reopen(execution: Execution) -> None:
    execution.update(status="RUNNING", stopDate=None, output=None)
    execution.pop("error", None)
    execution.pop("cause", None)


def _go_on(execution: Execution) -> None:
    """Run the execution from its last top-level state, in a thread of its own."""
    machine = stepfunctions._state_machines[execution["stateMachineArn"]]
    definition = json.loads(machine["definition"])
    entered = [
        event["stateEnteredEventDetails"]
        for event in execution["events"]
        if event["type"].endswith("StateEntered")
        and event["stateEnteredEventDetails"]["name"] in definition["States"]
    ]
    start = entered[-1]["name"] if entered else definition["StartAt"]
    event = json.loads(entered[-1]["input"] if entered else execution["input"])
    threading.Thread(
        target=contextvars.copy_context().run,
        args=(_run_from, execution, machine, definition, start, event),
        daemon=True,
        name="redriven-execution",
    ).start()


def _run_from(execution: Execution, machine: Any, definition: Any, start: str, event: Any) -> None:
    context = {
        "QueryLanguage": definition.get("QueryLanguage", "JSONPath"),
        "Execution": {
            "Id": execution["executionArn"],
            "Input": json.loads(execution["input"]),
            "Name": execution["name"],
            "StartTime": execution["startDate"],
            "RedriveCount": execution.get("redriveCount", 0),
        },
        "StateMachine": {"Id": execution["stateMachineArn"], "Name": machine["name"]},
        "variables": {},
    }
    try:
        output = json.dumps(sfn_history.run_states(execution, definition["States"], start, event, context))
    except stepfunctions._ExecutionError as error:
        stepfunctions._fail_execution(execution, error.error, error.cause)
        return
    if execution["status"] == "RUNNING":
        execution.update(status="SUCCEEDED", output=output, stopDate=stepfunctions.now_iso())
        details = {"executionSucceededEventDetails": {"output": output}}
        sfn_history.add_event(execution, "ExecutionSucceeded", details)
        stepfunctions._emit_execution_status_event(execution)
