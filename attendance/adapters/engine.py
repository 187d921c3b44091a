"""The face index on the engine in `faces/`, in this process: Rekognition's answers at the price of a Lambda.

Every face is cut out of its frame as it would be for Rekognition, so that the two indexes compare the same
pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final, Protocol
from uuid import NAMESPACE_URL, uuid5

import faces
from attendance.adapters.engines import Engines
from attendance.adapters.pictures import (
    MOST_USERS,
    FaceCut,
    box_in_ratios,
    crowd_of,
    face_cuts,
    load_picture,
)
from attendance.domain.errors import NotFoundError, PortraitRefusedError
from attendance.domain.policy import Engine
from attendance.domain.portraits import PortraitFace
from attendance.domain.sightings import Box, Candidate, View
from attendance.ports import (
    DetectedFace,
    FaceSearches,
    KnownReference,
    ObjectStore,
    PictureFaces,
    ReferenceMatch,
)
from faces.arrays import Vector

# One burst: its frames are detected one after the other and then searched in rounds.
_PICTURES_KEPT: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class FaceReference:
    """One enrolled photo's unit vector, (128,)."""

    reference_id: str
    student_id: str
    vector: Vector


class Galleries:
    """What is known of a school: one template a student, and every reference by itself."""

    def __init__(self, references: Sequence[FaceReference]) -> None:
        own: dict[str, list[Vector]] = {}
        for reference in references:
            own.setdefault(reference.student_id, []).append(reference.vector)
        self.students = faces.Gallery((student_id, faces.template_of(v)) for student_id, v in own.items())
        self.references = faces.Gallery((one.reference_id, one.vector) for one in references)
        self.known = {
            one.reference_id: KnownReference(one.reference_id, one.student_id) for one in references
        }

    def near(self, vector: Vector, floor: float, limit: int) -> list[ReferenceMatch]:
        """Single references from `floor` percent up, nearest first."""
        found = self.references.search(vector, limit, faces.cosine_of(floor))
        return [ReferenceMatch(self.known[near.key], faces.similarity_of(near.cosine)) for near in found]


class ReferenceStore(Protocol):
    """Where face references are kept. Only consented portraits ever reach it."""

    def add(self, school_id: str, reference: FaceReference) -> None: ...

    def remove(self, school_id: str, reference_ids: Sequence[str]) -> None: ...

    def version(self, school_id: str) -> str | None:
        """Another one after every change of the school's references; None before the first."""
        ...

    def of_school(self, school_id: str) -> Sequence[FaceReference]: ...


class EngineFaceDetector:
    """Finds the faces of pictures.

    Parameters
    ----------
    objects
        The bucket that picture keys are of.
    helpers
        More engines of the same kind, for as many cores: faces are then looked at side by side.
    """

    def __init__(
        self, engine: faces.FaceEngine, objects: ObjectStore, helpers: Sequence[faces.FaceEngine] = ()
    ) -> None:
        self._engine = engine
        self._engines = Engines([engine, *helpers])
        self._objects = objects
        self._pictures: dict[str, faces.Picture] = {}
        self._pictures_lock = Lock()

    def detect(self, picture_key: str) -> PictureFaces:
        picture = self._picture(picture_key)
        with self._engines.borrowed() as engine:
            found = engine.detect(picture)
        detected = tuple(DetectedFace(box_in_ratios(face.box, picture), face.score * 100) for face in found)
        return PictureFaces(detected, calls=0)

    def _picture(self, key: str) -> faces.Picture:
        """A decoded picture. The frames of one burst are kept: all are detected first, then searched."""
        picture = self._pictures.get(key) or load_picture(self._objects, key)
        with self._pictures_lock:
            self._pictures.pop(key, None)
            self._pictures[key] = picture
            if len(self._pictures) > _PICTURES_KEPT:
                del self._pictures[next(iter(self._pictures))]
        return picture


