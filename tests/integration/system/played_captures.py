"""Plays cameras: captures as if commanded, what a camera uploads of them, and what became of it."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from played_school import PlayedSchool, Room, eventually
from workflows import Execution, Workflow

from attendance.contracts.object_keys import CapturePrefix
from attendance.contracts.upload import Manifest, ManifestFrame
from attendance.domain.captures import Capture, CaptureStatus
from attendance.domain.registers import Register

Frames = Mapping[str, bytes]

_ENDED = {"recorded", "no_meeting", "failed"}
_FRAME_SIZE = (1920, 1080)


class PlayedCameras:
    """The cameras of a played school.

    Attributes
    ----------
    rolls
        The executions of take-roll.
    """

    def __init__(self, school: PlayedSchool) -> None:
        self.school = school
        self._s3 = school.system.clients.client("s3")
        self._bucket = school.system.outputs["CapturesBucket"]
        self.rolls = Workflow(school.system, "TakeRollArn")

    def command(
        self, room: Room, *, status: CaptureStatus = "IN_PROGRESS", requested_at: datetime | None = None
    ) -> Capture:
        """A capture that was asked of the room's camera; by default the camera has said that it is at it."""
        now = requested_at or datetime.now(UTC)
        capture = Capture(
            school_id=self.school.school_id,
            device_id=room.device_id,
            capture_id=str(uuid.uuid4()),
            room_id=room.room_id,
            trigger="adhoc",
            requested_by="test",
            requested_at=now,
            expires_at=now + timedelta(minutes=5),
            status=status,
        )
        assert self.school.stores.captures.add(capture)
        return capture

    def bring(self, room: Room, frames: Frames) -> Capture:
        """Command a capture, and upload frames and manifest as they should be."""
        capture = self.command(room)
        self.upload(capture, frames)
        self.tell(capture, manifest_of(capture, frames))
        return capture

    def upload(self, capture: Capture, frames: Frames) -> None:
        for name, content in frames.items():
            self.put(place_of(capture).file(name), content)

    def tell(self, capture: Capture, manifest: Manifest | bytes) -> None:
        """Upload a capture's manifest, with which its roll begins."""
        content = manifest if isinstance(manifest, bytes) else manifest.to_json()
        self.put(place_of(capture).manifest, content)

    def put(self, key: str, content: bytes) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=content, ChecksumAlgorithm="SHA256")

    def outcome(self, capture: Capture) -> Mapping[str, Any]:
        """What the API tells of a capture, once its roll has ended."""

        def look() -> Mapping[str, Any] | None:
            state = self.school.admin.call("GET", f"/v1/captures/{capture.capture_id}").body
            return state if state["stage"] in _ENDED else None

        return eventually(look)

    def stored(self, capture: Capture) -> Capture:
        return self.school.stores.captures.get(capture.school_id, capture.capture_id)

    def register(self, capture: Capture) -> Register:
        """The register of the meeting that a capture was asked for, once the capture is on it."""
        stores = self.school.stores
        timetable = stores.schools.timetable(capture.school_id)
        meeting = timetable.resolve(capture.room_id, capture.requested_at)
        assert meeting is not None

        def look() -> Register | None:
            register = stores.registers.get(capture.school_id, meeting.meeting_id)
            on_it = {outcome.capture_id for outcome in register.captures} if register else set()
            return register if capture.capture_id in on_it else None

        return eventually(look)

    def begin_again(self, capture: Capture) -> None:
        """Start take-roll once more, as a manifest's event that comes twice does."""
        self.rolls.begin(self._bucket, place_of(capture).manifest)

    def executions(self, capture: Capture) -> list[Execution]:
        """The executions of take-roll for a capture, once all of them have ended."""
        return self.rolls.executions(place_of(capture).manifest)

    def tick(self) -> None:
        """What the schedule does every minute, now."""
        name = self.school.system.outputs["DispatchCapturesName"]
        answer = self.school.system.clients.client("lambda").invoke(FunctionName=name, Payload=b"{}")
        assert "FunctionError" not in answer, answer["Payload"].read()


def place_of(capture: Capture) -> CapturePrefix:
    return CapturePrefix(capture.school_id, capture.device_id, capture.capture_id)


def manifest_of(capture: Capture, frames: Frames) -> Manifest:
    width, height = _FRAME_SIZE
    return Manifest(
        capture_id=capture.capture_id,
        device_id=capture.device_id,
        frames=tuple(
            ManifestFrame(
                name=name,
                bytes=len(content),
                sha256=sha256(content).hexdigest(),
                taken_at=capture.requested_at,
                width=width,
                height=height,
            )
            for name, content in frames.items()
        ),
    )


def present_in(register: Register) -> frozenset[str]:
    return frozenset(key for key, mark in register.marks.items() if mark.status == "present")


def demand_nobody_absent(register: Register) -> None:
    """A fault is nobody's absence, on the register and on what is counted from it."""
    assert {mark.status for mark in register.marks.values()} <= {"present", "unseen"}
    assert register.count().absent == 0
