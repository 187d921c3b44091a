"""SearchFaces: whose reference is each face of a capture near?"""

from collections.abc import Sequence

from attendance.contracts.object_keys import CapturePrefix
from attendance.contracts.workflow import (
    CaptureCandidates,
    CaptureRef,
    DetectedFrame,
    FrameFaces,
    SearchedFace,
    SearchedFaces,
)
from attendance.domain.sightings import Face
from attendance.ports import FaceIndex, ObjectStore, SchoolStore
from attendance.usecases.stored import box_of, stored_face

# Rekognition orders matches by similarity; a class has no use for more names a face than this.
_CANDIDATES_A_FACE = 5


def search_faces(
    ref: CaptureRef,
    detected: Sequence[DetectedFrame],
    *,
    index: FaceIndex,
    files: ObjectStore,
    schools: SchoolStore,
) -> SearchedFaces:
    """Search the faces of all frames, the largest first within the policy's budget; store the candidates.

    A face beyond the budget is stored as such, so that nobody takes it for one that matched nobody.
    """
    policy = schools.policy(ref.school_id)
    place = CapturePrefix(ref.school_id, ref.device_id, ref.capture_id)
    frames = [_read(files, place, frame) for frame in detected if frame.faces]
    chosen = _largest(frames, policy.searches_per_capture)
    faces: list[Face] = []
    engine = None
    calls = 0
    for frame in frames:
        wanted = [face for face in frame.faces if (frame.frame, face.index) in chosen]
        found = index.search(
            ref.school_id,
            frame.key,
            [box_of(face.box) for face in wanted],
            floor=policy.search_floor,
            limit=_CANDIDATES_A_FACE,
        )
        engine = found.engine or engine
        calls += found.calls
        candidates = dict(zip((face.index for face in wanted), found.candidates, strict=True))
        faces.extend(
            Face(
                frame=frame.frame,
                index=face.index,
                box=box_of(face.box),
                confidence=face.confidence,
                candidates=candidates.get(face.index, ()),
                outcome="searched" if face.index in candidates else "over_budget",
            )
            for face in frame.faces
        )
    stored: tuple[SearchedFace, ...] = tuple(stored_face(face) for face in faces)
    engine_name = str(engine) if engine else None
    files.write(place.candidates, CaptureCandidates(engine=engine_name, faces=stored))
    return SearchedFaces(faces=len(faces), searched=len(chosen), calls=calls)


def _read(files: ObjectStore, place: CapturePrefix, frame: DetectedFrame) -> FrameFaces:
    return FrameFaces.model_validate_json(files.read(place.faces(frame.frame)))


def _largest(frames: Sequence[FrameFaces], budget: int) -> frozenset[tuple[int, int]]:
    every = [
        (face.box.width * frame.width * face.box.height * frame.height, frame.frame, face.index)
        for frame in frames
        for face in frame.faces
    ]
    every.sort(key=lambda entry: (-entry[0], entry[1], entry[2]))
    return frozenset((frame, face) for _, frame, face in every[:budget])
