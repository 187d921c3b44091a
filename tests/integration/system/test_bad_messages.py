"""What may be said over MQTT and HTTP by mistake or by malice, and that it stops nobody else."""

import json
import uuid
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import pytest
from mqtt_thing import NOT_AUTHORIZED, MqttThing
from played_captures import PlayedCameras, manifest_of, present_in
from played_school import PlayedSchool, Room, eventually, put

from attendance.adapters.iot import ADMIN_TYPE, CAMERA_TYPE
from attendance.contracts import topics
from attendance.domain.captures import adhoc_capture_id

pytestmark = [pytest.mark.emulator, pytest.mark.timeout(600)]

# Messages that are dead after their fifth try would each take ten minutes to die.
IMPATIENT_S = "1"
NOT_JSON = [b"", b"take a picture please", b"{'request_id': 'single-quoted'}", b"\xff\xfe\x00"]
NOT_AN_OBJECT = [b"null", b"[1, 2]", b'"a text"', b"[" * 500]


class DeadLetters:
    """Where the messages of a function end that nobody could handle.

    Parameters
    ----------
    intake
        The function, as its construct is called.
    """

    def __init__(self, school: PlayedSchool, intake: str) -> None:
        clients = school.system.clients
        self._sqs = clients.client("sqs")
        pages = clients.client("cloudformation").get_paginator("list_stack_resources")
        queues = {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for page in pages.paginate(StackName="RollcallPipeline")
            for resource in page["StackResourceSummaries"]
            if resource["ResourceType"] == "AWS::SQS::Queue"
        }
        (self._queue,) = (url for name, url in queues.items() if name.startswith(f"{intake}IntakeQueue"))
        (self._dead,) = (url for name, url in queues.items() if name.startswith(f"{intake}IntakeDead"))
        self._bodies: list[str] = []

    def __enter__(self) -> Self:
        attributes = ["VisibilityTimeout"]
        answer = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=attributes)
        self._usual = answer["Attributes"]
        self._sqs.set_queue_attributes(QueueUrl=self._queue, Attributes={"VisibilityTimeout": IMPATIENT_S})
        self._sqs.purge_queue(QueueUrl=self._dead)
        return self

    def __exit__(self, *_: object) -> None:
        self._sqs.set_queue_attributes(QueueUrl=self._queue, Attributes=self._usual)

    def await_body(self, part: str) -> str:
        """The body of a dead message that contains a text."""
        return eventually(lambda: next((body for body in self._receive() if part in body), None))

    def await_number(self, number: int) -> None:
        """Wait for so many dead messages."""
        assert eventually(lambda: len(self._receive()) >= number)

    def _receive(self) -> list[str]:
        answer = self._sqs.receive_message(QueueUrl=self._dead, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in answer.get("Messages", []):
            self._bodies.append(message["Body"])
            self._sqs.delete_message(QueueUrl=self._dead, ReceiptHandle=message["ReceiptHandle"])
        return self._bodies


@pytest.fixture(scope="module")
def cameras(played: PlayedSchool) -> PlayedCameras:
    return PlayedCameras(played)


@pytest.fixture(scope="module")
def dead_requests(played: PlayedSchool) -> Iterator[DeadLetters]:
    with DeadLetters(played, "RequestCapture") as dead:
        yield dead


@pytest.fixture(scope="module")
def dead_events(played: PlayedSchool) -> Iterator[DeadLetters]:
    with DeadLetters(played, "RecordCaptureEvent") as dead:
        yield dead


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("things"))


@pytest.fixture(scope="module")
def admin(played: PlayedSchool, things: Path) -> Iterator[MqttThing]:
    """The MQTT client of the school's administration."""
    name = f"{played.school_id}-admin"
    with MqttThing(played.system, things, name, ADMIN_TYPE, {"school": played.school_id}) as thing:
        yield thing


@pytest.fixture(scope="module")
def room(played: PlayedSchool) -> Room:
    return played.add_room(has_camera=False)


@pytest.fixture(scope="module")
def camera(played: PlayedSchool, room: Room, things: Path) -> Iterator[MqttThing]:
    """The room's camera, which does nothing by itself."""
    attributes = {"school": played.school_id, "room": room.room_id}
    with MqttThing(played.system, things, room.device_id, CAMERA_TYPE, attributes) as thing:
        for topic in (
            topics.commands(thing.name),
            topics.rpc_accepted(thing.name, "upload-urls"),
            topics.rpc_rejected(thing.name, "upload-urls"),
        ):
            assert thing.subscribe(topic) < 128
        yield thing


