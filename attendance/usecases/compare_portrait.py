"""Compare a portrait with the references of the whole school: the student's own, and everybody else's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from attendance.contracts.object_keys import PortraitKey
from attendance.domain.confusables import CONFUSABLE, SAME_PICTURE, ConfusablePair, confusable_with
from attendance.domain.portraits import LEAST_LIKENESS, refusal
from attendance.domain.sightings import Box
from attendance.ports import FaceIndex, ReferenceMatch, SchoolStore, StudentStore

# Of a stranger's references one in 315 is as near as LEAST_LIKENESS: of ten thousand, 32.
_MOST_NEAR: Final = 500
# Nobody has so many look-alikes; in a school of identical pictures the first ones say what is wrong.
_MOST_LOOK_ALIKES: Final = 50


def compare_portrait(
    place: PortraitKey, box: Box, *, index: FaceIndex, students: StudentStore
) -> tuple[str, ...]:
    """Codes of what an admin should know of a portrait that is about to be indexed; most often none.

    Parameters
    ----------
    box
        Of the face that the portrait is of.

    Raises
    ------
    PortraitRefusedError
        It is unlike all other photos of its student.
    """
    near = index.near_references(place.school_id, place.key, box, floor=LEAST_LIKENESS, limit=_MOST_NEAR)
    is_like_own = any(match.reference.student_id == place.student_id for match in near)
    if not is_like_own and _has_references(place, index, students):
        raise refusal(["SAME_PERSON"])
    others = confusable_with(place.student_id, _students(near))
    if not others:
        return ()
    return ("SAME_PICTURE",) if max(others.values()) >= SAME_PICTURE else ("LOOK_ALIKE",)


def record_look_alikes(
    school_id: str,
    student_id: str,
    reference_id: str,
    now: datetime,
    *,
    index: FaceIndex,
    schools: SchoolStore,
) -> None:
    """Keep whom a stored reference may be mixed up with; done again, it changes nothing.

    Of two students who are enrolled at the same time, one looks after both references are stored.
    """
    near = index.neighbours(school_id, reference_id, floor=CONFUSABLE, limit=_MOST_LOOK_ALIKES)
    others = confusable_with(student_id, _students(near))
    keep_pairs(
        school_id,
        [ConfusablePair.of(student_id, other, similarity=s, found_at=now) for other, s in others.items()],
        schools=schools,
    )


def keep_pairs(school_id: str, pairs: Sequence[ConfusablePair], *, schools: SchoolStore) -> None:
    """Store those that are new, or nearer than what is stored."""
    if not pairs:
        return
    stored = {(pair.first, pair.second): pair.similarity for pair in schools.confusable_pairs(school_id)}
    for pair in pairs:
        if pair.similarity > stored.get((pair.first, pair.second), 0.0):
            schools.put_confusable_pair(school_id, pair)


def _has_references(place: PortraitKey, index: FaceIndex, students: StudentStore) -> bool:
    """Whether there is anything to be like: the index may be younger than the student's portraits."""
    if all(p.face_reference_id is None for p in students.portraits(place.school_id, place.student_id)):
        return False
    return any(known.student_id == place.student_id for known in index.references(place.school_id))


def _students(near: Sequence[ReferenceMatch]) -> list[tuple[str, float]]:
    return [(match.reference.student_id, match.similarity) for match in near]
