"""The demo school is whole: everybody has a seat and a portrait, every hour its lesson."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from attendance.domain.timetable import Period
from demo.classroom import ROOMS, SEAT_COUNT
from demo.school import Section, demo_school

SCHOOL = demo_school()
TIMETABLE = SCHOOL.timetable


def test_there_are_two_rooms_with_a_camera_and_a_drawing_each() -> None:
    rooms = [room.room_id for room in SCHOOL.rooms]

    assert len(rooms) == 2
    assert [device.room_id for device in SCHOOL.devices] == rooms
    assert [device.device_id for device in SCHOOL.devices] == ["demo-101-1", "demo-102-1"]
    assert set(rooms) <= set(ROOMS)


@pytest.mark.parametrize("section", SCHOOL.sections, ids=lambda section: str(section.section_id))
def test_a_section_has_students_enough_each_with_a_seat(section: Section) -> None:
    seats = [student.seat for student in section.students]

    assert len(section.students) >= 20
    assert len(set(seats)) == len(seats)
    assert not set(seats) & set(section.spare_seats)
    assert all(1 <= seat <= SEAT_COUNT for seat in [*seats, *section.spare_seats])
    assert SCHOOL.section_in(section.room_id) is section
    assert section.teacher_id in {teacher.teacher_id for teacher in SCHOOL.teachers}


def test_nobody_shares_an_id_a_name_or_a_portrait() -> None:
    students = [student for section in SCHOOL.sections for student in section.students]
    portraits = [student.portrait for student in students] + [section.stranger for section in SCHOOL.sections]

    assert len({student.student_id for student in students}) == len(students)
    assert len({student.name for student in students}) == len(students)
    assert len(set(portraits)) == len(portraits)


def test_a_lesson_is_going_on_in_both_rooms_in_every_hour_of_the_year() -> None:
    zone = ZoneInfo(TIMETABLE.time_zone)
    periods = {period.period_id: period for period in TIMETABLE.periods}
    lessons = {
        (lesson.weekday, hour): set[tuple[str, str]]() for lesson in TIMETABLE.lessons for hour in range(24)
    }
    for lesson in TIMETABLE.lessons:
        lessons[lesson.weekday, periods[lesson.period_id].starts.hour].add(
            (lesson.room_id, lesson.section_id)
        )
    expected = {(section.room_id, section.section_id) for section in SCHOOL.sections}

    instant = datetime(2026, 1, 1, tzinfo=UTC)
    while instant.year == 2026:
        local = instant.astimezone(zone)
        assert lessons[local.isoweekday(), local.hour] == expected, instant
        instant += timedelta(hours=1)


def test_the_bell_schedule_leaves_no_gap() -> None:
    following: tuple[Period, ...] = (*TIMETABLE.periods[1:], TIMETABLE.periods[0])

    assert [period.period_id for period in TIMETABLE.periods] == [f"p{hour:02}" for hour in range(24)]
    assert all(
        period.ends == after.starts for period, after in zip(TIMETABLE.periods, following, strict=True)
    )


def test_an_unknown_room_has_no_section() -> None:
    with pytest.raises(KeyError):
        SCHOOL.section_in("999")
