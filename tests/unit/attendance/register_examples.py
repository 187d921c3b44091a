"""A meeting of three students, and captures of it."""

from datetime import date, datetime, time, timedelta

from attendance.domain.policy import DEFAULT_POLICY
from attendance.domain.registers import CaptureOutcome, Evidence, expected_register
from attendance.domain.sightings import Box
from attendance.domain.timetable import Lesson, Period, Timetable

ROSTER = ("ada", "carl", "emmy")
MEETING = Timetable("UTC", (Period("p1", time(9), time(10)),), (Lesson("7a", "r1", 1, "p1"),)).meetings_on(
    date(2026, 11, 23)
)[0]
EXPECTED = expected_register("lakeside", MEETING, ROSTER, DEFAULT_POLICY)
BOX = Box(0.1, 0.2, 0.05, 0.08)
APART = timedelta(minutes=6)  # more than one look, and every capture but the first is after `late_after`


def outcome(number: int, *, faces: int = 3, at: datetime | None = None) -> CaptureOutcome:
    """A capture of one frame; without faces it is not a good one."""
    return CaptureOutcome(
        capture_id=f"capture-{number}",
        taken_at=at or MEETING.starts_at + number * APART,
        frames=1,
        readable_frames=1,
        faces=faces,
        unknown_faces=0,
        unsearched_faces=0,
    )


def seen_in(capture: CaptureOutcome, similarity: float = 95.0, *, recognised: bool = True) -> Evidence:
    return Evidence(capture.capture_id, capture.taken_at, 1, 0, BOX, similarity, recognised, 1)
