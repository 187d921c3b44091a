"""Face references in memory, for the engine's index."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from attendance.adapters.engine import FaceReference


@dataclass
class InMemoryReferences:
    """References by school."""

    schools: dict[str, dict[str, FaceReference]] = field(default_factory=dict)
    changes: int = 0

    def add(self, school_id: str, reference: FaceReference) -> None:
        self.schools.setdefault(school_id, {})[reference.reference_id] = reference
        self.changes += 1

    def remove(self, school_id: str, reference_ids: Sequence[str]) -> None:
        for reference_id in reference_ids:
            self.schools.get(school_id, {}).pop(reference_id, None)
        self.changes += 1

    def version(self, school_id: str) -> str | None:
        return str(self.changes) if school_id in self.schools else None

    def of_school(self, school_id: str) -> Sequence[FaceReference]:
        return list(self.schools.get(school_id, {}).values())
