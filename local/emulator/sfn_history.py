"""The history of an execution tells everything that happened, and in which thread of it.

What upstream lacks: events of states inside a Map or Parallel, previousEventId, and the parameters of a task.

What AWS does: every state, at any depth, is entered and exited; each event names the one it follows, which
tells the iterations of a Map apart; TaskScheduled carries the parameters.
"""

import contextvars
import functools
import json
import threading
from typing import Any

from ministack.services import stepfunctions

from local.emulator import upstream
from local.emulator.activity import ACTIVITY

STATES = ("Pass", "Task", "Choice", "Wait", "Parallel", "Map")
_previous = contextvars.ContextVar("previous", default=0)
_execution: contextvars.ContextVar[Any] = contextvars.ContextVar("execution", default=None)
# True while the states of a sub-machine run, whose events upstream leaves out.
_inside = contextvars.ContextVar("inside", default=False)
_numbering = threading.Lock()


def apply() -> None:
    """Record through our own `_add_event`, also around the states of a sub-machine."""
    upstream.replace(stepfunctions, "_add_event", lambda _: add_event)
    upstream.replace(stepfunctions, "_run_execution", _from_the_start)
    upstream.replace(stepfunctions, "_run_sub_machine", _with_iterations)
    upstream.replace(stepfunctions, "_invoke_resource", _with_parameters)
    for kind in STATES:
        upstream.replace(stepfunctions, f"_execute_{kind.lower()}", functools.partial(_recorded, kind))


def add_event(execution: dict[str, Any], kind: str, details: dict[str, Any] | None = None) -> dict[str, Any]:
    """Append an event to the history of `execution`, after the last one of this thread of it."""
    with _numbering:
        event = {
            "id": len(execution["events"]) + 1,
            "previousEventId": _previous.get(),
            "type": kind,
            "timestamp": stepfunctions.now_iso(),
            **(details or {}),
        }
        execution["events"].append(event)
    _previous.set(event["id"])
    ACTIVITY.touch()
    return event


def run_states(execution: dict[str, Any], states: Any, start: str, event: Any, context: Any) -> Any:
    """Run states from `start` to an end, recording them as those of the execution itself."""
    _execution.set(execution)
    _previous.set(len(execution["events"]))
    _inside.set(True)
    return stepfunctions._run_sub_machine(states, start, event, execution, context)


def _from_the_start(original: Any) -> Any:
    def run_execution(arn: str) -> Any:
        execution = stepfunctions._executions.get(arn)
        _execution.set(execution)
        _previous.set(len(execution["events"]))
        return original(arn)

    return run_execution


def _with_iterations(original: Any) -> Any:
    def run_sub_machine(states: Any, start: str, event: Any, execution: Any, context: Any) -> Any:
        item = (context.get("Map") or {}).get("Item")
        of_map = item is not None and context.get("State")
        details = {"name": context["State"]["Name"], "index": item["Index"]} if of_map and item else None
        _inside.set(True)
        if details:
            add_event(execution, "MapIterationStarted", {"mapIterationStartedEventDetails": details})
        try:
            result = original(states, start, event, execution, context)
        except Exception:
            if details:
                add_event(execution, "MapIterationFailed", {"mapIterationFailedEventDetails": details})
            raise
        if details:
            add_event(execution, "MapIterationSucceeded", {"mapIterationSucceededEventDetails": details})
        return result

    return run_sub_machine


def _with_parameters(original: Any) -> Any:
    def invoke_resource(resource: str, parameters: Any) -> Any:
        execution, last = _execution.get(), _previous.get()
        scheduled = (
            execution["events"][last - 1].get("taskScheduledEventDetails") if execution and last else None
        )
        if scheduled is not None:
            scheduled.update(
                parameters=json.dumps(parameters, default=str), region=stepfunctions.get_region()
            )
        return original(resource, parameters)

    return invoke_resource


def _recorded(kind: str, run: Any) -> Any:
    def execute(definition: Any, event: Any, *rest: Any) -> Any:
        execution = _execution.get()
        if execution is not None:  # AWS tells it from the start, not from the first redrive on
            rest[-1]["Execution"]["RedriveCount"] = execution.get("redriveCount", 0)
        if execution is None or not _inside.get():
            return run(definition, event, *rest)
        name = rest[-1]["State"]["Name"]
        entered = {"name": name, "input": json.dumps(event)}
        add_event(execution, f"{kind}StateEntered", {"stateEnteredEventDetails": entered})
        output, following = run(definition, event, *rest)
        exited = {"name": name, "output": json.dumps(output)}
        add_event(execution, f"{kind}StateExited", {"stateExitedEventDetails": exited})
        return output, following

    return execute
