"""Every minute: command the captures that are due, repeat the unheard ones, end the expired ones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from attendance.domain.captures import Capture, Device, cameras_of, due_moment, scheduled_capture_id
from attendance.domain.policy import Policy
from attendance.domain.timetable import Meeting
from attendance.ports import (
    Announcer,
    CaptureStore,
    Clock,
    DeviceRegistry,
    Messenger,
    RegisterStore,
    SchoolStore,
)
from attendance.usecases.fail_capture import fail_capture
from attendance.usecases.send_capture import create_and_send, send_again

# Pictures taken in time may be uploaded this much later; devices keep them as long (DESIGN: contracts).
UPLOAD_RETENTION = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Dispatched:
    created: int = 0
    repeated: int = 0
    timed_out: int = 0

    def __add__(self, other: "Dispatched") -> "Dispatched":
        return Dispatched(
            self.created + other.created, self.repeated + other.repeated, self.timed_out + other.timed_out
        )


def dispatch_captures(
    *,
    schools: SchoolStore,
    registry: DeviceRegistry,
    captures: CaptureStore,
    registers: RegisterStore,
    messenger: Messenger,
    announcer: Announcer,
    clock: Clock,
) -> Dispatched:
    """One tick. Run twice in a minute, or after an outage, it brings the same captures."""
    now = clock()
    total = Dispatched()
    for school_id in schools.schools():
        policy = schools.policy(school_id)
        cameras = registry.cameras(school_id)
        for meeting in schools.timetable(school_id).running_at(now):
            total += _command_due(school_id, meeting, cameras, policy, now, captures, messenger)
        for room_id in sorted({camera.room_id for camera in cameras}):
            for capture in captures.open_in_room(school_id, room_id):
                if has_timed_out(capture, now):
                    captures.advance(capture, "TIMED_OUT", "EXPIRED")
                    fail_capture(
                        replace(capture, status="TIMED_OUT"),
                        state="device",
                        error="TIMED_OUT",
                        detail="The camera did not answer in time: is it switched on and connected?",
                        schools=schools,
                        registers=registers,
                        captures=captures,
                        announcer=announcer,
                        clock=clock,
                    )
                    total += Dispatched(timed_out=1)
                elif capture.status == "CREATED" and send_again(
                    capture, policy, now, captures=captures, messenger=messenger
                ):
                    total += Dispatched(repeated=1)
    return total


def has_timed_out(capture: Capture, now: datetime) -> bool:
    """A command nobody answered ends with its own expiry; one that was accepted has time to upload."""
    limit = capture.expires_at if capture.status == "CREATED" else capture.expires_at + UPLOAD_RETENTION
    return capture.is_open and now >= limit


def _command_due(
    school_id: str,
    meeting: Meeting,
    cameras: Sequence[Device],
    policy: Policy,
    now: datetime,
    captures: CaptureStore,
    messenger: Messenger,
) -> Dispatched:
    moment = due_moment(meeting, now, policy)
    if moment is None:
        return Dispatched()
    created = 0
    for camera in cameras_of(cameras, meeting.room_id):
        capture = Capture(
            school_id=school_id,
            device_id=camera.device_id,
            capture_id=scheduled_capture_id(school_id, camera.device_id, meeting.meeting_id, moment),
            room_id=camera.room_id,
            trigger="scheduled",
            requested_by="scheduler",
            requested_at=now,
            expires_at=meeting.ends_at,
            meeting_id=meeting.meeting_id,
        )
        created += create_and_send(capture, policy, now, captures=captures, messenger=messenger)
    return Dispatched(created=created)
