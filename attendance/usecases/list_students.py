"""The students of a school, page by page, and one of them with consent and portraits."""

from collections.abc import Sequence
from dataclasses import dataclass

from attendance.domain.consent import Consent
from attendance.domain.portraits import Portrait
from attendance.domain.rosters import Student
from attendance.ports import StudentStore


@dataclass(frozen=True, slots=True)
class StudentPage:
    """`next_after` is the id to go on after; None on the last page."""

    students: tuple[Student, ...]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class StudentRecord:
    student: Student
    consent: Consent | None
    portraits: tuple[Portrait, ...]


def list_students(school_id: str, after: str | None, limit: int, *, students: StudentStore) -> StudentPage:
    """Up to `limit` students with ids after `after`, by id: pages stay right while others are added."""
    rest = sorted(
        (student for student in students.students(school_id) if after is None or student.student_id > after),
        key=lambda student: student.student_id,
    )
    page = rest[:limit]
    return StudentPage(tuple(page), page[-1].student_id if len(rest) > limit else None)


def view_student(school_id: str, student_id: str, *, students: StudentStore) -> StudentRecord:
    """A student with consent and portraits, the latest portrait first. Raises NotFoundError."""
    student = students.student(school_id, student_id)
    portraits: Sequence[Portrait] = students.portraits(school_id, student_id)
    return StudentRecord(
        student=student,
        consent=students.consent(school_id, student_id),
        portraits=tuple(sorted(portraits, key=lambda portrait: portrait.requested_at, reverse=True)),
    )
