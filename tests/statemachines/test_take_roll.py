"""take-roll on the emulator: every way through it, with the functions played by stand-ins."""

import uuid
from typing import Any

import pytest
from pydantic import BaseModel
from stage import Performance, Script, Stage, raises, returns

from attendance.contracts import workflow as contracts

pytestmark = pytest.mark.emulator

STATES = (
    "OpenCapture",
    "ResolveMeeting",
    "DetectFaces",
    "SearchFaces",
    "DecideMarks",
    "RecordMarks",
    "PublishSummary",
)
MEETING = "maths-7a.2026-11-20.p3"


class Capture:
    """A capture of two frames, and a script in which all goes well."""

    def __init__(self) -> None:
        self.run = str(uuid.uuid4())
        self.prefix = f"captures/school-1/school-1-r101-1/{self.run}/"
        self.key = f"{self.prefix}manifest.json"
        self.ref = {
            "school_id": "school-1",
            "device_id": "school-1-r101-1",
            "capture_id": self.run,
            "room_id": "r101",
            "taken_at": "2026-11-20T10:10:00Z",
            "frames": 2,
        }
        self.frames = [
            {"frame": number, "key": f"{self.prefix}{number}.jpg", "width": 3840, "height": 2160}
            for number in (1, 2)
        ]
        self.detected = [
            {"frame": frame["frame"], "key": frame["key"], "faces": 21, "problem": None, "calls": 1}
            for frame in self.frames
        ]
        self.register = {
            "meeting_id": MEETING,
            "section_id": "maths-7a",
            "version": 1,
            "changed": True,
            "students": 24,
            "present": 20,
            "doubtful": 1,
            "unseen": 3,
            "absent": 0,
        }
        self.summary = {**self.register, "capture_id": self.run, "rekognition_calls": 44}

    def script(self, **changes: Any) -> Script:
        first, second = self.detected
        return {
            "OpenCapture": [returns({"outcome": "opened", "capture": self.ref, "frames": self.frames})],
            "ResolveMeeting": [returns({"outcome": "meeting", "meeting_id": MEETING})],
            "DetectFaces.1": [returns(first)],
            "DetectFaces.2": [returns(second)],
            "SearchFaces": [returns({"faces": 42, "searched": 30, "calls": 42})],
            "DecideMarks": [returns({"recognised": 20, "doubtful": 1, "unknown_faces": 2})],
            "RecordMarks": [returns(self.register)],
            "PublishSummary": [returns(self.summary)],
            "RecordFailure": [returns({"state": "", "error": ""})],
            **{step.replace("_", "."): answers for step, answers in changes.items()},
        }


@pytest.fixture
def capture() -> Capture:
    return Capture()


def perform(stage: Stage, capture: Capture, **changes: Any) -> Performance:
    return stage.perform(capture.run, capture.key, capture.script(**changes))


def in_script(state: str) -> str:
    """The name in a script of the call that makes a state fail."""
    return "DetectFaces_2" if state == "DetectFaces" else state


def calls(stage: Stage, capture: Capture, state: str) -> int:
    return len(stage.payloads(capture.run, in_script(state).replace("_", ".")))


def test_a_capture_becomes_a_register_and_its_summary_the_output(take_roll: Stage, capture: Capture) -> None:
    done = perform(take_roll, capture)
    assert (done.status, done.output) == ("SUCCEEDED", capture.summary)
    assert [state for state in done.entered if state != "DetectFacesInFrame"] == [
        "OpenCapture",
        "IsNewCapture",
        "ResolveMeeting",
        "HasMeeting",
        "DetectFaces",
        "SearchFaces",
        "DecideMarks",
        "RecordMarks",
        "PublishSummary",
    ]
    assert done.entered.count("DetectFacesInFrame") == 2


@pytest.mark.parametrize(
    ("step", "contract"),
    [
        ("OpenCapture", contracts.OpenCaptureInput),
        ("ResolveMeeting", contracts.ResolveMeetingInput),
        ("DetectFaces.1", contracts.DetectFacesInput),
        ("SearchFaces", contracts.SearchFacesInput),
        ("DecideMarks", contracts.DecideMarksInput),
        ("RecordMarks", contracts.RecordMarksInput),
        ("PublishSummary", contracts.PublishSummaryInput),
    ],
)
def test_every_step_is_handed_what_its_contract_says(
    take_roll: Stage, whole_roll: Capture, step: str, contract: type[BaseModel]
) -> None:
    (payload,) = take_roll.payloads(whole_roll.run, step)
    assert contract.model_validate(payload).model_dump(mode="json", by_alias=True) == payload


@pytest.fixture(scope="module")
def whole_roll(take_roll: Stage) -> Capture:
    capture = Capture()
    assert perform(take_roll, capture).status == "SUCCEEDED"
    return capture


def test_frames_reach_the_search_in_their_order(take_roll: Stage, whole_roll: Capture) -> None:
    (payload,) = take_roll.payloads(whole_roll.run, "SearchFaces")
    assert payload["detected"] == whole_roll.detected


def test_the_executions_name_is_the_run_that_owns_the_capture(take_roll: Stage, capture: Capture) -> None:
    done = perform(take_roll, capture)
    (payload,) = take_roll.payloads(capture.run, "OpenCapture")
    assert payload["run"] == done.arn.rpartition(":")[2]