def as_json(**fields: object) -> bytes:
    return json.dumps(fields).encode()


def ask_urls(camera: MqttThing, request: bytes) -> tuple[str, dict[str, Any]]:
    """Ask for upload URLs; whether the answer is `accepted` or `rejected`, and the answer."""
    assert camera.publish(topics.rpc(camera.name, "upload-urls"), request) == 0
    topic, answer = camera.hear()
    return topic.rpartition("/")[2], answer


def urls_request(capture: str, **changes: object) -> bytes:
    file = {"name": "1.jpg", "bytes": 3, "sha256": sha256(b"abc").hexdigest(), "content_type": "image/jpeg"}
    return as_json(**{"token": "t-1", "capture_id": capture, "files": [file]} | changes)


def test_malformed_capture_requests_die_alone(
    played: PlayedSchool, admin: MqttThing, camera: MqttThing, room: Room, dead_requests: DeadLetters
) -> None:
    topic = topics.capture_request(room.room_id)
    malformed = [
        *NOT_JSON,
        *NOT_AN_OBJECT,
        as_json(),
        as_json(request_id=7),
        as_json(request_id="with a space"),
        as_json(request_id="../" * 30),
        as_json(request_id=None, schema="capture_request.v9"),
    ]
    for payload in malformed:
        assert admin.publish(topic, payload) == 0
    request_id = f"good-{uuid.uuid4().hex[:8]}"

    assert admin.publish(topic, as_json(request_id=request_id)) == 0

    commanded, command = camera.hear()
    assert commanded == topics.command(camera.name, "capture")
    assert command["capture_id"] == adhoc_capture_id(played.school_id, camera.name, request_id)
    dead_requests.await_number(len(malformed))
    assert camera.has_heard_nothing()


def test_a_request_is_for_the_room_of_its_topic_and_the_school_of_its_client(
    played: PlayedSchool, admin: MqttThing, camera: MqttThing, room: Room
) -> None:
    request_id = f"spoofed-{uuid.uuid4().hex[:8]}"
    spoofed = as_json(request_id=request_id, room_id="101", client_id="demo-admin", school_id="demo")

    assert admin.publish(topics.capture_request(room.room_id), spoofed) == 0

    _, command = camera.hear()
    assert command["capture_id"] == adhoc_capture_id(played.school_id, camera.name, request_id)
    assert command["requested_by"] == admin.name


def test_a_request_for_a_room_without_a_camera_waits_in_the_dead_letters(
    admin: MqttThing, dead_requests: DeadLetters
) -> None:
    """Room 101 has one, in another school."""
    request_id = f"nowhere-{uuid.uuid4().hex[:8]}"

    assert admin.publish(topics.capture_request("101"), as_json(request_id=request_id)) == 0

    assert json.loads(dead_requests.await_body(request_id))["room_id"] == "101"


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"files": []}, "files: "),
        ({"capture_id": "no-uuid"}, "capture_id: "),
        ({"files": [{"name": "../../1.jpg"}]}, "files.0.name: "),
        ({"files": "all"}, "files: "),
        ({"schema": "upload_urls.v2"}, "schema: "),
    ],
)
def test_a_malformed_request_for_urls_is_answered_as_a_bad_one(
    camera: MqttThing, changes: dict[str, object], detail: str
) -> None:
    verdict, answer = ask_urls(camera, urls_request(str(uuid.uuid4()), **changes))

    assert (verdict, answer["code"], answer["retry"]) == ("rejected", "BAD_REQUEST", False)
    assert answer["token"] == "t-1"
    assert answer["detail"].startswith(detail)


@pytest.mark.parametrize("payload", [*NOT_JSON, *NOT_AN_OBJECT])
def test_a_request_for_urls_that_is_no_object_is_answered_without_a_token(
    camera: MqttThing, payload: bytes
) -> None:
    verdict, answer = ask_urls(camera, payload)

    assert (verdict, answer["code"], answer["token"]) == ("rejected", "BAD_REQUEST", "")


