"""IndexFaces, ListFaces, DeleteFaces."""

import uuid
from typing import TYPE_CHECKING, Any, Final

from faces import FaceEngine
from local.rekognition.bars import QualityFilter, reasons_against
from local.rekognition.context import Answer, Context, collection_named, comparable_collection
from local.rekognition.errors import ResourceNotFoundException
from local.rekognition.looking import MOST_FACES, SeenFace, look
from local.rekognition.store import StoredFace
from local.rekognition.tokens import place_of, token_after

if TYPE_CHECKING:
    from mypy_boto3_rekognition.type_defs import (
        DeleteFacesRequestTypeDef,
        FaceTypeDef,
        IndexFacesRequestTypeDef,
        ListFacesRequestTypeDef,
    )

_PAGE: Final = 1000


def described(face: StoredFace) -> "FaceTypeDef":
    """Return a stored face as the service describes it."""
    answer: FaceTypeDef = {
        "FaceId": face.face_id,
        "BoundingBox": {"Width": face.width, "Height": face.height, "Left": face.left, "Top": face.top},
        "ImageId": face.image_id,
        "Confidence": face.confidence,
        "IndexFacesModelVersion": FaceEngine.version,
    }
    if face.external_image_id is not None:
        answer["ExternalImageId"] = face.external_image_id
    if face.user_id is not None:
        answer["UserId"] = face.user_id
    return answer


def index_faces(context: Context, request: "IndexFacesRequestTypeDef") -> Answer:
    with context.store.reading() as transaction:
        collection = comparable_collection(transaction, request["CollectionId"])
    picture = context.pictures.read(request["Image"])
    with context.engines.borrowed(picture) as engine:
        seen = look(engine, picture, strict=context.settings.strict)
        wanted, unindexed = _sifted(seen, request.get("QualityFilter", "AUTO"), request.get("MaxFaces"))
        vectors = [engine.embed(picture, face.face) for face in wanted]
    image_id = str(uuid.uuid4())
    records: list[dict[str, Any]] = []
    with context.store.writing() as transaction:
        collection = comparable_collection(transaction, request["CollectionId"])
        for face, vector in zip(wanted, vectors, strict=True):
            stored = _stored(face, image_id, request.get("ExternalImageId"))
            transaction.add_face(collection, stored, vector)
            records.append({"Face": described(stored), "FaceDetail": face.detail()})
    return {
        "FaceRecords": records,
        "FaceModelVersion": collection.model_version,
        "UnindexedFaces": unindexed,
    }


def _sifted(
    seen: list[SeenFace], bar: QualityFilter, most: int | None
) -> tuple[list[SeenFace], list[dict[str, Any]]]:
    """Part the faces to index, largest first, from the poor and the surplus ones with their reasons."""
    good: list[SeenFace] = []
    unindexed: list[dict[str, Any]] = []
    for face in seen:
        reasons = reasons_against(face.quality, bar)
        if not reasons and len(good) < min(most or MOST_FACES, MOST_FACES):
            good.append(face)
        else:
            unindexed.append({"Reasons": reasons or ["EXCEEDS_MAX_FACES"], "FaceDetail": face.detail()})
    return good, unindexed


def _stored(seen: SeenFace, image_id: str, external_image_id: str | None) -> StoredFace:
    box = seen.box()
    return StoredFace(
        seq=0,
        face_id=str(uuid.uuid4()),
        image_id=image_id,
        external_image_id=external_image_id,
        left=box["Left"],
        top=box["Top"],
        width=box["Width"],
        height=box["Height"],
        confidence=seen.confidence,
    )


def list_faces(context: Context, request: "ListFacesRequestTypeDef") -> Answer:
    limit = request.get("MaxResults") or _PAGE
    user_id = request.get("UserId")
    with context.store.reading() as transaction:
        collection = collection_named(transaction, request["CollectionId"])
        listing = f"ListFaces {collection.id}"
        after = place_of(request.get("NextToken"), listing)
        if user_id is not None and transaction.user(collection, user_id) is None:
            raise ResourceNotFoundException(f"The user id: {user_id} does not exist")
        found = transaction.faces(
            collection, after=after, limit=limit + 1, user_id=user_id, face_ids=request.get("FaceIds")
        )
    page = found[:limit]
    answer: Answer = {
        "Faces": [described(face) for face in page],
        "FaceModelVersion": collection.model_version,
    }
    if len(found) > limit:
        answer["NextToken"] = token_after(listing, page[-1].seq)
    return answer


def delete_faces(context: Context, request: "DeleteFacesRequestTypeDef") -> Answer:
    deleted: list[str] = []
    failed: list[dict[str, Any]] = []
    with context.store.writing() as transaction:
        collection = collection_named(transaction, request["CollectionId"])
        wanted = list(dict.fromkeys(request["FaceIds"]))
        known = transaction.faces_by_id(collection, wanted)
        for face_id in wanted:
            face = known.get(face_id)
            if face is None:
                failed.append({"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]})
            elif face.user_id is not None:
                reasons = ["ASSOCIATED_TO_AN_EXISTING_USER"]
                failed.append({"FaceId": face_id, "UserId": face.user_id, "Reasons": reasons})
            else:
                transaction.delete_face(collection, face_id)
                deleted.append(face_id)
    return {"DeletedFaces": deleted, "UnsuccessfulFaceDeletions": failed}
