"""SearchFaces, SearchFacesByImage, SearchUsers, SearchUsersByImage."""

from typing import TYPE_CHECKING, Any, Final

from faces import Neighbour, cosine_of, similarity_of, template_of
from faces.arrays import Vector
from local.rekognition.bars import reasons_against
from local.rekognition.context import Answer, Context, comparable_collection
from local.rekognition.errors import InvalidParameterException, ResourceNotFoundException
from local.rekognition.looking import SeenFace, look
from local.rekognition.operations.indexing import described
from local.rekognition.operations.users import status_of
from local.rekognition.store import Collection, Transaction

if TYPE_CHECKING:
    from mypy_boto3_rekognition.type_defs import (
        SearchFacesByImageRequestTypeDef,
        SearchFacesRequestTypeDef,
        SearchUsersByImageRequestTypeDef,
        SearchUsersRequestTypeDef,
    )

_DEFAULT_THRESHOLD: Final = 80.0
_MOST_FACES: Final = 4096
_MOST_USERS: Final = 500


def search_faces(context: Context, request: "SearchFacesRequestTypeDef") -> Answer:
    face_id = request["FaceId"]
    with context.store.reading() as transaction:
        collection = comparable_collection(transaction, request["CollectionId"])
        vector = _vector_of_face(transaction, collection, face_id)
        most = request.get("MaxFaces", _MOST_FACES)
        threshold = request.get("FaceMatchThreshold", _DEFAULT_THRESHOLD)
        near = _near_faces(context, transaction, collection, vector, most + 1, threshold)
    matches = [match for match in near if match["Face"]["FaceId"] != face_id]
    return {
        "SearchedFaceId": face_id,
        "FaceMatches": matches[:most],
        "FaceModelVersion": collection.model_version,
    }


def search_faces_by_image(context: Context, request: "SearchFacesByImageRequestTypeDef") -> Answer:
    with context.store.reading() as transaction:
        comparable_collection(transaction, request["CollectionId"])
    seen, vector = _look_for_largest(context, request)
    good = [face for face, reasons in seen if not reasons]
    if vector is None:
        raise InvalidParameterException("There are no faces in the image. Should be at least 1.")
    with context.store.reading() as transaction:
        collection = comparable_collection(transaction, request["CollectionId"])
        most = request.get("MaxFaces", _MOST_FACES)
        threshold = request.get("FaceMatchThreshold", _DEFAULT_THRESHOLD)
        matches = _near_faces(context, transaction, collection, vector, most, threshold)
    return {
        "SearchedFaceBoundingBox": good[0].box(),
        "SearchedFaceConfidence": good[0].confidence,
        "FaceMatches": matches,
        "FaceModelVersion": collection.model_version,
    }


def search_users(context: Context, request: "SearchUsersRequestTypeDef") -> Answer:
    face_id, user_id = request.get("FaceId"), request.get("UserId")
    answer: Answer = {}
    with context.store.reading() as transaction:
        collection = comparable_collection(transaction, request["CollectionId"])
        if (face_id is None) == (user_id is None):
            raise InvalidParameterException("Request has invalid parameters: give either FaceId or UserId.")
        if face_id is not None:
            vector = _vector_of_face(transaction, collection, face_id)
            answer["SearchedFace"] = {"FaceId": face_id}
        elif user_id is not None:
            vector = _vector_of_user(transaction, collection, user_id)
            answer["SearchedUser"] = {"UserId": user_id}
        near = _near_users(context, transaction, collection, vector, request)
    answer["UserMatches"] = [match for match in near if match["User"]["UserId"] != user_id]
    answer["FaceModelVersion"] = collection.model_version
    return answer


def search_users_by_image(context: Context, request: "SearchUsersByImageRequestTypeDef") -> Answer:
    with context.store.reading() as transaction:
        collection = comparable_collection(transaction, request["CollectionId"])
    seen, vector = _look_for_largest(context, request)
    answer: Answer = {"UserMatches": [], "FaceModelVersion": collection.model_version}
    searched = next((face for face, reasons in seen if not reasons), None)
    if searched is not None and vector is not None:
        answer["SearchedFace"] = {"FaceDetail": searched.detail()}
        with context.store.reading() as transaction:
            collection = comparable_collection(transaction, request["CollectionId"])
            answer["UserMatches"] = _near_users(context, transaction, collection, vector, request)
    answer["UnsearchedFaces"] = [
        {"FaceDetails": face.detail(), "Reasons": reasons or ["FACE_NOT_LARGEST"]}
        for face, reasons in seen
        if face is not searched
    ]
    return answer


def _look_for_largest(
    context: Context, request: Any
) -> tuple[list[tuple[SeenFace, list[str]]], Vector | None]:
    """Return all faces with the reasons against each, and the vector of the largest good one."""
    picture = context.pictures.read(request["Image"])
    bar = request.get("QualityFilter", "NONE")
    with context.engines.borrowed(picture) as engine:
        faces = look(engine, picture, strict=context.settings.strict)
        seen = [(face, reasons_against(face.quality, bar)) for face in faces]
        largest = next((face for face, reasons in seen if not reasons), None)
        return seen, None if largest is None else engine.embed(picture, largest.face)


def _near_faces(
    context: Context,
    transaction: Transaction,
    collection: Collection,
    vector: Vector,
    most: int,
    threshold: float,
) -> list[dict[str, Any]]:
    near = context.galleries.nearest_faces(transaction, collection, vector, most, cosine_of(threshold))
    known = transaction.faces_by_id(collection, (neighbour.key for neighbour in near))
    return [
        {"Similarity": similarity_of(neighbour.cosine), "Face": described(known[neighbour.key])}
        for neighbour in near
        if neighbour.key in known
    ]


def _near_users(
    context: Context, transaction: Transaction, collection: Collection, vector: Vector, request: Any
) -> list[dict[str, Any]]:
    most = request.get("MaxUsers", _MOST_USERS)
    floor = cosine_of(request.get("UserMatchThreshold", _DEFAULT_THRESHOLD))
    # One more than asked for: a user that is searched for does not match itself.
    near = context.galleries.nearest_users(transaction, collection, vector, most + 1, floor)
    others = [neighbour for neighbour in near if neighbour.key != request.get("UserId")]
    matches = (_user_match(context, transaction, collection, neighbour) for neighbour in others[:most])
    return [match for match in matches if match is not None]


def _user_match(
    context: Context, transaction: Transaction, collection: Collection, neighbour: Neighbour
) -> dict[str, Any] | None:
    user = transaction.user(collection, neighbour.key)
    if user is None:
        return None
    status = status_of(user, context.settings.user_settle_seconds)
    return {
        "Similarity": similarity_of(neighbour.cosine),
        "User": {"UserId": user.user_id, "UserStatus": status},
    }


def _vector_of_face(transaction: Transaction, collection: Collection, face_id: str) -> Vector:
    vector = transaction.vector(collection, face_id)
    if vector is None:
        # Amazon calls this an invalid parameter, not a missing resource.
        raise InvalidParameterException("faceId was not found in the collection.")
    return vector


def _vector_of_user(transaction: Transaction, collection: Collection, user_id: str) -> Vector:
    if transaction.user(collection, user_id) is None:
        raise ResourceNotFoundException(f"The user id: {user_id} does not exist")
    vectors = transaction.user_vectors(collection, user_id)
    if not vectors:
        raise InvalidParameterException(f"The user id: {user_id} has no faces to search with.")
    return template_of(vectors)
