"""Portraits that must not become face references: refused in words, before anything of the face is stored.

All portraits are on their way at once, each of a student of its own.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import cv2
import numpy as np
import pytest
from played_school import PlayedSchool, Room, put
from workflows import Workflow

from attendance.contracts.object_keys import PortraitKey
from attendance.domain.consent import Consent
from attendance.domain.portraits import Portrait

pytestmark = [pytest.mark.emulator, pytest.mark.timeout(600)]


@dataclass(frozen=True)
class Sent:
    """A portrait on its way."""

    student_id: str
    portrait_id: str


def pixels_of(picture: bytes) -> np.ndarray:
    return np.asarray(cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR))


def jpeg(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()


def faulty(good: bytes) -> dict[str, bytes]:
    """A good portrait after each thing that may go wrong with one."""
    face = pixels_of(good)
    far_away = np.full((400, 400, 3), 200, np.uint8)
    small = cv2.resize(face, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
    far_away[180 : 180 + small.shape[0], 180 : 180 + small.shape[1]] = small
    return {
        "no face": jpeg(np.full((300, 300, 3), 180, np.uint8)),
        "two faces": jpeg(np.hstack([face, face[:, ::-1]])),
        "blurred": jpeg(cv2.GaussianBlur(face, (0, 0), 4)),
        "too small": jpeg(far_away),
        "no image": b"%PDF-1.7 a scanned form",
        "truncated": good[: len(good) // 2],
        "80 megapixels": jpeg(np.full((8000, 10000), 128, np.uint8)),
    }


@pytest.fixture(scope="module")
def room(played: PlayedSchool) -> Room:
    return played.add_room()


@pytest.fixture(scope="module")
def enrolment(played: PlayedSchool) -> Workflow:
    return Workflow(played.system, "EnrolStudentArn")


@pytest.fixture(scope="module")
def sent(played: PlayedSchool, room: Room) -> dict[str, Sent]:
    """Every portrait, by what is wrong with it."""
    portraits = faulty(played.good_portrait)
    for fault in portraits:
        played.add_student(room, student_of(fault))
    return {
        fault: Sent(student_of(fault), played.send_portrait(student_of(fault), content))
        for fault, content in portraits.items()
    }


def student_of(fault: str) -> str:
    return f"s-{fault.replace(' ', '-')}"


def put_past_the_api(played: PlayedSchool, student_id: str, content: bytes) -> PortraitKey:
    """Lay a portrait into the bucket as nobody may who comes by the API."""
    place = PortraitKey(played.school_id, student_id, uuid.uuid4().hex)
    waiting = Portrait(played.school_id, student_id, place.portrait_id, requested_at=datetime.now(UTC))
    played.stores.students.put_portrait(waiting)
    played.system.clients.client("s3").put_object(
        Bucket=played.system.outputs["PortraitsBucket"], Key=place.key, Body=content
    )
    return place


@pytest.mark.parametrize(
    ("fault", "code", "sentence"),
    [
        ("no face", "FACE_PRESENT", "No face was found: "),
        ("two faces", "SINGLE_FACE_PRESENT", "There are several faces, "),
        ("blurred", "SHARPNESS", "The picture is blurred: "),
        ("too small", "HEAD_SIZE", "The face is too small: "),
        ("no image", "PictureUnreadable", "The file is damaged, or no JPEG or PNG picture: "),
        ("truncated", "PictureUnreadable", "The file is damaged, or no JPEG or PNG picture: "),
        ("80 megapixels", "PictureTooLarge", "The picture is too large: "),
    ],
)
def test_a_portrait_that_cannot_serve_is_refused_with_what_to_do(
    played: PlayedSchool, sent: dict[str, Sent], fault: str, code: str, sentence: str
) -> None:
    settled = played.settled_portrait(sent[fault].student_id, sent[fault].portrait_id)

    assert settled.status == "refused"
    assert code in settled.codes
    assert sentence in settled.message
    assert sent[fault].student_id not in played.students_with_reference()


def test_without_consent_not_even_the_picture_is_stored(played: PlayedSchool, room: Room) -> None:
    played.add_student(room, "s-no-consent", consents=False)

    asked = played.ask_portrait("s-no-consent", played.good_portrait)

    assert (asked.status, asked.body["type"]) == (409, "urn:rollcall:problem:consent-missing")
    assert played.stores.students.portraits(played.school_id, "s-no-consent") == []


def test_consent_that_was_withdrawn_or_has_run_out_is_none(played: PlayedSchool, room: Room) -> None:
    given = Consent(given_by="A Guardian", given_on=date(2026, 1, 1), text_version="1")
    ended = {
        "s-withdrawn": replace(given, withdrawn_on=date(2026, 2, 1)),
        "s-run-out": replace(given, expires_on=date(2026, 2, 1)),
    }
    for student_id, consent in ended.items():
        played.add_student(room, student_id)
        played.stores.students.record_consent(played.school_id, student_id, consent)

        assert played.ask_portrait(student_id, played.good_portrait).status == 409


def test_the_workflow_asks_for_consent_itself(played: PlayedSchool, room: Room, enrolment: Workflow) -> None:
    played.add_student(room, "s-past-the-api", consents=False)

    place = put_past_the_api(played, "s-past-the-api", played.good_portrait)

    settled = played.settled_portrait(place.student_id, place.portrait_id)
    assert (settled.status, settled.codes) == ("refused", ("ConsentMissing",))
    assert settled.message.startswith("There is no valid consent for this student: ")
    (execution,) = enrolment.executions(place.key)
    assert (execution.status, execution.last_state) == ("SUCCEEDED", "Refused")
    assert "s-past-the-api" not in played.students_with_reference()


def test_an_object_that_is_nobodys_portrait_fails_by_name(played: PlayedSchool, enrolment: Workflow) -> None:
    of_nobody = put_past_the_api(played, "s-nobody", played.good_portrait)
    misplaced = f"portraits/{played.school_id}/group-photo.jpg"
    played.system.clients.client("s3").put_object(
        Bucket=played.system.outputs["PortraitsBucket"], Key=misplaced, Body=played.good_portrait
    )

    (unknown,) = enrolment.executions(of_nobody.key)
    (unparsed,) = enrolment.executions(misplaced)

    portraits = played.stores.students
    settled = portraits.portrait(played.school_id, of_nobody.student_id, of_nobody.portrait_id)
    assert settled.status == "failed"
    assert settled.message == "There is no student s-nobody."
    assert (unknown.last_state, unknown.error) == ("EnrolmentFailed", "NotFoundError")
    assert (unparsed.last_state, unparsed.error) == ("EnrolmentFailed", "ObjectKeyInvalidError")
    assert "s-nobody" not in played.students_with_reference()


def test_a_portraits_address_takes_the_announced_picture_alone(played: PlayedSchool, room: Room) -> None:
    played.add_student(room, "s-swapped")
    asked = played.ask_portrait("s-swapped", played.good_portrait).body
    upload = asked["upload"]
    other = played.good_portrait[:-1] + b"\x00"

    assert put(upload["url"], upload["headers"], other) == 400
    assert put(upload["url"], upload["headers"], played.good_portrait) == 200
    assert put(upload["url"], upload["headers"], played.good_portrait) == 412
    assert played.settled_portrait("s-swapped", asked["portrait_id"]).status == "enrolled"


def test_a_portrait_that_is_announced_twice_makes_one_reference(
    played: PlayedSchool, room: Room, enrolment: Workflow
) -> None:
    played.add_student(room, "s-twice")
    portrait_id = played.send_portrait("s-twice", played.good_portrait)
    key = PortraitKey(played.school_id, "s-twice", portrait_id).key
    enrolment.begin(played.system.outputs["PortraitsBucket"], key)

    executions = enrolment.executions(key)

    assert [execution.last_state for execution in executions] == ["Enrolled", "Enrolled"]
    assert played.students_with_reference().count("s-twice") == 1


def test_after_a_refusal_a_better_picture_enrols(played: PlayedSchool, sent: dict[str, Sent]) -> None:
    student_id = sent["blurred"].student_id
    assert played.settled_portrait(student_id, sent["blurred"].portrait_id).status == "refused"

    again = played.send_portrait(student_id, played.good_portrait)

    assert played.settled_portrait(student_id, again).status == "enrolled"
    assert played.students_with_reference().count(student_id) == 1
