"""The operations, by name. What is not here is answered with UnknownOperationException."""

from collections.abc import Callable
from typing import Any, Final

from local.rekognition.context import Answer, Context
from local.rekognition.operations import collections, comparing, indexing, searching, users

Operation = Callable[[Context, Any], Answer]
"""Takes a request that was checked against the operation's input shape."""

OPERATIONS: Final[dict[str, Operation]] = {
    "CreateCollection": collections.create_collection,
    "DescribeCollection": collections.describe_collection,
    "ListCollections": collections.list_collections,
    "DeleteCollection": collections.delete_collection,
    "DetectFaces": comparing.detect_faces,
    "CompareFaces": comparing.compare_faces,
    "IndexFaces": indexing.index_faces,
    "ListFaces": indexing.list_faces,
    "DeleteFaces": indexing.delete_faces,
    "SearchFaces": searching.search_faces,
    "SearchFacesByImage": searching.search_faces_by_image,
    "SearchUsers": searching.search_users,
    "SearchUsersByImage": searching.search_users_by_image,
    "CreateUser": users.create_user,
    "ListUsers": users.list_users,
    "DeleteUser": users.delete_user,
    "AssociateFaces": users.associate_faces,
    "DisassociateFaces": users.disassociate_faces,
}