def test_files_that_are_too_large_or_named_twice_get_no_urls(
    cameras: PlayedCameras, camera: MqttThing, room: Room
) -> None:
    capture = cameras.command(room)
    file = {"name": "1.jpg", "sha256": "0" * 64, "content_type": "image/jpeg"}
    too_large = [file | {"bytes": 16 * 1024 * 1024}]
    twice = [file | {"bytes": 1}, file | {"bytes": 2}]

    for files, fault in ((too_large, "files.0.bytes: "), (twice, "named twice")):
        verdict, answer = ask_urls(camera, urls_request(capture.capture_id, files=files))
        assert (verdict, answer["code"]) == ("rejected", "BAD_REQUEST")
        assert fault in answer["detail"]


def test_urls_are_only_for_a_devices_own_open_captures(
    cameras: PlayedCameras, camera: MqttThing, room: Room
) -> None:
    of_another = cameras.command(cameras.school.add_room())
    cancelled = cameras.command(room, status="CANCELLED")
    expected = {
        of_another.capture_id: "CAPTURE_UNKNOWN",
        str(uuid.uuid4()): "CAPTURE_UNKNOWN",
        cancelled.capture_id: "CAPTURE_CLOSED",
    }

    for capture_id, code in expected.items():
        verdict, answer = ask_urls(camera, urls_request(capture_id, device_id=of_another.device_id))
        assert (verdict, answer["code"], answer["retry"]) == ("rejected", code, False)


def test_a_url_takes_the_file_it_was_signed_for_and_only_once(
    cameras: PlayedCameras, camera: MqttThing, room: Room
) -> None:
    capture = cameras.command(room)
    frame = cameras.school.burst.frames[0].jpeg
    manifest = manifest_of(capture, {"1.jpg": frame}).to_json()
    files = [
        {"name": name, "bytes": len(content), "sha256": sha256(content).hexdigest(), "content_type": kind}
        for name, content, kind in (
            ("1.jpg", frame, "image/jpeg"),
            ("manifest.json", manifest, "application/json"),
        )
    ]
    verdict, answer = ask_urls(camera, urls_request(capture.capture_id, files=files))
    assert verdict == "accepted"
    urls = {upload["name"]: (upload["url"], upload["headers"]) for upload in answer["uploads"]}
    damaged = frame[:-1] + bytes([frame[-1] ^ 1])

    assert put(*urls["1.jpg"], damaged) == 400
    assert (
        put(urls["1.jpg"][0].replace(capture.capture_id, str(uuid.uuid4())), urls["1.jpg"][1], frame) == 403
    )
    assert put(*urls["1.jpg"], frame) == 200
    assert put(*urls["1.jpg"], frame) == 412
    assert put(*urls["manifest.json"], manifest) == 200
    assert cameras.outcome(capture)["stage"] == "recorded"
    assert present_in(cameras.register(capture)) == cameras.school.burst.present


def test_malformed_capture_events_die_alone(
    cameras: PlayedCameras, camera: MqttThing, room: Room, dead_events: DeadLetters
) -> None:
    capture = cameras.command(room, status="CREATED")
    event = {"capture_id": capture.capture_id, "status": "IN_PROGRESS", "at": "2026-11-22T10:00:00Z"}
    malformed = [
        *NOT_JSON,
        *NOT_AN_OBJECT,
        as_json(),
        as_json(**event | {"status": "PERFECT"}),
        as_json(**event | {"at": "yesterday"}),
        as_json(**event | {"reason": {"code": "TIRED"}}),
        as_json(**event | {"capture_id": str(uuid.uuid4())}),
    ]
    for payload in malformed:
        assert camera.publish(topics.capture_event(camera.name), payload) == 0

    assert camera.publish(topics.capture_event(camera.name), as_json(**event)) == 0

    assert eventually(lambda: cameras.stored(capture).status == "IN_PROGRESS")
    dead_events.await_number(len(malformed))


def test_an_event_about_another_devices_capture_changes_nothing(
    cameras: PlayedCameras, camera: MqttThing, room: Room
) -> None:
    of_another = cameras.command(cameras.school.add_room(), status="CREATED")
    own = cameras.command(room, status="CREATED")
    failed = {"status": "FAILED", "at": "2026-11-22T10:00:00Z", "reason": {"code": "BLACK_FRAME"}}
    spoofed = as_json(capture_id=of_another.capture_id, device_id=of_another.device_id, **failed)

    assert camera.publish(topics.capture_event(camera.name), spoofed) == 0
    assert (
        camera.publish(topics.capture_event(camera.name), as_json(capture_id=own.capture_id, **failed)) == 0
    )

    outcome = cameras.outcome(own)
    assert (outcome["stage"], outcome["reason"]) == ("failed", "BLACK_FRAME")
    assert cameras.stored(of_another) == of_another


