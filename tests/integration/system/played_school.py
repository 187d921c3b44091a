"""A school of the tests' own in the running system: its students are enrolled, its cameras played by a test.

The demo school lives in the same system and stays as it is, so a test may break what it likes here.
"""

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from datetime import time as wall_clock
from pathlib import Path
from typing import Any, TypeVar

import boto3
import urllib3

from attendance.adapters.iot import CAMERA_TYPE
from attendance.domain.policy import DEFAULT_POLICY, Policy
from attendance.domain.rosters import Enrollment, Section, Student
from attendance.domain.timetable import Lesson, Period, Timetable
from demo.cameras import ComposedCapture, compose_capture, cut_heads
from demo.portraits import PortraitFolder, fetch_portraits
from demo.school import demo_school
from faces import FaceEngine
from local.builds import npm_command
from local.dashboard import Dashboard
from local.staff import SignIn, make_accounts
from local.stores import Stores
from local.system import LocalSystem

Found = TypeVar("Found")

CLASS_SIZE = 6
# A lesson a day, from midnight to midnight: no test has to wait for a bell.
_ALL_DAY = Period("day", wall_clock(0), wall_clock(0))
_TERM_BEGINS = date(2026, 1, 1)
# Nothing is commanded by the schedule: a test asks for each capture itself.
UNSCHEDULED = replace(DEFAULT_POLICY, version="played-1", capture_moments=())


def eventually(look: Callable[[], Found | None], seconds: float = 120) -> Found:
    """What a look finds, once it finds something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.25)
    raise AssertionError(f"not within {seconds} s")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said; `body` is its JSON."""

    status: int
    body: Any


class Api:
    """The HTTP API as one signed-in person uses it, or somebody who has not signed in."""

    def __init__(self, url: str, sign_in: SignIn | None) -> None:
        self._url = url
        self._http = urllib3.PoolManager(timeout=30, retries=False)
        self._headers = {"Content-Type": "application/json"}
        if sign_in is not None:
            self._headers["Authorization"] = f"Bearer {Dashboard(url, sign_in).token()}"

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        content = None if body is None else json.dumps(body).encode()
        answer = self._http.request(
            method, f"{self._url}{path}", body=content, headers=self._headers | headers
        )
        return Answer(answer.status, json.loads(answer.data or b"null"))


def put(url: str, headers: Mapping[str, str], content: bytes) -> int:
    """PUT to a presigned URL with exactly the headers that were signed; the HTTP status."""
    skipped = dict.fromkeys(("User-Agent", "Accept-Encoding"), urllib3.util.SKIP_HEADER)
    return (
        urllib3.PoolManager(retries=False)
        .request("PUT", url, body=content, headers={**skipped, **headers})
        .status
    )


@dataclass(frozen=True, slots=True)
class Room:
    """A room, its one camera, and what is taught there all day."""

    room_id: str
    device_id: str
    section_ids: tuple[str, ...]

    @property
    def section_id(self) -> str:
        return self.section_ids[0]


@dataclass(frozen=True, slots=True)
class PortraitState:
    status: str
    codes: tuple[str, ...]
    message: str


