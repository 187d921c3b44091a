"""The states of both machines as Step Functions calls them: JSON in, JSON out, errors by their own names."""

import json
from dataclasses import replace

import pytest
from pydantic import ValidationError

from attendance.contracts.workflow import RecordedRegister
from attendance.domain.errors import (
    ConsentMissingError,
    ManifestInvalidError,
    PictureUnreadableError,
    PortraitRefusedError,
    ThrottledError,
    TimetableConflictError,
    VersionConflictError,
)
from attendance.domain.portraits import Portrait, PortraitFace
from attendance.domain.sightings import Box
from pipeline.handlers import (
    check_portrait,
    decide_marks,
    detect_faces,
    dispatch_captures,
    index_portrait,
    open_capture,
    publish_summary,
    record_failure,
    record_marks,
    record_refusal,
    resolve_meeting,
    search_faces,
)
from tests.fakes.example_school import MATHS_NOW, NAMES, SCHOOL
from tests.fakes.face_index import no_picture
from tests.fakes.school_with_cameras import CAMERA, clock_at

# Outside pytest the functions themselves take no notice of it.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

SEEN = [{"s-ada": 97.0}, {"s-emmy": 83.0}, None]
PORTRAIT_KEY = f"portraits/{SCHOOL}/s-ada/{'a' * 32}"


@pytest.fixture
def invoke(context):
    """Call a handler as Lambda does: through JSON on both sides."""

    def call(module, payload: dict) -> dict:
        return json.loads(json.dumps(module.handler(json.loads(json.dumps(payload)), context)))

    return call


def roll(invoke, key: str, run: str = "run-1") -> dict:
    """take-roll.asl.json without its choices: the payload of each state from what came before."""
    opened = invoke(open_capture, {"bucket": "captures", "key": key, "run": run})
    capture = opened["capture"]
    resolved = invoke(resolve_meeting, {"capture": capture})
    detected = [invoke(detect_faces, {"capture": capture, "frame": frame}) for frame in opened["frames"]]
    searched = invoke(search_faces, {"capture": capture, "detected": detected})
    meeting = {"capture": capture, "meeting_id": resolved["meeting_id"], "detected": detected}
    decided = invoke(decide_marks, meeting)
    recorded = invoke(record_marks, meeting)
    summary = {"capture": capture, "detected": detected, "searched": searched, "decided": decided}
    return {
        "opened": opened,
        "resolved": resolved,
        "detected": detected,
        "register": recorded,
        "summary": invoke(publish_summary, {**summary, "register": recorded}),
    }


def test_a_roll_goes_from_state_to_state_in_json(school, invoke):
    ended = roll(invoke, school.upload(school.scheduled_capture(), SEEN, frames=3))
    assert ended["opened"]["outcome"] == "opened"
    assert ended["resolved"] == {"outcome": "meeting", "meeting_id": MATHS_NOW}
    assert RecordedRegister.model_validate(ended["register"]).present == 1
    assert (ended["summary"]["doubtful"], ended["summary"]["unknown_faces"]) == (1, 3)
    assert school.statuses()["s-ada"] == "present"


def test_what_the_states_hand_on_stays_far_below_the_limit(school, invoke):
    """256 KiB a state: ten frames of a hundred faces each."""
    seen = [{"s-ada": 61.0 + n / 10, "s-emmy": 60.5} for n in range(100)]
    school.schools.policies[SCHOOL] = replace(school.schools.policy(SCHOOL), searches_per_capture=2000)
    key = school.upload(school.scheduled_capture(), seen, frames=10)
    ended = roll(invoke, key)
    assert len(json.dumps(ended)) < 16 * 1024


def test_the_logs_of_a_roll_carry_ids_and_counts_and_nobodys_name(school, invoke, logged):
    capture = school.scheduled_capture()
    roll(invoke, school.upload(capture, SEEN))
    lines = logged()
    assert len(lines) == 8  # seven states, one of them for two frames
    assert {line["capture_id"] for line in lines} == {capture.capture_id}
    text = json.dumps(lines)
    assert not any(word in text for word in [*NAMES, *NAMES.values(), "https://", "similarity"])


def test_a_doubled_manifest_says_already_taken(school, invoke):
    key = school.upload(school.scheduled_capture(), SEEN)
    roll(invoke, key, run="run-1")
    again = invoke(open_capture, {"bucket": "captures", "key": key, "run": "run-2"})
    assert again["outcome"] == "already_taken"


def test_a_summary_whose_state_is_run_again_is_announced_once(school, invoke):
    key = school.upload(school.scheduled_capture(), SEEN)
    first, again = roll(invoke, key), roll(invoke, key)
    assert again["summary"] == first["summary"]
    assert len(school.announcer.events) == 1


def test_a_summary_that_could_not_be_announced_is_announced_by_the_next_try(school, invoke):
    key = school.upload(school.scheduled_capture(), SEEN)
    announce, school.announcer.announce = school.announcer.announce, raising(ThrottledError("slow down"))
    with pytest.raises(ThrottledError):
        roll(invoke, key)
    school.announcer.announce = announce
    roll(invoke, key)
    assert len(school.announcer.events) == 1


def test_a_room_without_a_lesson_says_no_meeting(school, invoke):
    school.clock.now = clock_at(16, 0)
    key = school.upload(school.requested_capture(), SEEN)
    opened = invoke(open_capture, {"bucket": "captures", "key": key, "run": "run-1"})
    assert invoke(resolve_meeting, {"capture": opened["capture"]}) == {
        "outcome": "no_meeting",
        "meeting_id": None,
    }


