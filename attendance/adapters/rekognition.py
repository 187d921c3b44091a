"""The face index on Amazon Rekognition: one collection a school, one face reference a portrait.

SearchFacesByImage looks at the largest face of a picture alone, so every face is cut out, with some
surroundings as Rekognition advises, and searched by itself.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import cv2
from botocore.exceptions import ClientError

from attendance.adapters.client_errors import code_of, translated
from attendance.adapters.pictures import crop, load_picture
from attendance.domain.errors import (
    NotFoundError,
    PictureTooLargeError,
    PictureUnreadableError,
    PortraitRefusedError,
)
from attendance.domain.policy import Engine
from attendance.domain.portraits import PortraitFace
from attendance.domain.sightings import Box, Candidate
from attendance.ports import DetectedFace, FaceSearches, ObjectStore, PictureFaces
from faces.image import Picture

if TYPE_CHECKING:
    from mypy_boto3_rekognition import RekognitionClient

# Room for the head and some shoulders; a tighter cut where a larger neighbour reaches in.
_MARGINS = (0.5, 0.15)
# Faces are enlarged to this before they are searched: Rekognition compares from 50 px up.
_FACE_PX = 112
# Nothing is gained above this, and a whole frame as PNG would not go into Rekognition's 5 MB.
_LONGEST_SIDE_PX = 1024
# Two faces are the same where their boxes overlap this much.
_SAME_FACE = 0.3
_PARALLEL_SEARCHES = 8


class RekognitionFaceIndex:
    """Detects in place, in S3, and searches by bytes.

    Parameters
    ----------
    objects
        The bucket that picture keys are of; its name is what Rekognition reads from.
    """

    def __init__(self, client: "RekognitionClient", objects: ObjectStore, bucket: str) -> None:
        self._client = client
        self._objects = objects
        self._bucket = bucket

    def detect(self, picture_key: str) -> PictureFaces:
        faces = self._detect(picture_key)
        return PictureFaces(
            faces=tuple(DetectedFace(_box(face["BoundingBox"]), face["Confidence"]) for face in faces),
            calls=1,
        )

    def search(
        self, school_id: str, picture_key: str, boxes: Sequence[Box], *, floor: float, limit: int
    ) -> FaceSearches:
        if not boxes:
            return FaceSearches(engine=None, candidates=(), calls=0)
        picture = load_picture(self._objects, picture_key)

        def search_one(box: Box) -> tuple[Engine | None, tuple[Candidate, ...], int]:
            return self._search_face(school_id, picture, box, floor, limit)

        with ThreadPoolExecutor(_PARALLEL_SEARCHES) as pool:
            answers = list(pool.map(search_one, boxes))
        return FaceSearches(
            engine=next((engine for engine, _, _ in answers if engine), None),
            candidates=tuple(candidates for _, candidates, _ in answers),
            calls=sum(calls for _, _, calls in answers),
        )

    def portrait_faces(self, picture_key: str) -> Sequence[PortraitFace]:
        faces = self._detect(picture_key)
        width = load_picture(self._objects, picture_key).width
        return [
            PortraitFace(
                width_px=face["BoundingBox"]["Width"] * width,
                yaw=face["Pose"]["Yaw"],
                pitch=face["Pose"]["Pitch"],
                roll=face["Pose"]["Roll"],
                brightness=face["Quality"]["Brightness"],
                sharpness=face["Quality"]["Sharpness"],
                confidence=face["Confidence"],
                box=_box(face["BoundingBox"]),
            )
            for face in faces
        ]

    def add_reference(self, school_id: str, student_id: str, picture_key: str, box: Box) -> str:
        cut, face = crop(load_picture(self._objects, picture_key), box, _MARGINS[0])
        self._make_collection(school_id)
        with _picture_refusals(picture_key), translated("Rekognition"):
            answer = self._client.index_faces(
                CollectionId=_collection(school_id),
                Image={"Bytes": _sized(cut, face)},
                ExternalImageId=student_id,
                MaxFaces=1,
                QualityFilter="NONE",
            )
        if not answer["FaceRecords"]:
            message = "No face could be indexed: use a picture that shows the face from the front, well lit."
            raise PortraitRefusedError(("FACE_PRESENT",), message)
        return answer["FaceRecords"][0]["Face"]["FaceId"]

    def remove_references(self, school_id: str, reference_ids: Sequence[str]) -> None:
        with translated("Rekognition"):
            self._client.delete_faces(CollectionId=_collection(school_id), FaceIds=list(reference_ids))

    def _detect(self, picture_key: str) -> list[Any]:
        with _picture_refusals(picture_key), translated("Rekognition"):
            return list(self._client.detect_faces(Image=self._image(picture_key))["FaceDetails"])

    def _search_face(
        self, school_id: str, picture: Picture, box: Box, floor: float, limit: int
    ) -> tuple[Engine | None, tuple[Candidate, ...], int]:
        engine = None
        for calls, margin in enumerate(_MARGINS, start=1):
            cut, expected = crop(picture, box, margin)
            try:
                with translated("Rekognition"):
                    answer = self._client.search_faces_by_image(
                        CollectionId=_collection(school_id),
                        Image={"Bytes": _sized(cut, expected)},
                        FaceMatchThreshold=floor,
                        MaxFaces=limit,
                        QualityFilter="NONE",
                    )
            except ClientError as error:
                if code_of(error) == "ResourceNotFoundException":  # nobody has been enrolled yet
                    return None, (), calls
                if code_of(error) == "InvalidParameterException":  # no face in this cut
                    continue
                raise
            engine = _engine(answer["FaceModelVersion"])
            if _overlap(_box(answer["SearchedFaceBoundingBox"]), expected) >= _SAME_FACE:
                return engine, _candidates(answer["FaceMatches"]), calls
        return engine, (), len(_MARGINS)

    def _make_collection(self, school_id: str) -> None:
        try:
            with translated("Rekognition"):
                self._client.create_collection(CollectionId=_collection(school_id))
        except ClientError as error:
            if code_of(error) != "ResourceAlreadyExistsException":
                raise

    def _image(self, picture_key: str) -> Any:
        return {"S3Object": {"Bucket": self._bucket, "Name": picture_key}}


def _collection(school_id: str) -> str:
    return f"rollcall-{school_id}"


def _engine(face_model_version: str) -> Engine:
    """Rekognition Local says which engine it runs, as ``name/version``; Amazon's own says a number."""
    name, slash, version = face_model_version.partition("/")
    return Engine(name, version) if slash else Engine("rekognition", face_model_version)


