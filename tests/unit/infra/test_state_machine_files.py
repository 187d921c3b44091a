"""The state machines' files: what every task has, and that states are handed what contracts ask for."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cloud_assembly import Assembly
from pydantic import BaseModel

from attendance.contracts import workflow as contracts
from attendance.contracts.object_keys import parse_capture_file, parse_portrait
from attendance.domain import errors
from attendance.usecases import enrol_student

FOLDER = Path(__file__).resolve().parents[3] / "statemachines"
MACHINES = ("take-roll", "enrol-student")
ROLL_STATES = (
    "OpenCapture",
    "ResolveMeeting",
    "DetectFaces",
    "SearchFaces",
    "DecideMarks",
    "RecordMarks",
    "PublishSummary",
)
State = dict[str, Any]


class Step(NamedTuple):
    """What a task's function takes, and what it answers where the machine reads the answer."""

    takes: type[BaseModel]
    answers: type[BaseModel] | None


STEPS = {
    "OpenCapture": Step(contracts.OpenCaptureInput, contracts.OpenedCapture),
    "ResolveMeeting": Step(contracts.ResolveMeetingInput, contracts.ResolvedMeeting),
    "DetectFacesInFrame": Step(contracts.DetectFacesInput, None),
    "SearchFaces": Step(contracts.SearchFacesInput, contracts.SearchedFaces),
    "DecideMarks": Step(contracts.DecideMarksInput, contracts.DecidedMarks),
    "RecordMarks": Step(contracts.RecordMarksInput, contracts.RecordedRegister),
    "PublishSummary": Step(contracts.PublishSummaryInput, None),
    "RecordFailure": Step(contracts.RecordFailureInput, None),
    "CheckPortrait": Step(contracts.ObjectCreated, contracts.CheckedPortrait),
    "IndexPortrait": Step(contracts.CheckedPortrait, contracts.IndexedPortrait),
    "RecordRefusal": Step(contracts.RecordFailureInput, None),
}


def machine(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.asl.json").read_text())
    return loaded


def all_states(definition: dict[str, Any]) -> Iterator[tuple[str, State]]:
    for name, state in definition["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from all_states(state["ItemProcessor"])


def tasks(name: str) -> dict[str, State]:
    return {state: body for state, body in all_states(machine(name)) if body["Type"] == "Task"}


ALL_TASKS = {state: body for name in MACHINES for state, body in tasks(name).items()}


@pytest.mark.parametrize("state", sorted(ALL_TASKS))
def test_a_task_waits_longer_than_its_function_may_take(assembly: Assembly, state: str) -> None:
    task = ALL_TASKS[state]
    (name,) = re.findall(r"^\$\{(\w+)Arn\}$", task["Parameters"]["FunctionName"])
    function = assembly.only("AWS::Lambda::Function", name).properties
    assert function["Timeout"] < task["TimeoutSeconds"] <= function["Timeout"] + 10


@pytest.mark.parametrize("name", MACHINES)
def test_a_machine_does_not_run_for_ever(name: str) -> None:
    assert machine(name)["TimeoutSeconds"] <= 1800


@pytest.mark.parametrize("state", sorted(ALL_TASKS))
def test_a_task_retries_what_may_pass_with_backoff_and_jitter(state: str) -> None:
    (retry,) = ALL_TASKS[state]["Retry"]
    transient = {each.__name__ for each in errors.TransientError.__subclasses__()}
    ours = {error for error in retry["ErrorEquals"] if not error.startswith("Lambda.")}
    assert ours == transient
    assert {error for error in retry["ErrorEquals"] if error.startswith("Lambda.")} == {
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
    }
    assert (retry["MaxAttempts"], retry["BackoffRate"], retry["MaxDelaySeconds"]) == (6, 2, 20)
    assert retry["JitterStrategy"] == "FULL"


@pytest.mark.parametrize("name", MACHINES)
def test_every_error_of_a_task_is_caught_by_it_or_by_the_map_around_it(name: str) -> None:
    for state, body in machine(name)["States"].items():
        if body["Type"] in {"Task", "Map"}:
            assert body["Catch"][-1]["ErrorEquals"] == ["States.ALL"], state


@pytest.mark.parametrize(
    ("name", "failing", "recorder"),
    [
        ("take-roll", ROLL_STATES, "RecordFailure"),
        ("enrol-student", ("CheckPortrait", "IndexPortrait"), "RecordRefusal"),
    ],
)
def test_what_records_a_failure_is_told_which_state_failed(
    name: str, failing: tuple[str, ...], recorder: str
) -> None:
    states = machine(name)["States"]
    for state in failing:
        (catch,) = states[state]["Catch"]
        note = states[catch["Next"]]
        assert catch["ResultPath"] == "$.failure"
        assert state in {note.get("Result"), note.get("Parameters", {}).get("state")}
        assert note["Next"] == recorder


def test_a_redriven_roll_can_go_back_to_every_state_that_fails() -> None:
    rules = machine("take-roll")["States"]["RollFailed"]["Choices"]
    assert [rule["Next"] for rule in rules] == list(ROLL_STATES)
    for rule in rules:
        failed, redriven = rule["And"]
        assert failed == {"Variable": "$.failed.state", "StringEquals": rule["Next"]}
        assert redriven["Variable"] == "$$.Execution.RedriveCount"


def test_enrolment_ends_well_for_exactly_what_the_use_case_records_as_refused() -> None:
    (rule,) = machine("enrol-student")["States"]["WasRefused"]["Choices"]
    assert {choice["StringEquals"] for choice in rule["Or"]} == enrol_student._REFUSALS
    for name in enrol_student._REFUSALS:
        assert issubclass(getattr(errors, name), errors.AttendanceError)


@pytest.mark.parametrize("state", sorted(ALL_TASKS))
def test_a_function_is_handed_what_its_contract_asks_for(state: str) -> None:
    given = {key.removesuffix(".$") for key in ALL_TASKS[state]["Parameters"]["Payload"]}
    asked = {field.alias or name for name, field in STEPS[state].takes.model_fields.items()}
    assert given == asked


@pytest.mark.parametrize("state", sorted(name for name, step in STEPS.items() if step.answers))
def test_a_machine_keeps_what_the_contract_of_the_answer_holds(state: str) -> None:
    answers = STEPS[state].answers
    assert answers
    kept = {key.removesuffix(".$"): path for key, path in ALL_TASKS[state]["ResultSelector"].items()}
    assert set(kept) == {field.alias or name for name, field in answers.model_fields.items()}
    assert all(path == f"$.Payload.{key}" for key, path in kept.items())


@pytest.mark.parametrize("name", MACHINES)
def test_a_machine_speaks_the_dialect_that_the_emulator_runs_too(name: str) -> None:
    text = (FOLDER / f"{name}.asl.json").read_text()
    for word in ("QueryLanguage", "Assign", "{%"):
        assert word not in text
    unquoted = re.sub(r'"[^"]*"', "", text)
    assert "${" not in unquoted


def test_the_readme_shows_an_input_for_each_machine() -> None:
    samples = re.findall(r"```json\n(.*?)```", (FOLDER / "README.md").read_text(), re.DOTALL)
    roll, enrolment = (contracts.ObjectCreated.model_validate_json(sample) for sample in samples)
    assert parse_capture_file(roll.key)[1] == "manifest.json"
    assert parse_portrait(enrolment.key).school_id == "school-1"