def test_a_device_touches_its_own_branch_alone(played: PlayedSchool, camera: MqttThing, room: Room) -> None:
    other = "demo-101-1"
    forbidden = [
        topics.capture_event(other),
        topics.rpc(other, "upload-urls"),
        topics.command(other, "capture"),
        topics.command(camera.name, "capture"),
        topics.rpc_accepted(camera.name, "upload-urls"),
        topics.capture_request(room.room_id),
        topics.register_hint(played.school_id, "m"),
    ]
    overheard = [
        topics.commands(other),
        "devices/+/commands/+",
        "devices/#",
        "#",
        topics.capture_event(other),
    ]

    assert {topic: camera.publish(topic, b"{}") for topic in forbidden} == dict.fromkeys(
        forbidden, NOT_AUTHORIZED
    )
    assert {topic: camera.subscribe(topic) for topic in overheard} == dict.fromkeys(overheard, NOT_AUTHORIZED)


def test_an_admins_client_may_neither_play_a_camera_nor_hear_of_another_school(
    played: PlayedSchool, admin: MqttThing, camera: MqttThing
) -> None:
    assert admin.publish(topics.command(camera.name, "capture"), b"{}") == NOT_AUTHORIZED
    assert admin.publish(topics.capture_event(camera.name), b"{}") == NOT_AUTHORIZED
    assert admin.subscribe(topics.register_hint("demo", "+")) == NOT_AUTHORIZED


def test_a_certificate_connects_under_its_own_name_only(
    played: PlayedSchool, things: Path, camera: MqttThing
) -> None:
    impostor = MqttThing(
        played.system,
        things,
        f"{played.school_id}-impostor",
        CAMERA_TYPE,
        {"school": played.school_id, "room": "nowhere"},
        client_id=camera.name,
    )
    with pytest.raises(Exception, match="CONNACK_CONNECTION_REFUSED"), impostor:
        pass
    verdict, _ = ask_urls(camera, urls_request(str(uuid.uuid4())))
    assert verdict == "rejected", "the camera itself is still connected"


@pytest.mark.parametrize(
    ("role", "method", "path", "body", "status", "problem"),
    [
        ("teacher", "POST", "/v1/captures", {"room_id": "r1", "request_id": "q"}, 403, "access-denied"),
        ("operator", "POST", "/v1/captures", {"room_id": "r1", "request_id": "q"}, 403, "access-denied"),
        ("teacher", "POST", "/v1/students", {"name": "N", "section_id": "sec-1-1"}, 403, "access-denied"),
        ("teacher", "GET", f"/v1/captures/{uuid.uuid4()}", None, 403, "access-denied"),
        ("operator", "GET", "/v1/registers/sec-1-1.2026-11-20.day/pictures", None, 403, "access-denied"),
        ("operator", "GET", "/v1/students", None, 403, "access-denied"),
        ("admin", "POST", "/v1/captures", {"room_id": "101", "request_id": "q"}, 409, "no-camera"),
        ("admin", "POST", "/v1/captures", {"room_id": "../r1", "request_id": "q"}, 422, "invalid"),
        ("admin", "POST", "/v1/captures", [], 422, "invalid"),
        ("admin", "GET", "/v1/captures/nothing-like-an-id", None, 422, "invalid"),
        ("admin", "GET", "/v1/registers/bio-1a.2026-11-20.p09", None, 404, "not-found"),
    ],
)
def test_a_caller_who_may_not_or_asks_wrongly_is_told_what_is_wrong(
    played: PlayedSchool, role: str, method: str, path: str, body: object, status: int, problem: str
) -> None:
    answer = played.api(role).call(method, path, body)

    assert (answer.status, answer.body["type"]) == (status, f"urn:rollcall:problem:{problem}")
    assert answer.body["detail"].endswith(".")


def test_a_stranger_gets_nothing(played: PlayedSchool) -> None:
    assert played.api(None).call("GET", "/v1/me").status == 401
    assert played.admin.call("GET", "/v1/me", Authorization="Bearer e30.e30.e30").status == 401


def test_a_teacher_sees_no_register_of_a_section_that_others_teach(played: PlayedSchool) -> None:
    taught_by_others = played.add_room(teacher="somebody-else")

    answer = played.api("teacher").call("GET", f"/v1/registers/{taught_by_others.section_id}.2026-11-20.day")

    assert (answer.status, answer.body["type"]) == (403, "urn:rollcall:problem:access-denied")
