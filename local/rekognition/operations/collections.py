"""CreateCollection, DescribeCollection, ListCollections, DeleteCollection."""

import os
from typing import TYPE_CHECKING, Final

from local.rekognition.context import ACCOUNT, Answer, Context, collection_named
from local.rekognition.engines import MODEL_VERSION
from local.rekognition.errors import ResourceAlreadyExistsException
from local.rekognition.tokens import place_of, token_after

if TYPE_CHECKING:
    from mypy_boto3_rekognition.type_defs import (
        CreateCollectionRequestTypeDef,
        DeleteCollectionRequestTypeDef,
        DescribeCollectionRequestTypeDef,
        ListCollectionsRequestTypeDef,
    )

_PAGE: Final = 1000


def _arn(name: str) -> str:
    return f"aws:rekognition:{os.environ.get('AWS_DEFAULT_REGION', 'us-east-1')}:{ACCOUNT}:collection/{name}"


def create_collection(context: Context, request: "CreateCollectionRequestTypeDef") -> Answer:
    name = request["CollectionId"]
    with context.store.writing() as transaction:
        if transaction.collection(name) is not None:
            raise ResourceAlreadyExistsException(f"The collection id: {name} already exists")
        transaction.add_collection(name, MODEL_VERSION, request.get("Tags") or {})
    # Here, unlike in DescribeCollection, Amazon's own ARN lacks its "arn:".
    return {"StatusCode": 200, "CollectionArn": _arn(name), "FaceModelVersion": MODEL_VERSION}


def describe_collection(context: Context, request: "DescribeCollectionRequestTypeDef") -> Answer:
    with context.store.reading() as transaction:
        collection = collection_named(transaction, request["CollectionId"])
        return {
            "FaceCount": transaction.face_count(collection),
            "UserCount": transaction.user_count(collection),
            "FaceModelVersion": collection.model_version,
            "CollectionARN": f"arn:{_arn(collection.name)}",
            "CreationTimestamp": round(collection.created_at, 3),
        }


def list_collections(context: Context, request: "ListCollectionsRequestTypeDef") -> Answer:
    after = place_of(request.get("NextToken"), "ListCollections")
    limit = request.get("MaxResults") or _PAGE
    with context.store.reading() as transaction:
        found = transaction.collections(after, limit + 1)
    page = found[:limit]
    answer: Answer = {
        "CollectionIds": [collection.name for collection in page],
        "FaceModelVersions": [collection.model_version for collection in page],
    }
    if len(found) > limit:
        answer["NextToken"] = token_after("ListCollections", page[-1].id)
    return answer


def delete_collection(context: Context, request: "DeleteCollectionRequestTypeDef") -> Answer:
    with context.store.writing() as transaction:
        transaction.delete_collection(collection_named(transaction, request["CollectionId"]))
    return {"StatusCode": 200}
