"""The meetings of a day, with how far each register has come."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from attendance.domain.registers import Counts, Register, RegisterStatus
from attendance.domain.rosters import Section, roster_on
from attendance.domain.timetable import Meeting
from attendance.ports import RegisterStore, SchoolStore


@dataclass(frozen=True, slots=True)
class MeetingOverview:
    """A meeting with its register in numbers; `version` 0 has no register yet."""

    meeting_id: str
    section: Section
    room_id: str
    date: date
    period_id: str
    starts_at: datetime
    ends_at: datetime
    status: RegisterStatus
    counts: Counts
    version: int


@dataclass(frozen=True, slots=True)
class MeetingsOfDay:
    date: date
    time_zone: str
    meetings: tuple[MeetingOverview, ...]


def list_meetings(
    school_id: str,
    day: date | None,
    now: datetime,
    *,
    is_visible: Callable[[Section], bool],
    schools: SchoolStore,
    registers: RegisterStore,
) -> MeetingsOfDay:
    """The meetings of a day of the school's calendar, by start and room.

    Parameters
    ----------
    day
        None is today, with what began yesterday and is still on.
    is_visible
        Which sections the caller may see; the others' rosters and registers are not even read.

    A register whose lesson has left the timetable since is listed all the same.
    """
    timetable = schools.timetable(school_id)
    shown = day or timetable.local_date(now)
    planned = list(timetable.meetings_on(shown))
    if day is None:
        planned += [meeting for meeting in timetable.running_at(now) if meeting.date != shown]
    sections = {s.section_id: s for s in schools.sections(school_id) if is_visible(s)}

    written = {
        register.meeting_id: register
        for date_shown in sorted({shown, *(meeting.date for meeting in planned)})
        for register in registers.on_date(school_id, date_shown)
        if register.date == shown or any(m.meeting_id == register.meeting_id for m in planned)
    }
    overviews = [_of_register(r, sections) for r in written.values() if r.section_id in sections]
    waiting = [m for m in planned if m.meeting_id not in written and m.section_id in sections]
    sizes = _roster_sizes(school_id, waiting, schools)
    overviews += [_of_meeting(meeting, sections, sizes[meeting.meeting_id]) for meeting in waiting]
    overviews.sort(key=lambda overview: (overview.starts_at, overview.room_id, overview.meeting_id))
    return MeetingsOfDay(date=shown, time_zone=timetable.time_zone, meetings=tuple(overviews))


def _of_register(register: Register, sections: Mapping[str, Section]) -> MeetingOverview:
    return MeetingOverview(
        meeting_id=register.meeting_id,
        section=sections[register.section_id],
        room_id=register.room_id,
        date=register.date,
        period_id=register.period_id,
        starts_at=register.starts_at,
        ends_at=register.ends_at,
        status=register.status,
        counts=register.count(),
        version=register.version,
    )


def _of_meeting(meeting: Meeting, sections: Mapping[str, Section], students: int) -> MeetingOverview:
    return MeetingOverview(
        meeting_id=meeting.meeting_id,
        section=sections[meeting.section_id],
        room_id=meeting.room_id,
        date=meeting.date,
        period_id=meeting.period_id,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        status="expected",
        counts=Counts(present=0, doubtful=0, unseen=students, absent=0, students=students),
        version=0,
    )


def _roster_sizes(school_id: str, meetings: Sequence[Meeting], schools: SchoolStore) -> dict[str, int]:
    """One read a section, however often it meets that day."""
    wanted = sorted({meeting.section_id for meeting in meetings})
    enrollments = {section_id: schools.enrollments(school_id, section_id) for section_id in wanted}
    return {
        meeting.meeting_id: len(roster_on(enrollments[meeting.section_id], meeting.section_id, meeting.date))
        for meeting in meetings
    }
