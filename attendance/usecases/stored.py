"""Between domain values and what the workflow stores of them under a capture."""

from dataclasses import asdict

from attendance.contracts.workflow import (
    SearchedFace,
    StoredBox,
    StoredCandidate,
    StoredSighting,
    StoredView,
)
from attendance.domain.sightings import Box, Candidate, Face, Sighting, View


def stored_box(box: Box) -> StoredBox:
    return StoredBox(left=box.left, top=box.top, width=box.width, height=box.height)


def box_of(stored: StoredBox) -> Box:
    return Box(stored.left, stored.top, stored.width, stored.height)


def stored_face(face: Face) -> SearchedFace:
    return SearchedFace(
        frame=face.frame,
        index=face.index,
        box=stored_box(face.box),
        confidence=face.confidence,
        outcome=face.outcome,
        candidates=tuple(
            StoredCandidate(student_id=candidate.student_id, similarity=candidate.similarity)
            for candidate in face.candidates
        ),
        view=StoredView(**asdict(face.view)) if face.view else None,
    )


def face_of(stored: SearchedFace) -> Face:
    return Face(
        frame=stored.frame,
        index=stored.index,
        box=box_of(stored.box),
        confidence=stored.confidence,
        outcome=stored.outcome,
        candidates=tuple(Candidate(c.student_id, c.similarity) for c in stored.candidates),
        view=View(**stored.view.model_dump()) if stored.view else None,
    )


def stored_sighting(sighting: Sighting) -> StoredSighting:
    return StoredSighting(
        student_id=sighting.student_id,
        frame=sighting.frame,
        face=sighting.face,
        box=stored_box(sighting.box),
        similarity=sighting.similarity,
        band="recognised" if sighting.band == "recognised" else "doubtful",
        on_roster=sighting.on_roster,
        certainty=sighting.certainty,
        needed=sighting.needed,
        look_alikes=tuple(sorted(sighting.look_alikes)),
    )


def sighting_of(stored: StoredSighting) -> Sighting:
    return Sighting(
        student_id=stored.student_id,
        frame=stored.frame,
        face=stored.face,
        box=box_of(stored.box),
        similarity=stored.similarity,
        band=stored.band,
        on_roster=stored.on_roster,
        certainty=stored.certainty,
        needed=stored.needed,
        look_alikes=frozenset(stored.look_alikes),
    )