class EngineFaceIndex(EngineFaceDetector):
    """Compares with one template a student, the mean of the student's references.

    What is known of a school is kept in memory until its references change.
    """

    def __init__(
        self,
        engine: faces.FaceEngine,
        objects: ObjectStore,
        references: ReferenceStore,
        helpers: Sequence[faces.FaceEngine] = (),
    ) -> None:
        super().__init__(engine, objects, helpers)
        self._references = references
        self._galleries: dict[str, tuple[str | None, Galleries]] = {}

    def search(
        self, school_id: str, picture_key: str, boxes: Sequence[Box], *, floor: float, limit: int
    ) -> FaceSearches:
        gallery = self._known(school_id).students
        if not gallery:
            return FaceSearches(engine=None, candidates=tuple(() for _ in boxes), calls=0)
        picture = self._picture(picture_key)
        looks = self._engines.each(lambda engine, box: look_at(engine, picture, box), boxes)
        found = [_compare(gallery, look, floor, limit) for look in looks]
        return FaceSearches(
            engine=Engine(self._engine.name, self._engine.version),
            candidates=tuple(candidates for candidates, _ in found),
            calls=0,
            views=tuple(view for _, view in found),
        )

    def portrait_faces(self, picture_key: str) -> Sequence[PortraitFace]:
        picture = self._picture(picture_key)
        assessed = [(face, self._engine.assess(picture, face)) for face in self._engine.detect(picture)]
        return [
            PortraitFace(
                width_px=quality.width,
                yaw=quality.pose.yaw,
                pitch=quality.pose.pitch,
                roll=quality.pose.roll,
                brightness=quality.brightness,
                sharpness=quality.sharpness,
                confidence=face.score * 100,
                box=box_in_ratios(face.box, picture),
            )
            for face, quality in assessed
        ]

    def add_reference(self, school_id: str, student_id: str, picture_key: str, box: Box) -> str:
        picture = self._picture(picture_key)
        look = look_at(self._engine, picture, box)
        if look is None:
            message = "No face could be indexed: use a picture that shows the face from the front, well lit."
            raise PortraitRefusedError(("FACE_PRESENT",), message)
        # The same portrait has the same id, so that a repeated step leaves one reference.
        reference_id = str(uuid5(NAMESPACE_URL, f"{student_id}/{picture_key}"))
        self._references.add(school_id, FaceReference(reference_id, student_id, look.vector))
        return reference_id

    def remove_references(self, school_id: str, reference_ids: Sequence[str]) -> None:
        self._references.remove(school_id, reference_ids)

    def references(self, school_id: str) -> Sequence[KnownReference]:
        return list(self._known(school_id).known.values())

    def near_references(
        self, school_id: str, picture_key: str, box: Box, *, floor: float, limit: int
    ) -> Sequence[ReferenceMatch]:
        look = look_at(self._engine, self._picture(picture_key), box)
        return [] if look is None else self._known(school_id).near(look.vector, floor, limit)

    def neighbours(
        self, school_id: str, reference_id: str, *, floor: float, limit: int
    ) -> Sequence[ReferenceMatch]:
        known = self._known(school_id)
        if reference_id not in known.known:
            raise NotFoundError(f"There is no face reference {reference_id}.")
        near = known.near(known.references.vector(reference_id), floor, limit + 1)
        return [match for match in near if match.reference.reference_id != reference_id][:limit]

    def _known(self, school_id: str) -> Galleries:
        version = self._references.version(school_id)
        kept = self._galleries.get(school_id)
        if kept is None or kept[0] != version:
            kept = (version, Galleries(self._references.of_school(school_id)))
            self._galleries[school_id] = kept
        return kept[1]


@dataclass(frozen=True, slots=True, eq=False)
class FaceLook:
    """One face, looked at by itself: its unit vector, (128,), and the detector's confidence in percent."""

    vector: Vector
    cut: FaceCut
    confidence: float


def look_at(engine: faces.FaceEngine, picture: faces.Picture, box: Box) -> FaceLook | None:
    """Look at the face in a box as a search does; None where, seen by itself, it is no face."""
    for cut in face_cuts(picture, box):
        crop = faces.Picture.of(cut.pixels)
        found = engine.detect(crop)
        if found and cut.shows(box_in_ratios(found[0].box, crop)):
            return FaceLook(engine.embed(crop, found[0]), cut, found[0].score * 100)
    return None


def _compare(
    gallery: faces.Gallery, look: FaceLook | None, floor: float, limit: int
) -> tuple[tuple[Candidate, ...], View | None]:
    if look is None:
        return (), None
    near = [
        Candidate(match.key, faces.similarity_of(match.cosine))
        for match in gallery.search(look.vector, MOST_USERS)
    ]
    view = look.cut.view(look.confidence, crowd_of([candidate.similarity for candidate in near]))
    return tuple(candidate for candidate in near[:limit] if candidate.similarity >= floor), view
