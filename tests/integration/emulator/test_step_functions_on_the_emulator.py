"""State machines in JSONPath behave as on AWS: retries, catches, maps, names, histories, redrives."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from emulator_probes import eventually, role_for, unique

from local.emulator.clients import Clients

pytestmark = pytest.mark.emulator
Maker = Callable[..., str]
CLOSED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")

# Fails with the error that the event names until it was called `failures` times for the same key.
FLAKY = """
import pathlib, tempfile, time
class Throttled(Exception): pass
class NoFace(Exception): pass
def handler(event, context):
    marks = pathlib.Path(tempfile.gettempdir(), event['key'])
    calls = len(marks.read_text()) if marks.exists() else 0
    marks.write_text('x' * (calls + 1))
    if event.get('sleep'):
        time.sleep(event['sleep'])
    if calls < event.get('failures', 0):
        raise globals()[event.get('error', 'Throttled')]('as asked')
    return {'calls': calls + 1, 'index': event.get('index')}
"""


def make_machine(aws: Clients, states: dict[str, Any], start: str, **top: Any) -> str:
    definition = {"StartAt": start, "States": states, **top}
    role = role_for(aws, "states", {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"})
    arn: str = aws.client("stepfunctions").create_state_machine(
        name=unique("machine"), definition=json.dumps(definition), roleArn=role
    )["stateMachineArn"]
    return arn


def task(function: str, **fields: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function, "Payload.$": "$"},
        "OutputPath": "$.Payload",
        **({} if "Next" in fields else {"End": True}),
        **fields,
    }


def closed(aws: Clients, execution: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = aws.client("stepfunctions").describe_execution(executionArn=execution)
        return found if found["status"] in CLOSED else None

    found: dict[str, Any] = eventually(look, 40)
    return found


def run(aws: Clients, machine: str, event: Any, **options: Any) -> dict[str, Any]:
    started = aws.client("stepfunctions").start_execution(
        stateMachineArn=machine, input=json.dumps(event), **options
    )
    return closed(aws, started["executionArn"])


def history(aws: Clients, execution: str) -> list[dict[str, Any]]:
    pages = (
        aws.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=execution)
    )
    return [event for page in pages for event in page["events"]]


@pytest.fixture(scope="module")
def flaky(make_function: Maker) -> str:
    return make_function(FLAKY)


def test_a_retry_sees_the_class_of_the_error(aws: Clients, flaky: str) -> None:
    retry = [{"ErrorEquals": ["Throttled"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1}]
    machine = make_machine(aws, {"Try": task(flaky, Retry=retry)}, "Try")
    done = run(aws, machine, {"key": unique("k"), "failures": 1})
    assert json.loads(done["output"])["calls"] == 2
    other = run(aws, machine, {"key": unique("k"), "failures": 1, "error": "NoFace"})
    assert (other["status"], other["error"]) == ("FAILED", "NoFace")


def test_a_catch_sees_the_class_and_the_words_of_the_error(aws: Clients, flaky: str) -> None:
    catch = [{"ErrorEquals": ["NoFace"], "ResultPath": "$.failure", "Next": "Record"}]
    states = {"Try": task(flaky, Catch=catch), "Record": {"Type": "Pass", "End": True}}
    done = run(aws, make_machine(aws, states, "Try"), {"key": unique("k"), "failures": 1, "error": "NoFace"})
    failure = json.loads(done["output"])["failure"]
    assert failure["Error"] == "NoFace"
    assert json.loads(failure["Cause"])["errorMessage"] == "as asked"


def test_the_delay_of_a_retry_stays_below_its_maximum(aws: Clients, flaky: str) -> None:
    retry = [
        {
            "ErrorEquals": ["Throttled"],
            "IntervalSeconds": 1,
            "MaxAttempts": 4,
            "BackoffRate": 100,
            "MaxDelaySeconds": 2,
            "JitterStrategy": "FULL",
        }
    ]
    machine = make_machine(aws, {"Try": task(flaky, Retry=retry)}, "Try")
    # Uncapped, these three retries wait 1 + 100 + 10,000 seconds; eventually() gives up long before.
    assert json.loads(run(aws, machine, {"key": unique("k"), "failures": 3})["output"])["calls"] == 4


def test_a_task_that_takes_too_long_fails_as_a_timeout(aws: Clients, flaky: str) -> None:
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "Late"}]
    states = {"Try": task(flaky, TimeoutSeconds=1, Catch=catch), "Late": {"Type": "Pass", "End": True}}
    done = run(aws, make_machine(aws, states, "Try"), {"key": unique("k"), "sleep": 4})
    assert json.loads(done["output"])["Error"] == "States.Timeout"


def test_a_map_keeps_the_order_of_its_items(aws: Clients, flaky: str) -> None:
    states = {
        "Each": {
            "Type": "Map",
            "ItemsPath": "$.frames",
            "ItemSelector": {
                "key.$": "States.Format('{}-{}', $.key, $$.Map.Item.Value)",
                "index.$": "$$.Map.Item.Index",
            },
            "MaxConcurrency": 2,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "One",
                "States": {"One": task(flaky)},
            },
            "ResultPath": "$.results",
            "End": True,
        }
    }
    done = run(aws, make_machine(aws, states, "Each"), {"key": unique("k"), "frames": ["a", "b", "c"]})
    assert [result["index"] for result in json.loads(done["output"])["results"]] == [0, 1, 2]
    events = history(aws, done["executionArn"])
    inside = [
        event
        for event in events
        if event["type"] == "TaskStateEntered" and event["stateEnteredEventDetails"]["name"] == "One"
    ]
    assert len(inside) == 3
    by_id = {event["id"]: event for event in events}
    assert all(event["previousEventId"] in by_id for event in events[1:])
    scheduled = [event for event in events if event["type"] == "TaskScheduled"]
    assert {by_id[event["previousEventId"]]["type"] for event in scheduled} == {"TaskStateEntered"}
    assert json.loads(scheduled[0]["taskScheduledEventDetails"]["parameters"])["FunctionName"] == flaky


def test_starting_twice_under_a_name_runs_once(aws: Clients, flaky: str) -> None:
    machine = make_machine(aws, {"Try": task(flaky)}, "Try")
    client = aws.client("stepfunctions")
    name, event = unique("run"), json.dumps({"key": unique("k"), "sleep": 1})
    first = client.start_execution(stateMachineArn=machine, name=name, input=event)
    again = client.start_execution(stateMachineArn=machine, name=name, input=event)
    assert first["executionArn"] == again["executionArn"]
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        client.start_execution(stateMachineArn=machine, name=name, input="{}")
    closed(aws, first["executionArn"])
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        client.start_execution(stateMachineArn=machine, name=name, input=event)


def test_a_redrive_goes_on_where_the_execution_failed(aws: Clients, flaky: str) -> None:
    states = {
        "First": task(flaky, ResultPath="$.first", OutputPath="$", Next="Second"),
        "Second": {
            **task(flaky),
            "Parameters": {
                "FunctionName": flaky,
                "Payload": {"key.$": "$.second", "failures": 1, "error": "NoFace"},
            },
        },
    }
    event = {"key": unique("k"), "second": unique("k")}
    failed = run(aws, make_machine(aws, states, "First"), event)
    assert failed["status"] == "FAILED"
    client = aws.client("stepfunctions")
    client.redrive_execution(executionArn=failed["executionArn"])
    done = closed(aws, failed["executionArn"])
    assert (done["status"], json.loads(done["output"])["calls"]) == ("SUCCEEDED", 2)
    assert (done["redriveCount"], json.loads(done["input"])) == (1, event)
    entered = [
        event["stateEnteredEventDetails"]["name"]
        for event in history(aws, failed["executionArn"])
        if event["type"] == "TaskStateEntered"
    ]
    assert entered == ["First", "Second", "Second"]
    with pytest.raises(ClientError, match="ExecutionNotRedrivable"):
        client.redrive_execution(executionArn=failed["executionArn"])


def test_a_throttled_function_is_retried_as_lambda_names_it(aws: Clients, make_function: Maker) -> None:
    name = make_function(FLAKY)
    aws.client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    done = run(aws, make_machine(aws, {"Try": task(name)}, "Try"), {"key": unique("k")})
    assert (done["status"], done["error"]) == ("FAILED", "Lambda.TooManyRequestsException")


def test_an_execution_begins_at_once(aws: Clients) -> None:
    machine = make_machine(aws, {"Done": {"Type": "Pass", "End": True}}, "Done")
    delays = []
    for _ in range(5):
        started, entered, *_ = history(aws, run(aws, machine, {})["executionArn"])
        delays.append((entered["timestamp"] - started["timestamp"]).total_seconds())
    assert min(delays) < 0.15  # what upstream sleeps each time
