"""Students whose faces an engine takes for each other: twins, siblings, and photos put to the wrong name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

# Percent, measured by `make gallery-doctor PHOTOS=...` (docs/adr/0010). Of 291,015 pairs of photos of two
# people 5 are this near, of 1,215 of one person 1,163: rare among students, and nearly sure where one has the
# other's photo.
CONFUSABLE: Final = 92.0
# Two photos of one person are this near once in 1,215, one photo encoded anew at quality 50 in 308 of 309.
SAME_PICTURE: Final = 99.3


@dataclass(frozen=True, slots=True)
class ConfusablePair:
    """Two students who have references from `CONFUSABLE` percent up.

    Parameters
    ----------
    first, second
        Their ids, in order, so that a pair is one whoever was enrolled last.
    similarity
        Percent, of the two references that are nearest to each other.
    found_at
        When that was found.
    """

    first: str
    second: str
    similarity: float
    found_at: datetime

    def __post_init__(self) -> None:
        if self.first >= self.second:
            message = f"a pair names two students in order, not {self.first} and {self.second}"
            raise ValueError(message)

    @classmethod
    def of(cls, one: str, other: str, *, similarity: float, found_at: datetime) -> Self:
        """The pair of two students, named in any order."""
        first, second = sorted((one, other))
        return cls(first, second, similarity, found_at)

    @property
    def is_same_picture(self) -> bool:
        """Whether it seems to be one picture under two names, of which one is then wrong."""
        return self.similarity >= SAME_PICTURE

    def other_than(self, student_id: str) -> str:
        return self.second if student_id == self.first else self.first


def look_alikes(pairs: Iterable[ConfusablePair]) -> Mapping[str, frozenset[str]]:
    """Of each student in a pair, everybody the student may be taken for."""
    found: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        found[pair.first].add(pair.second)
        found[pair.second].add(pair.first)
    return {student_id: frozenset(others) for student_id, others in found.items()}


def confusable_with(student_id: str, near: Iterable[tuple[str, float]]) -> Mapping[str, float]:
    """Everybody else who has a reference from `CONFUSABLE` percent up, and how similar the nearest is.

    Parameters
    ----------
    near
        Students and similarities (percent), also the student's own and those that are too far to be mixed up.
    """
    nearest: dict[str, float] = {}
    for other, similarity in near:
        if other != student_id and similarity >= CONFUSABLE:
            nearest[other] = max(similarity, nearest.get(other, 0.0))
    return nearest
