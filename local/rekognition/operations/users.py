"""CreateUser, ListUsers, DeleteUser, AssociateFaces, DisassociateFaces."""

import time
from typing import TYPE_CHECKING, Any, Final

from faces import similarity_of, template_of
from local.rekognition.context import Answer, Context, answered_once, collection_named, comparable_collection
from local.rekognition.errors import (
    ConflictException,
    ResourceNotFoundException,
    ServiceQuotaExceededException,
)
from local.rekognition.store import Collection, StoredUser, Transaction
from local.rekognition.tokens import place_of, token_after

if TYPE_CHECKING:
    from mypy_boto3_rekognition.type_defs import (
        AssociateFacesRequestTypeDef,
        CreateUserRequestTypeDef,
        DeleteUserRequestTypeDef,
        DisassociateFacesRequestTypeDef,
        ListUsersRequestTypeDef,
    )

MOST_FACES_OF_A_USER: Final = 100
_DEFAULT_THRESHOLD: Final = 75.0
_PAGE: Final = 100


def status_of(user: StoredUser, settle_seconds: float) -> str:
    """Return a user's status: UPDATING for a while after a change, as in the cloud."""
    if time.time() - user.changed_at < settle_seconds:
        return "UPDATING"
    return "ACTIVE" if user.faces else "CREATED"


def create_user(context: Context, request: "CreateUserRequestTypeDef") -> Answer:
    user_id = request["UserId"]
    with context.store.writing() as transaction:
        collection = collection_named(transaction, request["CollectionId"])

        def act() -> Answer:
            if transaction.user(collection, user_id) is not None:
                raise ConflictException(f"A user with the id: {user_id} already exists")
            transaction.add_user(collection, user_id)
            return {}

        return answered_once(transaction, "CreateUser", request, act)


def list_users(context: Context, request: "ListUsersRequestTypeDef") -> Answer:
    limit = request.get("MaxResults", _PAGE)
    with context.store.reading() as transaction:
        collection = collection_named(transaction, request["CollectionId"])
        listing = f"ListUsers {collection.id}"
        after = place_of(request.get("NextToken"), listing)
        found = transaction.users(collection, after=after, limit=limit + 1)
    page = found[:limit]
    settle = context.settings.user_settle_seconds
    users = [{"UserId": user.user_id, "UserStatus": status_of(user, settle)} for user in page]
    answer: Answer = {"Users": users}
    if len(found) > limit:
        answer["NextToken"] = token_after(listing, page[-1].seq)
    return answer


def delete_user(context: Context, request: "DeleteUserRequestTypeDef") -> Answer:
    with context.store.writing() as transaction:
        collection = collection_named(transaction, request["CollectionId"])

        def act() -> Answer:
            user = _user_named(transaction, collection, request["UserId"])
            transaction.delete_user(collection, user.user_id)
            return {}

        return answered_once(transaction, "DeleteUser", request, act)


def associate_faces(context: Context, request: "AssociateFacesRequestTypeDef") -> Answer:
    with context.store.writing() as transaction:
        collection = comparable_collection(transaction, request["CollectionId"])

        def act() -> Answer:
            user = _user_named(transaction, collection, request["UserId"])
            threshold = request.get("UserMatchThreshold", _DEFAULT_THRESHOLD)
            face_ids = list(dict.fromkeys(request["FaceIds"]))
            chosen, failed = _choose(transaction, collection, user, face_ids, threshold)
            if user.faces + len(chosen) > MOST_FACES_OF_A_USER:
                raise ServiceQuotaExceededException(
                    f"The user id: {user.user_id} can have {MOST_FACES_OF_A_USER} faces at most"
                )
            status = _reassociate(context, transaction, collection, user, chosen, user.user_id)
            return {
                "AssociatedFaces": [{"FaceId": face_id} for face_id in chosen],
                "UnsuccessfulFaceAssociations": failed,
                "UserStatus": status,
            }

        return answered_once(transaction, "AssociateFaces", request, act)


def _choose(
    transaction: Transaction, collection: Collection, user: StoredUser, face_ids: list[str], threshold: float
) -> tuple[list[str], list[dict[str, Any]]]:
    """Part the faces that may become this user's from those that may not, with the reason."""
    chosen: list[str] = []
    failed: list[dict[str, Any]] = []
    known = transaction.faces_by_id(collection, face_ids)
    vectors = transaction.user_vectors(collection, user.user_id)
    template = template_of(vectors) if vectors else None
    for face_id in face_ids:
        face, vector = known.get(face_id), transaction.vector(collection, face_id)
        if face is None or vector is None:
            failed.append({"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]})
            continue
        if face.user_id == user.user_id:
            continue
        if face.user_id is not None:
            reasons = ["ASSOCIATED_TO_A_DIFFERENT_USER"]
            failed.append({"FaceId": face_id, "UserId": face.user_id, "Reasons": reasons})
            continue
        confidence = 100.0 if template is None else similarity_of(float(template @ vector))
        if confidence < threshold:
            reasons = ["LOW_MATCH_CONFIDENCE"]
            failed.append({"FaceId": face_id, "Confidence": confidence, "Reasons": reasons})
            continue
        chosen.append(face_id)
    return chosen, failed


def disassociate_faces(context: Context, request: "DisassociateFacesRequestTypeDef") -> Answer:
    with context.store.writing() as transaction:
        collection = collection_named(transaction, request["CollectionId"])

        def act() -> Answer:
            user = _user_named(transaction, collection, request["UserId"])
            face_ids = list(dict.fromkeys(request["FaceIds"]))
            known = transaction.faces_by_id(collection, face_ids)
            chosen: list[str] = []
            failed: list[dict[str, Any]] = []
            for face_id in face_ids:
                face = known.get(face_id)
                if face is None:
                    failed.append({"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]})
                elif face.user_id == user.user_id:
                    chosen.append(face_id)
                elif face.user_id is not None:
                    reasons = ["ASSOCIATED_TO_A_DIFFERENT_USER"]
                    failed.append({"FaceId": face_id, "UserId": face.user_id, "Reasons": reasons})
            status = _reassociate(context, transaction, collection, user, chosen, None)
            return {
                "DisassociatedFaces": [{"FaceId": face_id} for face_id in chosen],
                "UnsuccessfulFaceDisassociations": failed,
                "UserStatus": status,
            }

        return answered_once(transaction, "DisassociateFaces", request, act)


def _reassociate(
    context: Context,
    transaction: Transaction,
    collection: Collection,
    user: StoredUser,
    face_ids: list[str],
    user_id: str | None,
) -> str:
    """Give faces to a user or to nobody; return the status of the user that this changes."""
    if face_ids:
        transaction.set_user(collection, face_ids, user_id)
        transaction.touch_user(collection, user.user_id)
    changed = _user_named(transaction, collection, user.user_id)
    return status_of(changed, context.settings.user_settle_seconds)


def _user_named(transaction: Transaction, collection: Collection, user_id: str) -> StoredUser:
    user = transaction.user(collection, user_id)
    if user is None:
        raise ResourceNotFoundException(f"The user id: {user_id} does not exist")
    return user
