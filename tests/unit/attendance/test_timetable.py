from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from attendance.domain.errors import TimetableConflictError
from attendance.domain.timetable import Lesson, Period, Timetable

# Whole hours, half hours, a change of half an hour, none, and one that has skipped a whole day.
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "UTC",
    "Pacific/Apia",
]
EVERY_DAY = range(1, 8)
CHANGE_DAYS = [date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1), date(2026, 4, 5)]
days = st.one_of(st.sampled_from(CHANGE_DAYS), st.dates(date(2020, 1, 1), date(2035, 1, 1)))


@st.composite
def bell_schedules(draw) -> tuple[Period, ...]:
    """Periods that do not overlap on the clock; the last may run over midnight."""
    minutes = draw(st.lists(st.integers(0, 24 * 60 - 1), min_size=2, max_size=7, unique=True).map(sorted))
    edges = [time(minute // 60, minute % 60) for minute in minutes]
    spans = list(pairwise(edges))
    if draw(st.booleans()):
        spans.append((edges[-1], edges[0]))
    return tuple(Period(f"p{number}", *span) for number, span in enumerate(spans))


@st.composite
def timetables(draw) -> Timetable:
    periods = draw(bell_schedules())
    slots = [(room, weekday, p.period_id) for room in ("r1", "r2") for weekday in EVERY_DAY for p in periods]
    held = draw(st.integers(0, 2 ** len(slots) - 1))
    lessons = tuple(
        Lesson(f"section-of-{room}", room, weekday, period_id)
        for bit, (room, weekday, period_id) in enumerate(slots)
        if held >> bit & 1
    )
    return Timetable(draw(st.sampled_from(ZONES)), periods, lessons)


def all_meetings_near(timetable: Timetable, day: date):
    return [
        meeting for offset in range(-2, 3) for meeting in timetable.meetings_on(day + timedelta(days=offset))
    ]


@given(timetables(), days, st.integers(0, 24 * 3600))
def test_a_room_has_the_one_meeting_that_covers_the_instant(timetable, day, second):
    instant = datetime.combine(day, time(), tzinfo=UTC) + timedelta(seconds=second)
    expected = [
        meeting
        for meeting in all_meetings_near(timetable, day)
        if meeting.room_id == "r1" and meeting.starts_at <= instant < meeting.ends_at
    ]
    assert [timetable.resolve("r1", instant)] == (expected or [None])


@given(timetables(), days)
def test_periods_that_do_not_overlap_on_the_clock_never_do_in_time(timetable, day):
    meetings = [meeting for meeting in all_meetings_near(timetable, day) if meeting.room_id == "r1"]
    for earlier, later in pairwise(meetings):
        assert earlier.starts_at <= earlier.ends_at <= later.starts_at


@given(timetables(), days)
def test_every_meeting_is_found_again_by_its_id(timetable, day):
    for meeting in timetable.meetings_on(day):
        assert timetable.find(meeting.meeting_id) == meeting


@given(timetables(), days)
def test_every_meeting_that_lasts_is_resolved_from_its_first_instant_to_its_last(timetable, day):
    for meeting in timetable.meetings_on(day):
        if meeting.starts_at == meeting.ends_at:
            continue
        assert timetable.resolve(meeting.room_id, meeting.starts_at) == meeting
        assert timetable.resolve(meeting.room_id, meeting.ends_at - timedelta(microseconds=1)) == meeting
        assert timetable.resolve(meeting.room_id, meeting.ends_at) != meeting


@given(timetables(), days, st.integers(0, 24 * 3600))
def test_what_is_running_is_what_the_rooms_resolve_to(timetable, day, second):
    instant = datetime.combine(day, time(), tzinfo=UTC) + timedelta(seconds=second)
    resolved = {timetable.resolve(room, instant) for room in ("r1", "r2")} - {None}
    assert set(timetable.running_at(instant)) == resolved


@given(timetables(), days)
def test_a_meeting_begins_at_the_time_its_period_shows_on_the_wall(timetable, day):
    zone = ZoneInfo(timetable.time_zone)
    periods = {period.period_id: period for period in timetable.periods}
    for meeting in timetable.meetings_on(day):
        shown = meeting.starts_at.astimezone(zone)
        if (shown.date(), shown.time()) != (day, periods[meeting.period_id].starts):
            assert shown.replace(tzinfo=None) > datetime.combine(day, periods[meeting.period_id].starts)
            assert shown.utcoffset() != (shown - timedelta(days=1)).utcoffset()


@given(st.sampled_from(ZONES), days, st.times(), st.sampled_from(ZONES))
def test_an_instant_resolves_alike_whatever_zone_it_is_written_in(zone, day, clock, other):
    timetable = Timetable(
        zone,
        (Period("p", time(8), time(16)),),
        tuple(Lesson("7a", "r1", weekday, "p") for weekday in EVERY_DAY),
    )
    instant = datetime.combine(day, clock, tzinfo=UTC)
    assert timetable.resolve("r1", instant) == timetable.resolve("r1", instant.astimezone(ZoneInfo(other)))


@given(st.text(max_size=40))
def test_no_text_at_all_makes_finding_a_meeting_fail(text):
    timetable = Timetable("UTC", (Period("p", time(8), time(9)),), (Lesson("7a", "r1", 1, "p"),))
    assert timetable.find(text) is None


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York"])
def test_the_edges_of_the_calendar_have_no_meetings_to_find(day, zone):
    period = Period("night", time(22), time(6))
    lessons = tuple(Lesson("7a", "r1", weekday, "night") for weekday in EVERY_DAY)
    found = Timetable(zone, (period,), lessons).find(f"7a.{day}.night")
    assert found is None or found.meeting_id == f"7a.{day}.night"


def one_lesson(starts: time, ends: time, zone: str = "Europe/Berlin", weekday: int = 7) -> Timetable:
    return Timetable(zone, (Period("p", starts, ends),), (Lesson("7a", "r1", weekday, "p"),))


def test_a_lesson_that_the_spring_change_cuts_is_an_hour_shorter():
    (meeting,) = one_lesson(time(1), time(5)).meetings_on(date(2026, 3, 29))
    assert meeting.ends_at - meeting.starts_at == timedelta(hours=3)


def test_a_lesson_that_the_autumn_change_stretches_is_an_hour_longer():
    (meeting,) = one_lesson(time(1), time(5)).meetings_on(date(2026, 10, 25))
    assert meeting.ends_at - meeting.starts_at == timedelta(hours=5)


def test_a_lesson_within_the_skipped_hour_does_not_take_place():
    (meeting,) = one_lesson(time(2, 10), time(2, 50)).meetings_on(date(2026, 3, 29))
    assert meeting.starts_at == meeting.ends_at == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_a_lesson_over_midnight_belongs_to_the_day_it_began():
    timetable = one_lesson(time(22), time(2), weekday=1)
    meeting = timetable.resolve("r1", datetime(2026, 11, 24, 0, 30, tzinfo=UTC))
    assert meeting is not None
    assert meeting.date == date(2026, 11, 23)
    assert timetable.resolve("r1", datetime(2026, 11, 24, 1, 0, tzinfo=UTC)) is None


def test_two_lessons_that_claim_a_room_are_named():
    timetable = Timetable(
        "UTC",
        (Period("p", time(8), time(9)),),
        (Lesson("7b", "r1", 1, "p"), Lesson("7a", "r1", 1, "p")),
    )
    with pytest.raises(TimetableConflictError, match="r1 is claimed by 7a and 7b at 2026-11-23 08:30"):
        timetable.resolve("r1", datetime(2026, 11, 23, 8, 30, tzinfo=UTC))
    assert timetable.resolve("r2", datetime(2026, 11, 23, 8, 30, tzinfo=UTC)) is None


def test_a_lesson_without_its_period_does_not_take_place():
    timetable = Timetable("UTC", (), (Lesson("7a", "r1", 1, "gone"),))
    assert timetable.meetings_on(date(2026, 11, 23)) == ()
    assert timetable.find("7a.2026-11-23.gone") is None


@given(days, days, days)
def test_a_lesson_falls_on_its_weekday_within_its_dates(begins, ends, day):
    assume(begins <= ends)
    lesson = Lesson("7a", "r1", 3, "p", begins_on=begins, ends_on=ends)
    assert lesson.falls_on(day) == (begins <= day <= ends and day.isoweekday() == 3)
