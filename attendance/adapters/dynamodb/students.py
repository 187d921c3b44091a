"""Students, their places in sections, their consents and portraits."""

from collections.abc import Iterable, Sequence

from attendance.adapters.dynamodb import keys
from attendance.adapters.dynamodb.codec import from_item, to_item
from attendance.adapters.dynamodb.table import Table
from attendance.domain.consent import Consent
from attendance.domain.errors import NotFoundError
from attendance.domain.portraits import Portrait
from attendance.domain.rosters import Enrollment, Student


class DynamoStudentStore:
    def __init__(self, table: Table) -> None:
        self._table = table

    def student(self, school_id: str, student_id: str) -> Student:
        item = self._table.get(keys.student(school_id, student_id))
        if item is None:
            message = f"There is no student {student_id}."
            raise NotFoundError(message)
        return from_item(item, Student)

    def students(self, school_id: str) -> Sequence[Student]:
        found = self._table.query(keys.school_partition(school_id), "STUDENT#")
        return [from_item(item, Student) for item in found]

    def names(self, school_id: str, student_ids: Iterable[str]) -> dict[str, str]:
        wanted = set(student_ids)
        return {s.student_id: s.name for s in self.students(school_id) if s.student_id in wanted}

    def add_student(self, school_id: str, student: Student, enrollments: Sequence[Enrollment]) -> None:
        self._table.put_all(
            [
                to_item(student, Student, keys.student(school_id, student.student_id)),
                *(
                    to_item(
                        entry,
                        Enrollment,
                        keys.enrollment(school_id, entry.section_id, entry.student_id, entry.begins_on),
                    )
                    for entry in enrollments
                ),
            ]
        )

    def consent(self, school_id: str, student_id: str) -> Consent | None:
        item = self._table.get(keys.consent(school_id, student_id))
        return None if item is None else from_item(item, Consent)

    def record_consent(self, school_id: str, student_id: str, consent: Consent) -> None:
        self._table.put(to_item(consent, Consent, keys.consent(school_id, student_id)))

    def portraits(self, school_id: str, student_id: str) -> Sequence[Portrait]:
        found = self._table.query(keys.student_partition(school_id, student_id), "PORTRAIT#")
        return [from_item(item, Portrait) for item in found]

    def portrait(self, school_id: str, student_id: str, portrait_id: str) -> Portrait:
        item = self._table.get(keys.portrait(school_id, student_id, portrait_id))
        if item is None:
            message = f"There is no portrait {portrait_id} of student {student_id}."
            raise NotFoundError(message)
        return from_item(item, Portrait)

    def put_portrait(self, portrait: Portrait) -> None:
        key = keys.portrait(portrait.school_id, portrait.student_id, portrait.portrait_id)
        self._table.put(to_item(portrait, Portrait, key))

    def settle_portrait(self, portrait: Portrait) -> Portrait:
        key = keys.portrait(portrait.school_id, portrait.student_id, portrait.portrait_id)
        item = to_item(portrait, Portrait, key)
        if self._table.put(item, condition="#face_reference_id = :none", none=None):
            return portrait
        return self.portrait(portrait.school_id, portrait.student_id, portrait.portrait_id)
