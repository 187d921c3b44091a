"""Captures: when one is due, how its id is made, and the states it goes through."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from attendance.domain.policy import Policy
from attendance.domain.timetable import Meeting

# The status words of AWS IoT Commands.
CaptureStatus = Literal["CREATED", "IN_PROGRESS", "SUCCEEDED", "FAILED", "REJECTED", "CANCELLED", "TIMED_OUT"]
Trigger = Literal["scheduled", "adhoc"]
# Where the workflow has brought a capture: the console, the API and `make capture` show it.
RollStage = Literal["waiting", "taking", "recorded", "no_meeting", "failed"]

OPEN_STATUSES: frozenset[CaptureStatus] = frozenset({"CREATED", "IN_PROGRESS"})

_TICK = timedelta(microseconds=1)
_NAMESPACE = uuid5(NAMESPACE_URL, "rollcall/captures")


@dataclass(frozen=True, slots=True)
class Device:
    """A camera (an IoT Thing) and where the registry says it is."""

    device_id: str
    school_id: str
    room_id: str


@dataclass(frozen=True, slots=True)
class Capture:
    """What one command brings, and how far it has come.

    Parameters
    ----------
    status
        The command's state, as the device's events tell it.
    stage
        The register's state, as the workflow tells it.
    run
        Name of the workflow execution that owns this capture, once one does.
    reason
        Why the capture is where it is, for a person; None where all goes well.
    sent_at
        When the command was last published; it is sent again until an event is heard.
    """

    school_id: str
    device_id: str
    capture_id: str
    room_id: str
    trigger: Trigger
    requested_by: str
    requested_at: datetime
    expires_at: datetime
    status: CaptureStatus = "CREATED"
    reason: str | None = None
    stage: RollStage = "waiting"
    meeting_id: str | None = None
    run: str | None = None
    sent_at: datetime | None = None
    taken_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES

    @property
    def is_unwanted(self) -> bool:
        """Cancelled or refused: pictures that come all the same are not used.

        After FAILED they are welcome, for a device may miss the answer to its upload.
        """
        return self.status in {"REJECTED", "CANCELLED"}

    @property
    def has_arrived(self) -> bool:
        """The pictures are here and a workflow has them: from now on it alone tells how the capture goes."""
        return self.run is not None


def plausible_taken_at(capture: Capture, claimed: datetime) -> datetime:
    """When the pictures were taken: by the device's clock, held within the window of its command.

    The window is open at its end, where the room's next lesson may begin.
    """
    return min(max(claimed, capture.requested_at), capture.expires_at - _TICK)


def due_moment(meeting: Meeting, now: datetime, policy: Policy) -> datetime | None:
    """The latest capture moment of a meeting that has come; earlier ones it stands for are not made up."""
    moments = (meeting.starts_at + offset for offset in policy.capture_moments)
    return max((moment for moment in moments if moment <= now < meeting.ends_at), default=None)


def scheduled_capture_id(school_id: str, device_id: str, meeting_id: str, moment: datetime) -> str:
    """The same for the same moment, so a doubled schedule cannot double a capture."""
    instant = moment.astimezone(UTC).isoformat()
    return str(uuid5(_NAMESPACE, f"{school_id}/{device_id}/{meeting_id}/{instant}"))


def adhoc_capture_id(school_id: str, device_id: str, request_id: str) -> str:
    """The same for the same request, so a request delivered twice is one capture."""
    return str(uuid5(_NAMESPACE, f"{school_id}/{device_id}/adhoc/{request_id}"))


def next_status(current: CaptureStatus, told: CaptureStatus) -> CaptureStatus:
    """States only move forward: an event that comes late, twice or out of order never reopens an end.

    The one exception is SUCCEEDED after TIMED_OUT: the pictures did arrive, and late is better than lost.
    """
    if current in OPEN_STATUSES:
        return current if told == "CREATED" else told
    if current == "TIMED_OUT" and told == "SUCCEEDED":
        return told
    return current


def cameras_of(devices: Iterable[Device], room_id: str) -> tuple[Device, ...]:
    return tuple(device for device in devices if device.room_id == room_id)
