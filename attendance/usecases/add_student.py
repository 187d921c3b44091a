"""Take a student into a section, with the consent that was given."""

from datetime import date

from attendance.domain.consent import Consent
from attendance.domain.errors import AttendanceError, NotFoundError
from attendance.domain.rosters import Enrollment, Student, roster_on
from attendance.ports import SchoolStore, StudentStore


class StudentExistsError(AttendanceError):
    """Another student has this id already."""


def add_student(
    school_id: str,
    student: Student,
    section_id: str,
    consent: Consent | None,
    today: date,
    *,
    schools: SchoolStore,
    students: StudentStore,
) -> None:
    """Enrol a student in a section from today on. The same request again changes nothing.

    Parameters
    ----------
    consent
        None where none was given: the student is then marked by hand and no face reference is stored.

    Raises
    ------
    NotFoundError
        The school has no such section.
    StudentExistsError
        The id belongs to a student of another name.
    """
    schools.section(school_id, section_id)
    existing = _existing(school_id, student.student_id, students)
    if existing is not None and existing != student:
        message = f"There is another student with the id {student.student_id} already. Choose another id."
        raise StudentExistsError(message)
    if student.student_id not in roster_on(schools.enrollments(school_id, section_id), section_id, today):
        enrollment = Enrollment(student.student_id, section_id, begins_on=today)
        students.add_student(school_id, student, [enrollment])
    if consent is not None:
        students.record_consent(school_id, student.student_id, consent)


def _existing(school_id: str, student_id: str, students: StudentStore) -> Student | None:
    try:
        return students.student(school_id, student_id)
    except NotFoundError:
        return None
