"""Students whose faces an engine takes for each other: twins, siblings, and photos put to the wrong name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self


@dataclass(frozen=True, slots=True)
class ConfusablePair:
    """Two students of whom one would have been recognised as the other.

    Parameters
    ----------
    first, second
        Their ids, in order, so that a pair is one whoever was enrolled last.
    similarity
        Percent, of the portrait that showed it to the other student's references.
    found_at
        When that was.
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

    def other_than(self, student_id: str) -> str:
        return self.second if student_id == self.first else self.first


def look_alikes(pairs: Iterable[ConfusablePair]) -> Mapping[str, frozenset[str]]:
    """Of each student in a pair, everybody the student may be taken for."""
    found: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        found[pair.first].add(pair.second)
        found[pair.second].add(pair.first)
    return {student_id: frozenset(others) for student_id, others in found.items()}