@contextmanager
def _picture_refusals(picture_key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if code_of(error) == "InvalidImageFormatException":
            message = f"{picture_key} is no JPEG or PNG picture that can be read."
            raise PictureUnreadableError(message) from error
        if code_of(error) == "ImageTooLargeException":
            raise PictureTooLargeError(f"{picture_key} is too large a picture.") from error
        if code_of(error) == "InvalidS3ObjectException":
            message = f"{picture_key} is not in the bucket (any more), or may not be read."
            raise NotFoundError(message) from error
        raise


def _box(box: Any) -> Box:
    return Box(box["Left"], box["Top"], box["Width"], box["Height"])


def _candidates(matches: Sequence[Any]) -> tuple[Candidate, ...]:
    """Best first, one line a student: a student with several references counts with the nearest one."""
    best: dict[str, float] = {}
    for match in matches:
        student_id = match["Face"]["ExternalImageId"]
        best[student_id] = max(best.get(student_id, 0.0), match["Similarity"])
    return tuple(
        Candidate(student_id, best[student_id]) for student_id in sorted(best, key=lambda s: -best[s])
    )


def _sized(cut: Any, face: Box) -> bytes:
    face_px = face.width * cut.shape[1]
    scale = min(max(1.0, _FACE_PX / max(face_px, 1.0)), _LONGEST_SIDE_PX / max(cut.shape[:2]))
    if scale != 1:
        interpolation = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        cut = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=interpolation)
    _, encoded = cv2.imencode(".png", cut, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return encoded.tobytes()


def _overlap(one: Box, other: Box) -> float:
    """Intersection over union, 0 to 1."""
    width = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    height = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (one.width * one.height + other.width * other.height - shared)