def raising(error: Exception):
    def fail(*_args, **_kwargs):
        raise error

    return fail


@pytest.mark.parametrize("error", [ThrottledError("slow down"), RuntimeError("a bug")])
def test_an_error_leaves_a_step_as_it_is(school, invoke, error):
    """The state machine retries and catches by its name."""
    key = school.upload(school.scheduled_capture(), SEEN)
    opened = invoke(open_capture, {"bucket": "captures", "key": key, "run": "run-1"})
    school.index.detect = raising(error)
    with pytest.raises(type(error)) as raised:
        invoke(detect_faces, {"capture": opened["capture"], "frame": opened["frames"][0]})
    assert raised.value is error


def test_each_fault_of_a_roll_has_its_own_name(school, invoke):
    with pytest.raises(ManifestInvalidError):
        invoke(open_capture, {"bucket": "captures", "key": "captures/x", "run": "run-1"})
    key = school.upload(school.scheduled_capture(), SEEN)
    opened = invoke(open_capture, {"bucket": "captures", "key": key, "run": "run-1"})
    timetable = school.schools.timetable(SCHOOL)
    lessons = tuple(replace(lesson, room_id="r101") for lesson in timetable.lessons)
    school.schools.timetables[SCHOOL] = replace(timetable, lessons=lessons)
    with pytest.raises(TimetableConflictError):
        invoke(resolve_meeting, {"capture": opened["capture"]})
    school.schools.timetables[SCHOOL] = timetable
    meeting = {"capture": opened["capture"], "meeting_id": MATHS_NOW, "detected": []}
    invoke(search_faces, meeting)
    invoke(decide_marks, meeting)
    school.registers.save = raising(VersionConflictError("somebody else"))
    with pytest.raises(VersionConflictError):
        invoke(record_marks, meeting)


@pytest.mark.parametrize("handler", [open_capture, detect_faces, record_marks, index_portrait])
def test_a_payload_that_breaks_its_contract_is_an_error_by_name(school, invoke, handler):
    with pytest.raises(ValidationError):
        invoke(handler, {"bucket": "captures"})


def test_a_failure_is_recorded_as_step_functions_tells_it(school, invoke):
    capture = school.scheduled_capture()
    key = school.upload(capture, SEEN)
    cause = {"errorMessage": "Rekognition asks to slow down", "errorType": "ThrottledError", "stackTrace": []}
    payload = {
        "state": "SearchFaces",
        "bucket": "captures",
        "key": key,
        "run": "run-1",
        "failure": {"Error": "ThrottledError", "Cause": json.dumps(cause)},
    }
    assert invoke(record_failure, payload) == {"state": "SearchFaces", "error": "ThrottledError"}
    assert school.stored(capture).reason == "ThrottledError: Rekognition asks to slow down"
    assert school.register().status == "not_taken"


@pytest.mark.parametrize("failure", [{"Error": "States.Timeout"}, {"Error": "States.Timeout", "Cause": ""}])
def test_a_failure_without_a_cause_is_recorded_too(school, invoke, failure):
    capture = school.scheduled_capture()
    key = school.upload(capture, SEEN)
    payload = {"state": "DetectFaces", "bucket": "captures", "key": key, "run": "run-1", "failure": failure}
    invoke(record_failure, payload)
    assert school.stored(capture).reason == "States.Timeout"


def test_a_tick_tells_what_it_did(school, invoke, logged):
    school.clock.now = clock_at(8, 10)
    assert invoke(dispatch_captures, {}) == {"created": 1, "repeated": 0, "timed_out": 0}
    assert [device_id for device_id, _, _ in school.messenger.sent] == [CAMERA]
    assert logged()[-1]["dispatched"] == {"created": 1, "repeated": 0, "timed_out": 0}


# --- enrol-student


@pytest.fixture
def portrait(school):
    school.consent("s-ada")
    school.students.put_portrait(Portrait(SCHOOL, "s-ada", "a" * 32, school.clock.now))
    face = PortraitFace(120, 0, 0, 0, 60, 50, 99, Box(0.3, 0.3, 0.4, 0.4))
    school.index.portraits[PORTRAIT_KEY] = [face]
    return {"bucket": "portraits", "key": PORTRAIT_KEY}


def test_an_enrolment_goes_from_state_to_state_in_json(school, invoke, portrait, logged):
    checked = invoke(check_portrait, portrait)
    indexed = invoke(index_portrait, checked)
    assert (
        school.students.portrait(SCHOOL, "s-ada", "a" * 32).face_reference_id == indexed["face_reference_id"]
    )
    assert {line["student_id"] for line in logged() if "student_id" in line} == {"s-ada"}
    assert not any(name in json.dumps(logged()) for name in NAMES.values())


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda school: school.students.consents.clear(), ConsentMissingError),
        (lambda school: school.index.portraits.clear(), PortraitRefusedError),
        (
            lambda school: school.index.unreadable.update({PORTRAIT_KEY: no_picture("it")}),
            PictureUnreadableError,
        ),
    ],
)
def test_a_refusal_ends_in_words_for_the_person(school, invoke, portrait, spoil, error):
    spoil(school)
    with pytest.raises(error) as refused:
        invoke(check_portrait, portrait)
    cause = json.dumps({"errorMessage": str(refused.value), "errorType": error.__name__})
    payload = {**portrait, "state": "CheckPortrait", "run": "run-1"}
    invoke(record_refusal, {**payload, "failure": {"Error": error.__name__, "Cause": cause}})
    told = school.students.portrait(SCHOOL, "s-ada", "a" * 32)
    assert told.status == "refused"
    assert told.message.endswith(".")
    assert told.codes
