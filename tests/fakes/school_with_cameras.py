"""The example school with what a roll needs: cameras that upload, a face index, listeners, the machine."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from attendance.contracts.capture import CaptureEvent, CommandStatus, Reason, ReasonCode
from attendance.contracts.object_keys import CapturePrefix
from attendance.contracts.upload import Manifest, ManifestFrame
from attendance.contracts.workflow import CaptureRef, Failure
from attendance.domain.captures import Capture, Device
from attendance.domain.errors import AttendanceError
from attendance.domain.registers import Register
from attendance.usecases.decide_marks import decide_marks
from attendance.usecases.detect_faces import detect_faces
from attendance.usecases.dispatch_captures import Dispatched, dispatch_captures
from attendance.usecases.open_capture import open_capture
from attendance.usecases.publish_summary import publish_summary
from attendance.usecases.record_capture_event import record_capture_event
from attendance.usecases.record_failure import record_failure
from attendance.usecases.record_marks import record_marks
from attendance.usecases.request_capture import request_capture
from attendance.usecases.resolve_meeting import resolve_meeting
from attendance.usecases.search_faces import search_faces
from tests.fakes.example_school import MATHS_NOW, SCHOOL, ExampleSchool
from tests.fakes.face_index import ScriptedFaceIndex, seat
from tests.fakes.stores import InMemoryProjections, InMemoryRegistry, RecordingAnnouncer

CAMERA = "lakeside-r101-1"
SECOND_CAMERA = "lakeside-r101-2"
ROOM = "r101"


def clock_at(hour: int, minute: int, second: int = 0) -> datetime:
    """A time of the example's Monday, UTC; the school's clocks are an hour ahead."""
    return datetime(2026, 11, 23, hour, minute, second, tzinfo=UTC)


def jpeg_of(frame: int) -> bytes:
    return f"the pixels of frame {frame}".encode()


@dataclass
class SchoolWithCameras(ExampleSchool):
    """Ports in memory, and the steps that Step Functions would call, in its order."""

    index: ScriptedFaceIndex = field(default_factory=ScriptedFaceIndex)
    announcer: RecordingAnnouncer = field(default_factory=RecordingAnnouncer)
    projections: InMemoryProjections = field(default_factory=InMemoryProjections)
    failure: AttendanceError | None = None
    """What the last roll failed with."""

    def add_camera(self, device_id: str, room_id: str = ROOM, school_id: str = SCHOOL) -> None:
        devices = {**self.registry.devices, device_id: Device(device_id, school_id, room_id)}
        self.registry = InMemoryRegistry(devices)

    def tick(self, now: datetime | None = None) -> Dispatched:
        self.clock.now = now or self.clock.now
        return dispatch_captures(
            schools=self.schools,
            registry=self.registry,
            captures=self.captures,
            registers=self.registers,
            messenger=self.messenger,
            announcer=self.announcer,
            clock=self.clock,
        )

    def scheduled_capture(self) -> Capture:
        """The capture that is due at 09:10 in the school's morning."""
        self.tick(clock_at(8, 10))
        return next(capture for capture in self.captures.captures.values() if capture.device_id == CAMERA)

    def requested_capture(self, request_id: str = "again-please") -> Capture:
        return request_capture(
            SCHOOL,
            ROOM,
            requested_by="ida",
            request_id=request_id,
            schools=self.schools,
            registry=self.registry,
            captures=self.captures,
            messenger=self.messenger,
            clock=self.clock,
        )[0]

    def stored(self, capture: Capture) -> Capture:
        return self.captures.get(capture.school_id, capture.capture_id)

    def device_tells(
        self,
        capture: Capture,
        status: CommandStatus,
        code: ReasonCode | None = None,
        *,
        device_id: str | None = None,
    ) -> bool:
        event = CaptureEvent(
            capture_id=capture.capture_id,
            status=status,
            at=self.clock.now,
            reason=Reason(code=code, detail="says the camera") if code else None,
        )
        return record_capture_event(
            device_id or capture.device_id,
            event,
            registry=self.registry,
            schools=self.schools,
            captures=self.captures,
            registers=self.registers,
            announcer=self.announcer,
            clock=self.clock,
        )

    def upload(
        self,
        capture: Capture,
        seen: Sequence[Mapping[str, float] | None],
        *,
        frames: int = 2,
        lost: Sequence[int] = (),
        taken_at: datetime | None = None,
        manifest: bytes | None = None,
    ) -> str:
        """Put a capture's frames and manifest into the bucket; the manifest's key.

        Parameters
        ----------
        seen
            A face a seat, in every frame, with its candidates; None: a stranger.
        lost
            Numbers of frames that the manifest names and that never arrive.
        """
        place = CapturePrefix(capture.school_id, capture.device_id, capture.capture_id)
        first = taken_at or capture.requested_at + timedelta(seconds=5)
        named = []
        for number in range(1, frames + 1):
            content = jpeg_of(number)
            key = place.file(f"{number}.jpg")
            if number not in lost:
                self.pictures.contents[key] = content
            self.index.pictures[key] = [(seat(n), face or {}) for n, face in enumerate(seen)]
            named.append(
                ManifestFrame(
                    name=f"{number}.jpg",
                    bytes=len(content),
                    sha256=hashlib.sha256(content).hexdigest(),
                    taken_at=first + timedelta(seconds=number - 1),
                    width=1920,
                    height=1080,
                )
            )
        told = Manifest(capture_id=capture.capture_id, device_id=capture.device_id, frames=tuple(named))
        self.pictures.contents[place.manifest] = told.to_json() if manifest is None else manifest
        return place.manifest

    def roll(self, manifest_key: str, run: str = "run-1") -> str:
        """Run take-roll; the name of the state that it ends in."""
        self.failure = None
        self._state = "OpenCapture"
        try:
            return self._steps(manifest_key, run)
        except AttendanceError as error:
            self.failure = error
            self.record_failure(self._state, manifest_key, run, error)
            return "RollFailed"

    def record_failure(self, state: str, key: str, run: str, error: Exception) -> None:
        record_failure(
            state,
            key,
            run,
            Failure(error=type(error).__name__, cause=str(error)),
            schools=self.schools,
            registers=self.registers,
            captures=self.captures,
            announcer=self.announcer,
            clock=self.clock,
        )

    def register(self, meeting_id: str = MATHS_NOW) -> Register | None:
        return self.registers.get(SCHOOL, meeting_id)

    def statuses(self, meeting_id: str = MATHS_NOW) -> dict[str, str]:
        register = self.register(meeting_id)
        assert register is not None, f"no register of {meeting_id}"
        return {student_id: mark.status for student_id, mark in register.marks.items()}

    def _steps(self, manifest_key: str, run: str) -> str:
        opened = open_capture(
            manifest_key, run, files=self.pictures, captures=self.captures, registry=self.registry
        )
        if opened.outcome == "already_taken":
            return "AlreadyTaken"
        ref = opened.capture
        self._state = "ResolveMeeting"
        resolved = resolve_meeting(ref, schools=self.schools, captures=self.captures)
        if resolved.meeting_id is None:
            return "NoMeeting"
        self._state = "DetectFaces"
        detected = [
            detect_faces(ref, frame, index=self.index, files=self.pictures) for frame in opened.frames
        ]
        self._state = "SearchFaces"
        searched = search_faces(ref, detected, index=self.index, files=self.pictures, schools=self.schools)
        self._state = "DecideMarks"
        decided = decide_marks(ref, resolved.meeting_id, files=self.pictures, schools=self.schools)
        self._state = "RecordMarks"
        recorded = self.record_marks(ref, resolved.meeting_id, detected)
        self._state = "PublishSummary"
        publish_summary(ref, detected, searched, decided.unknown_faces, recorded, announcer=self.announcer)
        return "Published"

    def record_marks(self, ref: CaptureRef, meeting_id: str, detected):
        return record_marks(
            ref,
            meeting_id,
            detected,
            files=self.pictures,
            schools=self.schools,
            registers=self.registers,
            captures=self.captures,
            clock=self.clock,
        )
