"""One register as a person reads it."""

from collections.abc import Sequence

from attendance.domain.ledger import Change
from attendance.domain.registers import Register
from attendance.domain.rosters import Student
from attendance.ports import RegisterStore, SchoolStore, StudentStore
from attendance.usecases.change_register import expected_register_of


def view_register(
    school_id: str, meeting_id: str, *, schools: SchoolStore, registers: RegisterStore
) -> Register:
    """The register of a meeting: as written, or as expected where nothing was written yet.

    Raises
    ------
    NotFoundError
        There is neither a register nor such a meeting in the timetable.
    """
    return registers.get(school_id, meeting_id) or expected_register_of(school_id, meeting_id, schools)


def students_of(register: Register, students: StudentStore) -> Sequence[Student]:
    """The students of a register by name; one whose record is gone goes by the id."""
    names = students.names(register.school_id, register.marks)
    listed = [Student(student_id, names.get(student_id, student_id)) for student_id in register.marks]
    return sorted(listed, key=lambda student: (student.name.casefold(), student.student_id))


def view_changes(school_id: str, meeting_id: str, *, registers: RegisterStore) -> Sequence[Change]:
    """The ledger of a register, the latest line first."""
    changes = registers.changes(school_id, meeting_id)
    return sorted(changes, key=lambda change: change.version, reverse=True)
