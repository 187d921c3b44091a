"""Which section a room has at an instant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from attendance.domain.errors import TimetableConflictError

_ONE_DAY = timedelta(days=1)
_ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A slot of the bell schedule, in wall-clock time; an end at or before the start is on the next day."""

    period_id: str
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class Lesson:
    """A weekly entry of the timetable. `weekday` is ISO: Monday 1 to Sunday 7."""

    section_id: str
    room_id: str
    weekday: int
    period_id: str
    begins_on: date = date.min
    ends_on: date = date.max

    def falls_on(self, day: date) -> bool:
        return day.isoweekday() == self.weekday and self.begins_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class Meeting:
    """One section, one date, one period: what a register is for. Instants are UTC."""

    section_id: str
    room_id: str
    date: date
    period_id: str
    starts_at: datetime
    ends_at: datetime

    @property
    def meeting_id(self) -> str:
        """Stable and readable: section, date and period, which together name one meeting of a school."""
        return f"{self.section_id}.{self.date.isoformat()}.{self.period_id}"

    def covers(self, instant: datetime) -> bool:
        return self.starts_at <= instant < self.ends_at


@dataclass(frozen=True, slots=True)
class Timetable:
    """A school's bell schedule and weekly lessons, read in the school's time zone (an IANA name).

    A lesson in a period that the bell schedule does not have (any more) does not take place.
    """

    time_zone: str
    periods: tuple[Period, ...]
    lessons: tuple[Lesson, ...]

    def local_date(self, instant: datetime) -> date:
        return instant.astimezone(ZoneInfo(self.time_zone)).date()

    def meetings_on(self, day: date) -> tuple[Meeting, ...]:
        """Meetings that begin on a day of the school's calendar, by start, then room."""
        periods = {period.period_id: period for period in self.periods}
        meetings = (
            self._meeting(lesson, periods[lesson.period_id], day)
            for lesson in self.lessons
            if lesson.falls_on(day) and lesson.period_id in periods
        )
        return tuple(
            sorted(meetings, key=lambda meeting: (meeting.starts_at, meeting.room_id, meeting.section_id))
        )

    def find(self, meeting_id: str) -> Meeting | None:
        """The meeting with this id, or None where the timetable has no such meeting (any more)."""
        try:
            _, day, _ = meeting_id.rsplit(".", 2)
            meetings = self.meetings_on(date.fromisoformat(day))
        except (ValueError, OverflowError):  # no date, or one at the very edge of the calendar
            return None
        return next((meeting for meeting in meetings if meeting.meeting_id == meeting_id), None)

    def resolve(self, room_id: str, instant: datetime) -> Meeting | None:
        """The meeting that the room has at an instant, or None.

        Parameters
        ----------
        instant
            When the picture was taken, not when it arrived; aware.

        Raises
        ------
        TimetableConflictError
            Two lessons claim the room at that instant.
        """
        found = [meeting for meeting in self._around(instant) if meeting.room_id == room_id]
        if len(found) > 1:
            sections = " and ".join(sorted(meeting.section_id for meeting in found))
            message = (
                f"Room {room_id} is claimed by {sections} at {instant:%Y-%m-%d %H:%M}: mend the timetable."
            )
            raise TimetableConflictError(message)
        return found[0] if found else None

    def running_at(self, instant: datetime) -> tuple[Meeting, ...]:
        """All meetings that are on at an instant."""
        return tuple(self._around(instant))

    def _around(self, instant: datetime) -> Iterator[Meeting]:
        today = self.local_date(instant)
        for day in (today - _ONE_DAY, today):  # a period may run over midnight
            for meeting in self.meetings_on(day):
                if meeting.covers(instant):
                    yield meeting

    def _meeting(self, lesson: Lesson, period: Period, day: date) -> Meeting:
        last_day = day if period.ends > period.starts else day + _ONE_DAY
        return Meeting(
            section_id=lesson.section_id,
            room_id=lesson.room_id,
            date=day,
            period_id=lesson.period_id,
            starts_at=self._instant(day, period.starts),
            ends_at=self._instant(last_day, period.ends),
        )

    def _instant(self, day: date, wall_clock: time) -> datetime:
        """The first instant at which the school's clocks show a time, or a later one.

        So periods that do not overlap on the clock never do in time: one that the spring change skips
        has no length, and one that it cuts is shorter.
        """
        zone = ZoneInfo(self.time_zone)
        shown = datetime.combine(day, wall_clock)
        instant = shown.replace(tzinfo=zone).astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == shown:
            return instant
        # The clocks skip this time: the offset after the change leads before it, the one before after it.
        before = shown.replace(tzinfo=zone, fold=1).astimezone(UTC)
        while instant - before > _ONE_SECOND:
            middle = before + (instant - before) / 2
            if middle.astimezone(zone).replace(tzinfo=None) < shown:
                before = middle
            else:
                instant = middle
        return instant.replace(microsecond=0)