class PlayedSchool:
    """A school of one class, which is taught in as many rooms as tests ask for.

    Attributes
    ----------
    burst
        Three frames of the class, and who is there.
    """

    def __init__(self, system: LocalSystem, folder: Path) -> None:
        self.system = system
        self.school_id = f"played-{uuid.uuid4().hex[:6]}"
        self.portraits: PortraitFolder = fetch_portraits(system.settings.build_dir / "demo", npm_command())
        whole = demo_school().section_in("101")
        taught = replace(whole, students=whole.students[:CLASS_SIZE])
        self._portrait_of = {student.student_id: student.portrait for student in taught.students}
        heads = cut_heads(self.portraits, [*self._portrait_of.values(), taught.stranger], FaceEngine())
        # In every fourth burst there is no stranger.
        self.burst: ComposedCapture = compose_capture(taught, heads, seed=24, number=4)
        self._lessons: list[Lesson] = []
        self._rooms = 0
        self.set_policy(UNSCHEDULED)
        self._sign_ins = make_accounts(
            system.clients.client("cognito-idp"),
            system.outputs["UserPoolId"],
            self.school_id,
            {self.account(role): (role,) for role in ("admin", "teacher", "operator")},
            folder / "sign-ins.json",
        )
        self.admin = self.api("admin")

    @property
    def stores(self) -> Stores:
        return self.system.stores

    @property
    def students(self) -> frozenset[str]:
        return frozenset(self._portrait_of)

    @property
    def good_portrait(self) -> bytes:
        """A portrait that enrolls whoever brings it."""
        return self.portraits.read(next(iter(self._portrait_of.values())))

    def portrait_of(self, student_id: str) -> bytes:
        """The portrait that a student of the class is enrolled with."""
        return self.portraits.read(self._portrait_of[student_id])

    def account(self, role: str) -> str:
        return f"{self.school_id}-{role}"

    def api(self, role: str | None) -> Api:
        return Api(self.system.settings.dashboard_url, self._sign_ins[self.account(role)] if role else None)

    def set_policy(self, policy: Policy) -> None:
        self._policy = policy
        timetable = Timetable("UTC", (_ALL_DAY,), tuple(self._lessons))
        self.stores.schools.add_school(self.school_id, "Played School", policy, timetable)

    def add_room(self, *, lessons: int = 1, has_camera: bool = True, teacher: str | None = None) -> Room:
        """A room; without lessons nothing is taught there, with two they claim it both.

        Without a camera, a test registers one under the room's device id itself.
        """
        self._rooms += 1
        room_id = f"r{self._rooms}"
        sections = tuple(f"sec-{self._rooms}-{number + 1}" for number in range(lessons))
        for section_id in sections:
            self._add_section(section_id, teacher or self.account("teacher"))
            self._lessons += [Lesson(section_id, room_id, day, _ALL_DAY.period_id) for day in range(1, 8)]
        self.set_policy(self._policy)
        device_id = f"{self.school_id}-{room_id}-1"
        if has_camera:
            self.system.clients.client("iot").create_thing(
                thingName=device_id,
                thingTypeName=CAMERA_TYPE,
                attributePayload={"attributes": {"school": self.school_id, "room": room_id}},
            )
        return Room(room_id, device_id, sections)

    def enrol_class(self) -> None:
        """Give every student consent and a face reference, as an admin does on the dashboard."""
        room = self.add_room()
        for student_id in self.students:
            self.add_student(room, student_id)
        sent = {
            student_id: self.send_portrait(student_id, self.portraits.read(portrait))
            for student_id, portrait in self._portrait_of.items()
        }
        for student_id, portrait_id in sent.items():
            settled = self.settled_portrait(student_id, portrait_id)
            assert settled.status == "enrolled", settled

    def add_student(self, room: Room, student_id: str, *, consents: bool = True) -> None:
        new: dict[str, object] = {
            "student_id": student_id,
            "name": f"Student {student_id}",
            "section_id": room.section_id,
        }
        if consents:
            new["consent"] = {"given_by": "A Guardian", "text_version": "1"}
        answer = self.admin.call("POST", "/v1/students", new)
        assert answer.status == 201, answer

    def ask_portrait(self, student_id: str, content: bytes) -> Answer:
        wanted = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        return self.admin.call("POST", f"/v1/students/{student_id}/portraits", wanted)

    def send_portrait(self, student_id: str, content: bytes) -> str:
        """Upload a portrait through the API; the id under which it is followed."""
        asked = self.ask_portrait(student_id, content)
        assert asked.status == 201, asked
        upload = asked.body["upload"]
        assert put(upload["url"], upload["headers"], content) == 200
        return str(asked.body["portrait_id"])

    def settled_portrait(self, student_id: str, portrait_id: str) -> PortraitState:
        """What the dashboard shows of a portrait, once something has become of it."""

        def look() -> PortraitState | None:
            shown = self.admin.call("GET", f"/v1/students/{student_id}/portraits/{portrait_id}").body
            if shown["status"] == "waiting":
                return None
            return PortraitState(shown["status"], tuple(shown["codes"]), shown["message"] or "")

        return eventually(look)

    def students_with_reference(self) -> list[str]:
        """The student of each face reference that Rekognition holds for this school, sorted."""
        credentials = self.system.emulator.credentials
        rekognition = boto3.client(
            "rekognition",
            endpoint_url=self.system.settings.rekognition_url,
            region_name=self.system.clients.region,
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key,
        )
        pages = rekognition.get_paginator("list_faces").paginate(CollectionId=f"rollcall-{self.school_id}")
        return sorted(face["ExternalImageId"] for page in pages for face in page["Faces"])

    def _add_section(self, section_id: str, teacher: str) -> None:
        section = Section(section_id, section_id, frozenset({teacher}))
        self.stores.schools.add_section(self.school_id, section)
        for student_id in self.students:
            self.stores.students.add_student(
                self.school_id,
                Student(student_id, f"Student {student_id}"),
                [Enrollment(student_id, section_id, begins_on=_TERM_BEGINS)],
            )
