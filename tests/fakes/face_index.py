"""A face index that finds what it was told to find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from attendance.domain.errors import NotFoundError, PictureUnreadableError
from attendance.domain.policy import Engine
from attendance.domain.portraits import PortraitFace
from attendance.domain.sightings import Box, Candidate
from attendance.ports import DetectedFace, FaceSearches, KnownReference, PictureFaces, ReferenceMatch

ENGINE = Engine("yunet-sface", "1")


def seat(number: int) -> Box:
    """Seats side by side, ten to a row."""
    return Box(0.02 + 0.095 * (number % 10), 0.02 + 0.095 * (number // 10), 0.05, 0.07)


@dataclass(frozen=True)
class StoredReference:
    school_id: str
    student_id: str
    picture_key: str


@dataclass
class ScriptedFaceIndex:
    """Pictures by key: each face a box with candidates, in any order.

    Attributes
    ----------
    likeness
        Similarity of two portraits, by their keys; unsaid, photos of one student are 97 % alike, of two 40 %.
    """

    engine: Engine | None = ENGINE
    pictures: dict[str, list[tuple[Box, Mapping[str, float]]]] = field(default_factory=dict)
    portraits: dict[str, list[PortraitFace]] = field(default_factory=dict)
    unreadable: dict[str, Exception] = field(default_factory=dict)
    stored: dict[str, StoredReference] = field(default_factory=dict)
    likeness: dict[frozenset[str], float] = field(default_factory=dict)
    searched: list[tuple[str, Box]] = field(default_factory=list)

    def detect(self, picture_key: str) -> PictureFaces:
        self._require_readable(picture_key)
        faces = self.pictures.get(picture_key, [])
        return PictureFaces(tuple(DetectedFace(box, 99.5) for box, _ in faces), calls=1)

    def search(
        self, school_id: str, picture_key: str, boxes: Sequence[Box], *, floor: float, limit: int
    ) -> FaceSearches:
        self.searched += [(picture_key, box) for box in boxes]
        faces = dict(self.pictures[picture_key]) if self.engine else {}
        found = tuple(
            tuple(
                Candidate(student_id, similarity)
                for student_id, similarity in sorted(faces.get(box, {}).items(), key=lambda entry: -entry[1])
                if similarity >= floor
            )[:limit]
            for box in boxes
        )
        return FaceSearches(self.engine, found, calls=len(boxes))

    def portrait_faces(self, picture_key: str) -> Sequence[PortraitFace]:
        self._require_readable(picture_key)
        return self.portraits.get(picture_key, [])

    def add_reference(self, school_id: str, student_id: str, picture_key: str, box: Box) -> str:
        reference_id = f"reference-{len(self.stored) + 1}"
        self.stored[reference_id] = StoredReference(school_id, student_id, picture_key)
        return reference_id

    def remove_references(self, school_id: str, reference_ids: Sequence[str]) -> None:
        for reference_id in reference_ids:
            self.stored.pop(reference_id, None)

    def references(self, school_id: str) -> Sequence[KnownReference]:
        return [
            KnownReference(reference_id, stored.student_id)
            for reference_id, stored in self.stored.items()
            if stored.school_id == school_id
        ]

    def near_references(
        self, school_id: str, picture_key: str, box: Box, *, floor: float, limit: int
    ) -> Sequence[ReferenceMatch]:
        found = [
            ReferenceMatch(known, self._likeness(picture_key, self.stored[known.reference_id]))
            for known in self.references(school_id)
        ]
        near = [match for match in found if match.similarity >= floor]
        return sorted(near, key=lambda match: -match.similarity)[:limit]

    def neighbours(
        self, school_id: str, reference_id: str, *, floor: float, limit: int
    ) -> Sequence[ReferenceMatch]:
        if reference_id not in self.stored:
            raise NotFoundError(f"There is no face reference {reference_id}.")
        picture_key = self.stored[reference_id].picture_key
        near = self.near_references(school_id, picture_key, seat(0), floor=floor, limit=limit + 1)
        return [match for match in near if match.reference.reference_id != reference_id][:limit]

    def _likeness(self, picture_key: str, other: StoredReference) -> float:
        if picture_key == other.picture_key:
            return 100.0
        unsaid = 97.0 if f"/{other.student_id}/" in picture_key else 40.0
        return self.likeness.get(frozenset({picture_key, other.picture_key}), unsaid)

    def _require_readable(self, picture_key: str) -> None:
        if picture_key in self.unreadable:
            raise self.unreadable[picture_key]


def no_picture(key: str) -> PictureUnreadableError:
    return PictureUnreadableError(f"{key} is no JPEG or PNG picture that can be read.")
