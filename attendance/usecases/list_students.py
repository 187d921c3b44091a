"""The students of a school, page by page, and one of them with consent, portraits and look-alikes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from attendance.domain.confusables import ConfusablePair
from attendance.domain.consent import Consent
from attendance.domain.portraits import Portrait
from attendance.domain.rosters import Student
from attendance.ports import SchoolStore, StudentStore


@dataclass(frozen=True, slots=True)
class StudentPage:
    """`next_after` is the id to go on after; None on the last page."""

    students: tuple[Student, ...]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Somebody whom the cameras may take a student for, as an admin sees it."""

    student: Student
    pair: ConfusablePair


@dataclass(frozen=True, slots=True)
class StudentRecord:
    student: Student
    consent: Consent | None
    portraits: tuple[Portrait, ...]
    look_alikes: tuple[LookAlike, ...]


def list_students(school_id: str, after: str | None, limit: int, *, students: StudentStore) -> StudentPage:
    """Up to `limit` students with ids after `after`, by id: pages stay right while others are added."""
    rest = sorted(
        (student for student in students.students(school_id) if after is None or student.student_id > after),
        key=lambda student: student.student_id,
    )
    page = rest[:limit]
    return StudentPage(tuple(page), page[-1].student_id if len(rest) > limit else None)


def view_student(
    school_id: str, student_id: str, *, schools: SchoolStore, students: StudentStore
) -> StudentRecord:
    """A student with consent, portraits, the latest first, and look-alikes, the nearest first.

    Raises
    ------
    NotFoundError
        The school has no such student.
    """
    student = students.student(school_id, student_id)
    portraits: Sequence[Portrait] = students.portraits(school_id, student_id)
    return StudentRecord(
        student=student,
        consent=students.consent(school_id, student_id),
        portraits=tuple(sorted(portraits, key=lambda portrait: portrait.requested_at, reverse=True)),
        look_alikes=tuple(_look_alikes(school_id, student_id, schools, students)),
    )


def _look_alikes(
    school_id: str, student_id: str, schools: SchoolStore, students: StudentStore
) -> Iterable[LookAlike]:
    pairs = {
        pair.other_than(student_id): pair
        for pair in schools.confusable_pairs(school_id)
        if student_id in {pair.first, pair.second}
    }
    names = students.names(school_id, pairs) if pairs else {}
    for other, pair in sorted(pairs.items(), key=lambda entry: -entry[1].similarity):
        if other in names:
            yield LookAlike(Student(other, names[other]), pair)
