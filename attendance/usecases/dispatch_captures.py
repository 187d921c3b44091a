"""Every minute: command the captures that are due, repeat the unheard ones, end the expired ones."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from attendance.domain.captures import Capture, Device, cameras_of, due_moment, scheduled_capture_id
from attendance.domain.errors import AttendanceError
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
    """One tick. Run twice in a minute, or after an outage, it brings the same captures.

    A fault with one school, meeting or room does not keep the others waiting.

    Raises
    ------
    AttendanceError
        The first of such faults, once all the rest is done; the next tick tries again.
    """
    tick = _Tick(schools, registry, captures, registers, messenger, announcer, clock, now=clock())
    total = Dispatched()
    for school_id in schools.schools():
        with tick.fault_put_off():
            total += tick.dispatch_school(school_id)
    if tick.faults:
        raise tick.faults[0]
    return total


def has_timed_out(capture: Capture, now: datetime) -> bool:
    """A command nobody answered ends with its own expiry; one that was accepted has time to upload."""
    limit = capture.expires_at if capture.status == "CREATED" else capture.expires_at + UPLOAD_RETENTION
    return capture.is_open and now >= limit


@dataclass(slots=True)
class _Tick:
    schools: SchoolStore
    registry: DeviceRegistry
    captures: CaptureStore
    registers: RegisterStore
    messenger: Messenger
    announcer: Announcer
    clock: Clock
    now: datetime
    faults: list[AttendanceError] = field(default_factory=list)

    @contextmanager
    def fault_put_off(self) -> Iterator[None]:
        try:
            yield
        except AttendanceError as fault:
            self.faults.append(fault)

    def dispatch_school(self, school_id: str) -> Dispatched:
        policy = self.schools.policy(school_id)
        cameras = self.registry.cameras(school_id)
        total = Dispatched()
        for meeting in self.schools.timetable(school_id).running_at(self.now):
            with self.fault_put_off():
                total += self._command_due(school_id, meeting, cameras, policy)
        for room_id in sorted({camera.room_id for camera in cameras}):
            with self.fault_put_off():
                total += self._follow_open(school_id, room_id, policy)
        return total

    def _command_due(
        self, school_id: str, meeting: Meeting, cameras: Sequence[Device], policy: Policy
    ) -> Dispatched:
        moment = due_moment(meeting, self.now, policy)
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
                requested_at=self.now,
                expires_at=meeting.ends_at,
                meeting_id=meeting.meeting_id,
            )
            created += create_and_send(
                capture, policy, self.now, captures=self.captures, messenger=self.messenger
            )
        return Dispatched(created=created)

    def _follow_open(self, school_id: str, room_id: str, policy: Policy) -> Dispatched:
        repeated = timed_out = 0
        for capture in self.captures.open_in_room(school_id, room_id):
            if has_timed_out(capture, self.now):
                timed_out += self._time_out(capture)
            elif capture.status == "CREATED":
                repeated += send_again(
                    capture, policy, self.now, captures=self.captures, messenger=self.messenger
                )
        return Dispatched(repeated=repeated, timed_out=timed_out)

    def _time_out(self, listed: Capture) -> bool:
        capture = self.captures.get(listed.school_id, listed.capture_id)  # lists may lag behind
        if capture.has_arrived:  # and the device's word of it was lost
            self.captures.advance(capture, "SUCCEEDED", None)
            return False
        if not has_timed_out(capture, self.now):
            return False
        # The status last: where the rest fails, the next tick finds the capture open and tries again.
        fail_capture(
            capture,
            state="device",
            error="TIMED_OUT",
            detail="The camera did not answer in time: is it switched on and connected?",
            schools=self.schools,
            registers=self.registers,
            captures=self.captures,
            announcer=self.announcer,
            clock=self.clock,
        )
        return self.captures.advance(capture, "TIMED_OUT", None)
