"""enrol-student on the emulator: every way through it, with the functions played by stand-ins."""

import json
import uuid
from typing import Any

import pytest
from stage import Performance, Script, Stage, raises, returns

from attendance.contracts import workflow as contracts

pytestmark = pytest.mark.emulator

REFUSALS = ("PortraitRefusedError", "ConsentMissingError", "PictureUnreadableError", "PictureTooLargeError")


class Portrait:
    """A portrait, and a script in which it is enrolled."""

    def __init__(self) -> None:
        self.run = uuid.uuid4().hex
        self.key = f"portraits/school-1/s-1042/{self.run}"
        self.ids = {"school_id": "school-1", "student_id": "s-1042", "portrait_id": self.run}
        self.checked = {**self.ids, "bucket": "pictures", "key": self.key}
        self.enrolled = {**self.ids, "face_reference_id": str(uuid.uuid4())}

    def script(self, **changes: Any) -> Script:
        return {
            "CheckPortrait": [returns(self.checked)],
            "IndexPortrait": [returns(self.enrolled)],
            "RecordRefusal": [returns({"state": "", "error": ""})],
            **changes,
        }


@pytest.fixture
def portrait() -> Portrait:
    return Portrait()


def perform(stage: Stage, portrait: Portrait, **changes: Any) -> Performance:
    return stage.perform(portrait.run, portrait.key, portrait.script(**changes))


def test_a_good_portrait_becomes_a_face_reference(enrol_student: Stage, portrait: Portrait) -> None:
    done = perform(enrol_student, portrait)
    assert (done.status, done.output) == ("SUCCEEDED", portrait.enrolled)
    assert done.entered == ["CheckPortrait", "IndexPortrait", "Enrolled"]


def test_every_step_is_handed_what_its_contract_says(enrol_student: Stage, portrait: Portrait) -> None:
    perform(enrol_student, portrait)
    (created,) = enrol_student.payloads(portrait.run, "CheckPortrait")
    (checked,) = enrol_student.payloads(portrait.run, "IndexPortrait")
    assert contracts.ObjectCreated.model_validate(created).model_dump() == created
    assert contracts.CheckedPortrait.model_validate(checked).model_dump() == checked


@pytest.mark.parametrize("error", REFUSALS)
@pytest.mark.parametrize("state", ["CheckPortrait", "IndexPortrait"])
def test_a_refused_portrait_is_recorded_and_ends_well(
    enrol_student: Stage, portrait: Portrait, state: str, error: str
) -> None:
    done = perform(enrol_student, portrait, **{state: [raises(error, "FACE_COUNT: One person, please.")]})
    assert done.status == "SUCCEEDED"
    assert done.entered[-4:] == [f"{state}Failed", "RecordRefusal", "WasRefused", "Refused"]
    (payload,) = enrol_student.payloads(portrait.run, "RecordRefusal")
    recorded = contracts.RecordFailureInput.model_validate(payload)
    assert (recorded.state, recorded.key, recorded.failure.error) == (state, portrait.key, error)
    assert json.loads(recorded.failure.cause)["errorMessage"] == "FACE_COUNT: One person, please."


def test_a_portrait_that_is_refused_at_the_gate_never_reaches_the_index(
    enrol_student: Stage, portrait: Portrait
) -> None:
    perform(enrol_student, portrait, CheckPortrait=[raises("ConsentMissingError")])
    assert enrol_student.payloads(portrait.run, "IndexPortrait") == []


@pytest.mark.parametrize("state", ["CheckPortrait", "IndexPortrait"])
def test_what_we_fail_at_is_recorded_and_ends_as_failed_under_its_own_name(
    enrol_student: Stage, portrait: Portrait, state: str
) -> None:
    done = perform(enrol_student, portrait, **{state: [raises("AccessDeniedError", "rekognition says no")]})
    assert (done.status, done.error) == ("FAILED", "AccessDeniedError")
    assert "rekognition says no" in str(done.cause)
    (payload,) = enrol_student.payloads(portrait.run, "RecordRefusal")
    assert payload["state"] == state


def test_a_refusal_that_cannot_be_recorded_is_a_failure(enrol_student: Stage, portrait: Portrait) -> None:
    done = perform(
        enrol_student,
        portrait,
        CheckPortrait=[raises("PortraitRefusedError")],
        RecordRefusal=[raises("NotFoundError")],
    )
    assert done.status == "FAILED"
    assert done.entered[-2:] == ["RecordRefusal", "EnrolmentFailed"]


@pytest.mark.parametrize("state", ["CheckPortrait", "IndexPortrait", "RecordRefusal"])
def test_a_throttled_step_is_tried_again(enrol_student: Stage, portrait: Portrait, state: str) -> None:
    changes = {state: [raises("ThrottledError"), portrait.script()[state][0]]}
    if state == "RecordRefusal":
        changes["CheckPortrait"] = [raises("ConsentMissingError")]
    done = perform(enrol_student, portrait, **changes)
    assert done.status == "SUCCEEDED"
    assert len(enrol_student.payloads(portrait.run, state)) == 2