def test_a_manifest_that_arrives_twice_is_taken_once(take_roll: Stage, capture: Capture) -> None:
    taken = returns({"outcome": "already_taken", "capture": capture.ref, "frames": []})
    done = perform(take_roll, capture, OpenCapture=[taken])
    assert done.status == "SUCCEEDED"
    assert done.entered == ["OpenCapture", "IsNewCapture", "AlreadyTaken"]


def test_a_room_without_a_lesson_ends_without_a_register(take_roll: Stage, capture: Capture) -> None:
    nothing = returns({"outcome": "no_meeting", "meeting_id": None})
    done = perform(take_roll, capture, ResolveMeeting=[nothing])
    assert done.status == "SUCCEEDED"
    assert done.entered[-2:] == ["HasMeeting", "NoMeeting"]
    assert calls(take_roll, capture, "DetectFaces") == 0


def test_a_capture_of_which_no_frame_arrived_goes_on_to_say_so(take_roll: Stage, capture: Capture) -> None:
    opened = returns({"outcome": "opened", "capture": capture.ref, "frames": []})
    done = perform(take_roll, capture, OpenCapture=[opened])
    assert done.status == "SUCCEEDED"
    (payload,) = take_roll.payloads(capture.run, "RecordMarks")
    assert payload["detected"] == []


@pytest.mark.parametrize("state", STATES)
def test_what_fails_for_good_is_recorded_with_its_state_and_cause(
    take_roll: Stage, capture: Capture, state: str
) -> None:
    failing = {in_script(state): [raises("ManifestInvalidError", "The manifest names another device.")]}
    done = perform(take_roll, capture, **failing)
    assert done.status == "FAILED"
    assert done.entered[-3:] == [f"{state}Failed", "RecordFailure", "RollFailed"]
    assert calls(take_roll, capture, state) == 1
    later = STATES[STATES.index(state) + 1 :]
    assert [calls(take_roll, capture, each) for each in later] == [0] * len(later)
    (payload,) = take_roll.payloads(capture.run, "RecordFailure")
    recorded = contracts.RecordFailureInput.model_validate(payload)
    assert (recorded.state, recorded.key, recorded.bucket) == (state, capture.key, "pictures")
    assert recorded.run == done.arn.rpartition(":")[2]
    assert recorded.failure.error == "ManifestInvalidError"
    assert "The manifest names another device." in recorded.failure.cause


@pytest.mark.parametrize("error", ["ThrottledError", "ServiceUnavailableError", "VersionConflictError"])
def test_what_may_pass_is_tried_again(take_roll: Stage, capture: Capture, error: str) -> None:
    found = capture.script()["RecordMarks"][0]
    done = perform(take_roll, capture, RecordMarks=[raises(error), raises(error), found])
    assert (done.status, done.output) == ("SUCCEEDED", capture.summary)
    assert calls(take_roll, capture, "RecordMarks") == 3
    assert calls(take_roll, capture, "RecordFailure") == 0


def test_a_throttled_frame_is_tried_again_without_the_others(take_roll: Stage, capture: Capture) -> None:
    done = perform(take_roll, capture, DetectFaces_2=[raises("ThrottledError"), returns(capture.detected[1])])
    assert done.status == "SUCCEEDED"
    assert len(take_roll.payloads(capture.run, "DetectFaces.1")) == 1
    assert len(take_roll.payloads(capture.run, "DetectFaces.2")) == 2


def test_a_failure_that_cannot_be_recorded_still_ends_the_roll_as_failed(
    take_roll: Stage, capture: Capture
) -> None:
    done = perform(
        take_roll, capture, SearchFaces=[raises("AccessDeniedError")], RecordFailure=[raises("KeyError")]
    )
    assert done.status == "FAILED"
    assert done.entered[-2:] == ["RecordFailure", "RollFailed"]


@pytest.mark.parametrize("state", STATES)
def test_a_redriven_roll_goes_on_with_the_state_that_failed(
    take_roll: Stage, capture: Capture, state: str
) -> None:
    name = in_script(state)
    mended = capture.script()[name.replace("_", ".")][0]
    failed = perform(take_roll, capture, **{name: [raises("AccessDeniedError"), mended]})
    assert failed.status == "FAILED"
    done = take_roll.redrive(failed)
    assert (done.status, done.output) == ("SUCCEEDED", capture.summary)
    assert done.entered[len(failed.entered) : len(failed.entered) + 2] == ["RollFailed", state]
    assert calls(take_roll, capture, state) == 2
    earlier = STATES[: STATES.index(state)]
    assert [calls(take_roll, capture, each) for each in earlier] == [1] * len(earlier)
    assert calls(take_roll, capture, "RecordFailure") == 1


def test_a_redrive_of_what_was_not_mended_fails_again_and_is_recorded_again(
    take_roll: Stage, capture: Capture
) -> None:
    broken = raises("AccessDeniedError")
    mended = capture.script()["SearchFaces"][0]
    first = perform(take_roll, capture, SearchFaces=[broken, broken, mended])
    second = take_roll.redrive(first)
    assert (first.status, second.status) == ("FAILED", "FAILED")
    assert calls(take_roll, capture, "RecordFailure") == 2
    assert take_roll.redrive(second).status == "SUCCEEDED"
