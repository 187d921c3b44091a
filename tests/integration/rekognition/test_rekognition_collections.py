import uuid
from datetime import UTC, datetime, timedelta

import pytest


def test_a_collection_is_created_described_and_deleted(client):
    name = f"school-{uuid.uuid4()}"
    created = client.create_collection(CollectionId=name, Tags={"school": "north"})
    assert created["StatusCode"] == 200
    assert created["CollectionArn"].endswith(f":collection/{name}")
    described = client.describe_collection(CollectionId=name)
    assert (described["FaceCount"], described["UserCount"]) == (0, 0)
    assert described["FaceModelVersion"] == created["FaceModelVersion"] == "yunet-sface/1"
    assert described["CollectionARN"] == f"arn:{created['CollectionArn']}"
    assert abs(datetime.now(UTC) - described["CreationTimestamp"]) < timedelta(minutes=5)
    assert client.delete_collection(CollectionId=name)["StatusCode"] == 200
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_collection(CollectionId=name)


def test_a_collection_cannot_be_created_twice(client, collection):
    with pytest.raises(client.exceptions.ResourceAlreadyExistsException, match=collection):
        client.create_collection(CollectionId=collection)


def test_collections_are_listed_page_by_page(client):
    names = [f"page-{uuid.uuid4()}" for _ in range(5)]
    for name in names:
        client.create_collection(CollectionId=name)
    pages = list(client.get_paginator("list_collections").paginate(PaginationConfig={"PageSize": 2}))
    listed = [name for page in pages for name in page["CollectionIds"]]
    assert [name for name in listed if name in names] == names
    assert all(len(page["CollectionIds"]) == len(page["FaceModelVersions"]) <= 2 for page in pages)
    assert all("NextToken" in page for page in pages[:-1])
    assert "NextToken" not in pages[-1]
    for name in names:
        client.delete_collection(CollectionId=name)


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("describe_collection", {}),
        ("delete_collection", {}),
        ("list_faces", {}),
        ("delete_faces", {"FaceIds": [str(uuid.uuid4())]}),
        ("index_faces", {"Image": {"Bytes": b"x"}}),
        ("search_faces", {"FaceId": str(uuid.uuid4())}),
        ("search_faces_by_image", {"Image": {"Bytes": b"x"}}),
        ("create_user", {"UserId": "u"}),
        ("delete_user", {"UserId": "u"}),
        ("list_users", {}),
        ("associate_faces", {"UserId": "u", "FaceIds": [str(uuid.uuid4())]}),
        ("disassociate_faces", {"UserId": "u", "FaceIds": [str(uuid.uuid4())]}),
        ("search_users", {"UserId": "u"}),
        ("search_users_by_image", {"Image": {"Bytes": b"x"}}),
    ],
)
def test_a_collection_that_does_not_exist_is_not_found(client, operation, parameters):
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="no-such-collection"):
        getattr(client, operation)(CollectionId="no-such-collection", **parameters)


def test_a_token_of_another_list_is_refused(client, collection):
    with pytest.raises(client.exceptions.InvalidPaginationTokenException):
        client.list_collections(NextToken="bm90IG91cnM=")
    with pytest.raises(client.exceptions.InvalidPaginationTokenException):
        client.list_faces(CollectionId=collection, NextToken="bm90IG91cnM=")
