"""Who belongs to which section, and since when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Student:
    student_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Section:
    """A taught group (OneRoster: class)."""

    section_id: str
    name: str
    teacher_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Enrollment:
    """A student's place in a section; both dates are included, an open end is None."""

    student_id: str
    section_id: str
    begins_on: date
    ends_on: date | None = None

    def covers(self, day: date) -> bool:
        return self.begins_on <= day and (self.ends_on is None or day <= self.ends_on)


def roster_on(enrollments: Iterable[Enrollment], section_id: str, day: date) -> frozenset[str]:
    """Ids of the students enrolled in the section on that day: who joins later was not absent before."""
    return frozenset(e.student_id for e in enrollments if e.section_id == section_id and e.covers(day))
