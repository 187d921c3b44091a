"""The face index on Amazon Rekognition: one collection a school, one user a student, one face a portrait.

SearchUsersByImage looks at the largest face of a picture alone, so every face is cut out and searched by
itself. It compares with a vector made of all references of a student, which finds more than the nearest
single reference does and lets fewer strangers in.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from attendance.adapters.client_errors import code_of, tolerating, translated
from attendance.adapters.pictures import MOST_USERS, crowd_of, face_cuts, load_picture
from attendance.adapters.rekognition_users import RekognitionUsers
from attendance.adapters.tiles import Tile, TileFace, encode_tile, sweep
from attendance.domain.errors import (
    NotFoundError,
    PictureTooLargeError,
    PictureUnreadableError,
    PortraitRefusedError,
)
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
from faces import Picture, encode_png

if TYPE_CHECKING:
    from mypy_boto3_rekognition import RekognitionClient

_SERVICE: Final = "Rekognition"
_PARALLEL_SEARCHES: Final = 8


@dataclass(frozen=True, slots=True)
class _FoundFace:
    engine: Engine | None
    calls: int
    candidates: tuple[Candidate, ...] = ()
    view: View | None = None


class RekognitionFaceIndex:
    """Detects in place, in S3, and in tiles by bytes where a frame is large or crowded; searches by bytes.

    Parameters
    ----------
    objects
        The bucket that picture keys are of; its name is what Rekognition reads from.
    users
        Where not the client's own.
    """

    def __init__(
        self,
        client: "RekognitionClient",
        objects: ObjectStore,
        bucket: str,
        users: RekognitionUsers | None = None,
    ) -> None:
        self._client = client
        self._objects = objects
        self._bucket = bucket
        self._users = users or RekognitionUsers(client)

    def detect(self, picture_key: str) -> PictureFaces:
        # Decoded before Rekognition is asked: what a search could not cut faces from is a bad frame.
        pixels = load_picture(self._objects, picture_key).pixels
        frame = Tile(0, 0, pixels.shape[1], pixels.shape[0])

        def look(tile: Tile) -> list[TileFace]:
            whole = tile == frame
            image = self._image(picture_key) if whole else {"Bytes": encode_tile(pixels, tile)}
            told = self._detect(picture_key, image)
            return [TileFace(tile.pixels_of(_box(face["BoundingBox"])), face["Confidence"]) for face in told]

        # One tile after another: five calls a second are all that most regions allow.
        found, calls = sweep(frame, look)
        return PictureFaces(
            faces=tuple(DetectedFace(frame.ratios_of(face.box), face.confidence) for face in found),
            calls=calls,
        )

    def search(
        self, school_id: str, picture_key: str, boxes: Sequence[Box], *, floor: float, limit: int
    ) -> FaceSearches:
        if not boxes:
            return FaceSearches(engine=None, candidates=(), calls=0)
        picture = load_picture(self._objects, picture_key)

        def search_one(box: Box) -> _FoundFace:
            return self._search_face(school_id, picture, box, floor, limit)

        with ThreadPoolExecutor(_PARALLEL_SEARCHES) as pool:
            answers = list(pool.map(search_one, boxes))
        return FaceSearches(
            engine=next((answer.engine for answer in answers if answer.engine), None),
            candidates=tuple(answer.candidates for answer in answers),
            calls=sum(answer.calls for answer in answers),
            views=tuple(answer.view for answer in answers),
        )

    def portrait_faces(self, picture_key: str) -> Sequence[PortraitFace]:
        faces = self._detect(picture_key, self._image(picture_key))
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
        collection_id = _collection(school_id)
        picture = load_picture(self._objects, picture_key)
        with tolerating("ResourceAlreadyExistsException"), translated(_SERVICE):
            self._client.create_collection(CollectionId=collection_id)
        face_id = self._index_face(collection_id, student_id, picture, box)
        self._users.associate(collection_id, student_id, face_id)
        return face_id

    def remove_references(self, school_id: str, reference_ids: Sequence[str]) -> None:
        self._users.remove(_collection(school_id), reference_ids)

    def references(self, school_id: str) -> Sequence[KnownReference]:
        try:
            return [_reference(face) for face in self._users.faces(_collection(school_id))]
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":  # nobody has been enrolled yet
                return []
            raise

    def near_references(
        self, school_id: str, picture_key: str, box: Box, *, floor: float, limit: int
    ) -> Sequence[ReferenceMatch]:
        for cut in face_cuts(load_picture(self._objects, picture_key), box):
            try:
                with translated(_SERVICE):
                    answer = self._client.search_faces_by_image(
                        CollectionId=_collection(school_id),
                        Image={"Bytes": encode_png(cut.pixels)},
                        FaceMatchThreshold=floor,
                        MaxFaces=limit,
                        QualityFilter="NONE",
                    )
            except ClientError as error:
                if code_of(error) == "ResourceNotFoundException":
                    return []
                if code_of(error) == "InvalidParameterException":  # no face in this cut
                    continue
                raise
            if cut.shows(_box(answer["SearchedFaceBoundingBox"])):
                return _matches(answer["FaceMatches"])
        return []

    def neighbours(
        self, school_id: str, reference_id: str, *, floor: float, limit: int
    ) -> Sequence[ReferenceMatch]:
        try:
            with translated(_SERVICE):
                answer = self._client.search_faces(
                    CollectionId=_collection(school_id),
                    FaceId=reference_id,
                    FaceMatchThreshold=floor,
                    MaxFaces=limit,
                )
        except ClientError as error:
            # Rekognition calls an unknown face an invalid parameter.
            if code_of(error) in {"ResourceNotFoundException", "InvalidParameterException"}:
                raise NotFoundError(f"There is no face reference {reference_id}.") from error
            raise
        return _matches(answer["FaceMatches"])

    def _detect(self, picture_key: str, image: Any) -> list[Any]:
        with _picture_refusals(picture_key), translated(_SERVICE):
            return list(self._client.detect_faces(Image=image)["FaceDetails"])

    def _search_face(
        self, school_id: str, picture: Picture, box: Box, floor: float, limit: int
    ) -> _FoundFace:
        engine, calls = None, 0
        for calls, cut in enumerate(face_cuts(picture, box), start=1):
            try:
                with translated(_SERVICE):
                    answer = self._client.search_users_by_image(
                        CollectionId=_collection(school_id),
                        Image={"Bytes": encode_png(cut.pixels)},
                        # All, for the crowd is part of the answer; it costs no more.
                        UserMatchThreshold=0.0,
                        MaxUsers=MOST_USERS,
                        QualityFilter="NONE",
                    )
            except ClientError as error:
                if code_of(error) == "ResourceNotFoundException":  # nobody has been enrolled yet
                    return _FoundFace(None, calls)
                raise
            engine = _engine(answer["FaceModelVersion"])
            searched = answer.get("SearchedFace")
            if searched and cut.shows(_box(searched["FaceDetail"]["BoundingBox"])):
                matches = _candidates(answer["UserMatches"])
                crowd = crowd_of([match.similarity for match in matches])
                near = tuple(match for match in matches[:limit] if match.similarity >= floor)
                view = cut.view(searched["FaceDetail"]["Confidence"], crowd)
                return _FoundFace(engine, calls, near, view)
        return _FoundFace(engine, calls)

    def _index_face(self, collection_id: str, student_id: str, picture: Picture, box: Box) -> str:
        for cut in face_cuts(picture, box):
            with translated(_SERVICE):
                answer = self._client.index_faces(
                    CollectionId=collection_id,
                    Image={"Bytes": encode_png(cut.pixels)},
                    ExternalImageId=student_id,
                    MaxFaces=1,
                    QualityFilter="NONE",
                )
            for record in answer["FaceRecords"]:
                face = record["Face"]
                if cut.shows(_box(face["BoundingBox"])):
                    return face["FaceId"]
                self._users.delete_faces(collection_id, [face["FaceId"]])  # a neighbour's
        message = "No face could be indexed: use a picture that shows the face from the front, well lit."
        raise PortraitRefusedError(("FACE_PRESENT",), message)

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


def _reference(face: Any) -> KnownReference:
    return KnownReference(face["FaceId"], face["ExternalImageId"])


def _matches(found: Sequence[Any]) -> Sequence[ReferenceMatch]:
    return [ReferenceMatch(_reference(match["Face"]), match["Similarity"]) for match in found]


def _candidates(matches: Sequence[Any]) -> tuple[Candidate, ...]:
    return tuple(Candidate(match["User"]["UserId"], match["Similarity"]) for match in matches)
