"""Take face references away: a wrong photo, a consent that has ended."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from attendance.domain.confusables import CONFUSABLE, confusable_with
from attendance.ports import FaceIndex, SchoolStore, StudentStore

REMOVED: Final = ("REFERENCE_REMOVED",)
_SENTENCE: Final = "This photo is no longer used to recognise the student: enrol another one."
_MOST_LOOK_ALIKES: Final = 50


def forget_references(
    school_id: str,
    reference_ids: Collection[str],
    *,
    index: FaceIndex,
    schools: SchoolStore,
    students: StudentStore,
) -> None:
    """Forget references, let their portraits say so, and end the confusable pairs that they alone made.

    Those that are not there are no error, so that it may be done again where it was broken off.
    """
    gone = set(reference_ids)
    if not gone:
        return
    owners = {known.student_id for known in index.references(school_id) if known.reference_id in gone}
    index.remove_references(school_id, sorted(gone))
    for student in students.students(school_id):
        for portrait in students.portraits(school_id, student.student_id):
            if portrait.face_reference_id in gone:
                owners.add(student.student_id)
                students.put_portrait(
                    replace(
                        portrait,
                        status="refused",
                        codes=REMOVED,
                        message=_SENTENCE,
                        face_reference_id=None,
                    )
                )
    for pair in schools.confusable_pairs(school_id):
        is_concerned = not owners.isdisjoint({pair.first, pair.second})
        if is_concerned and not _is_near(school_id, pair.first, pair.second, index):
            schools.remove_confusable_pair(school_id, pair)


def _is_near(school_id: str, student_id: str, other: str, index: FaceIndex) -> bool:
    """Whether any reference of a student is near one of another's."""
    return any(
        other in confusable_with(student_id, ((m.reference.student_id, m.similarity) for m in near))
        for near in (
            index.neighbours(school_id, known.reference_id, floor=CONFUSABLE, limit=_MOST_LOOK_ALIKES)
            for known in index.references(school_id)
            if known.student_id == student_id
        )
    )
