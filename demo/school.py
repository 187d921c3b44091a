"""The demo school as data: who is taught what, where and when.

All names are invented. Which portraits are good enough to recognise somebody by is decided by the enrolment
gate, not here; some are chosen so that it has something to refuse.
"""

from dataclasses import dataclass
from datetime import time
from typing import Final

from attendance.domain.timetable import Lesson, Period, Timetable

SCHOOL_ID: Final = "demo"

TIME_ZONE: Final = "UTC"
"""Without a change of the clocks, so that a lesson is going on in every hour of the year."""


@dataclass(frozen=True, slots=True)
class Room:
    room_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Device:
    """A camera. Its name is unique across schools: school, room, number."""

    device_id: str
    room_id: str


@dataclass(frozen=True, slots=True)
class Teacher:
    teacher_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Student:
    """`portrait` names a picture of the portrait folder; `seat` is a seat of the drawn classroom."""

    student_id: str
    name: str
    portrait: str
    seat: int


@dataclass(frozen=True, slots=True)
class Section:
    """A taught group in its room. `stranger` is the portrait of a visitor who is enrolled nowhere."""

    section_id: str
    name: str
    room_id: str
    teacher_id: str
    students: tuple[Student, ...]
    stranger: str
    spare_seats: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class School:
    school_id: str
    name: str
    rooms: tuple[Room, ...]
    devices: tuple[Device, ...]
    teachers: tuple[Teacher, ...]
    sections: tuple[Section, ...]
    timetable: Timetable

    def section_in(self, room_id: str) -> Section:
        """Return the section that a room belongs to; in the demo it is always the same.

        Raises
        ------
        KeyError
            The school has no such room.
        """
        for section in self.sections:
            if section.room_id == room_id:
                return section
        raise KeyError(room_id)


_SPARE_SEATS: Final = (15, 22)

# In the order of the seats, from the front row to the back; the largest faces sit in front, because portraits
# of 128 pixels bear no enlarging. The last two of each section are for the enrolment gate to refuse: no face,
# and a face in profile or too small.
_BIOLOGY: Final = (
    ("Freja Anand", "female/10.jpg"),
    ("Ravi Okonjo", "male/6.jpg"),
    ("Mei Castellan", "female/8.jpg"),
    ("Tomas Adeyinka", "male/11.jpg"),
    ("Yuna Lindahl", "female/5.jpg"),
    ("Callum Vasquez-Berg", "male/7.jpg"),
    ("Ilse Thornquist", "female/1.jpg"),
    ("Joren Halvarsson", "male/35.jpg"),
    ("Soraya Whitcombe", "female/3.jpg"),
    ("Eamon Radcliffe-Ito", "male/4.jpg"),
    ("Clara Mbeki-Olsen", "female/14.jpg"),
    ("Anton Kowalczuk", "male/34.jpg"),
    ("Imani Beaumont", "female/26.jpg"),
    ("Diego Fairweather", "male/10.jpg"),
    ("Hana Brightwater", "female/22.jpg"),
    ("Kirsten Amadi", "female/9.jpg"),
    ("Arjun Pellegrini", "male/15.jpg"),
    ("Bastian Oyelaran", "male/17.jpg"),
    ("Noemi Sandoval-Kerr", "female/15.jpg"),
    ("Pavel Nakagawa", "male/5.jpg"),
    ("Malik Sorensen", "male/43.jpg"),
    ("Devan Quintero", "male/8.jpg"),
    ("Otis Vanterpool", "male/18.jpg"),
    ("Rafael Dunmore", "male/38.jpg"),
)
_HISTORY: Final = (
    ("Amara Lindqvist", "female/4.jpg"),
    ("Nikhil Harrowgate", "male/1.jpg"),
    ("Lien Abernathy", "female/7.jpg"),
    ("Jonah Tamatoa", "male/31.jpg"),
    ("Astrid Menon", "female/29.jpg"),
    ("Emmett Diallo-Ross", "male/14.jpg"),
    ("Petra Osei", "female/21.jpg"),
    ("Goran Whitlock", "male/20.jpg"),
    ("Xiulan Ferreira", "female/2.jpg"),
    ("Lukas Mwangi", "male/30.jpg"),
    ("Felix Rangarajan", "male/28.jpg"),
    ("Delia Rosenquist", "female/12.jpg"),
    ("Henrik Baptiste", "male/9.jpg"),
    ("Rosalind Achterberg", "female/13.jpg"),
    ("Minh Calloway", "male/36.jpg"),
    ("Rory Petrakis", "male/37.jpg"),
    ("Elodie Nakamura-Hale", "female/32.jpg"),
    ("Silas Montgomerie", "male/13.jpg"),
    ("Sakura Ivanenko", "female/19.jpg"),
    ("Mateo Zielinska", "male/41.jpg"),
    ("Jia Pemberton", "female/16.jpg"),
    ("Viktor Asante", "male/40.jpg"),
    ("Kwame Ellingsen", "male/32.jpg"),
    ("Lucia Hartigan", "female/31.jpg"),
)


def demo_school() -> School:
    """Return the demo school: 2 rooms with a camera each, 2 sections, a lesson in each room at any time."""
    sections = (
        _section("bio-1a", "Biology 1A", "101", "t-1", _BIOLOGY, first_id=1001, stranger="male/12.jpg"),
        _section("his-1b", "History 1B", "102", "t-2", _HISTORY, first_id=2001, stranger="female/28.jpg"),
    )
    periods = tuple(Period(f"p{hour:02}", time(hour), time((hour + 1) % 24)) for hour in range(24))
    lessons = tuple(
        Lesson(section.section_id, section.room_id, weekday, period.period_id)
        for weekday in range(1, 8)
        for period in periods
        for section in sections
    )
    return School(
        school_id=SCHOOL_ID,
        name="Demo School",
        rooms=(Room("101", "Room 101"), Room("102", "Room 102")),
        devices=(Device("demo-101-1", "101"), Device("demo-102-1", "102")),
        teachers=(Teacher("t-1", "Ingrid Falade"), Teacher("t-2", "Samuel Ortega-Lund")),
        sections=sections,
        timetable=Timetable(TIME_ZONE, periods, lessons),
    )


def _section(
    section_id: str,
    name: str,
    room_id: str,
    teacher_id: str,
    people: tuple[tuple[str, str], ...],
    *,
    first_id: int,
    stranger: str,
) -> Section:
    seats = [seat for seat in range(1, len(people) + len(_SPARE_SEATS) + 1) if seat not in _SPARE_SEATS]
    students = tuple(
        Student(f"s-{first_id + index}", person, portrait, seats[index])
        for index, (person, portrait) in enumerate(people)
    )
    return Section(section_id, name, room_id, teacher_id, students, stranger, _SPARE_SEATS)
