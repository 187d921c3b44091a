import time
import uuid

import pytest
from sample_pictures import ANNA, BEN, CARL, SAME, group, image, nobody, portrait


def face_id(client, collection, seed, noise=0):
    answer = client.index_faces(CollectionId=collection, Image=image(portrait(seed, noise)))
    return answer["FaceRecords"][0]["Face"]["FaceId"]


def create(client, collection, user_id, *face_ids, threshold=0):
    client.create_user(CollectionId=collection, UserId=user_id)
    return client.associate_faces(
        CollectionId=collection, UserId=user_id, FaceIds=list(face_ids), UserMatchThreshold=threshold
    )


def statuses(client, collection):
    users = client.list_users(CollectionId=collection)["Users"]
    return {user["UserId"]: user["UserStatus"] for user in users}


def settled(client, collection):
    deadline = time.monotonic() + 10
    while "UPDATING" in (found := statuses(client, collection)).values():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def test_a_user_is_created_then_updating_then_active(client, collection):
    client.create_user(CollectionId=collection, UserId="anna")
    assert statuses(client, collection) == {"anna": "CREATED"}
    anna = face_id(client, collection, ANNA)
    answer = client.associate_faces(CollectionId=collection, UserId="anna", FaceIds=[anna])
    assert answer["AssociatedFaces"] == [{"FaceId": anna}]
    assert answer["UserStatus"] == "UPDATING"
    assert settled(client, collection) == {"anna": "ACTIVE"}
    answer = client.disassociate_faces(CollectionId=collection, UserId="anna", FaceIds=[anna])
    assert answer["DisassociatedFaces"] == [{"FaceId": anna}]
    assert answer["UserStatus"] == "UPDATING"
    assert settled(client, collection) == {"anna": "CREATED"}


def test_a_user_cannot_be_created_twice(client, collection):
    client.create_user(CollectionId=collection, UserId="anna")
    with pytest.raises(client.exceptions.ConflictException, match="anna"):
        client.create_user(CollectionId=collection, UserId="anna")


def test_a_repeated_token_is_answered_alike_and_does_nothing(client, collection):
    token = uuid.uuid4().hex
    for _ in range(2):
        client.create_user(CollectionId=collection, UserId="anna", ClientRequestToken=token)
    with pytest.raises(client.exceptions.IdempotentParameterMismatchException):
        client.create_user(CollectionId=collection, UserId="ben", ClientRequestToken=token)
    anna = face_id(client, collection, ANNA)
    request = {"CollectionId": collection, "UserId": "anna", "FaceIds": [anna], "ClientRequestToken": token}
    first, second = client.associate_faces(**request), client.associate_faces(**request)
    assert first["AssociatedFaces"] == second["AssociatedFaces"] == [{"FaceId": anna}]


def test_faces_that_cannot_be_associated_are_told_with_the_reason(client, collection):
    anna, ben, carl = (face_id(client, collection, seed) for seed in (ANNA, BEN, CARL))
    unknown = str(uuid.uuid4())
    create(client, collection, "anna", anna)
    create(client, collection, "ben", ben)
    answer = client.associate_faces(
        CollectionId=collection, UserId="anna", FaceIds=[anna, ben, carl, unknown], UserMatchThreshold=SAME
    )
    assert answer["AssociatedFaces"] == []
    by_id = {failed["FaceId"]: failed for failed in answer["UnsuccessfulFaceAssociations"]}
    assert set(by_id) == {ben, carl, unknown}
    assert by_id[ben]["Reasons"] == ["ASSOCIATED_TO_A_DIFFERENT_USER"]
    assert by_id[ben]["UserId"] == "ben"
    assert by_id[carl]["Reasons"] == ["LOW_MATCH_CONFIDENCE"]
    assert by_id[carl]["Confidence"] < SAME
    assert by_id[unknown]["Reasons"] == ["FACE_NOT_FOUND"]


def test_faces_that_cannot_be_disassociated_are_told_with_the_reason(client, collection):
    anna, ben, carl = (face_id(client, collection, seed) for seed in (ANNA, BEN, CARL))
    unknown = str(uuid.uuid4())
    create(client, collection, "anna", anna)
    create(client, collection, "ben", ben)
    answer = client.disassociate_faces(CollectionId=collection, UserId="anna", FaceIds=[ben, carl, unknown])
    assert answer["DisassociatedFaces"] == []
    assert answer["UnsuccessfulFaceDisassociations"] == [
        {"FaceId": ben, "UserId": "ben", "Reasons": ["ASSOCIATED_TO_A_DIFFERENT_USER"]},
        {"FaceId": unknown, "Reasons": ["FACE_NOT_FOUND"]},
    ]


def test_a_user_has_a_hundred_faces_at_most(client, crowded):
    name, face_ids = crowded
    assert len(create(client, name, "all", *face_ids)["AssociatedFaces"]) == 100
    more = face_id(client, name, ANNA)
    with pytest.raises(client.exceptions.ServiceQuotaExceededException, match="100"):
        client.associate_faces(CollectionId=name, UserId="all", FaceIds=[more], UserMatchThreshold=0)
    client.delete_user(CollectionId=name, UserId="all")


@pytest.mark.parametrize(
    "operation", ["delete_user", "associate_faces", "disassociate_faces", "search_users"]
)
def test_a_user_that_does_not_exist_is_not_found(client, collection, operation):
    more = {"FaceIds": [str(uuid.uuid4())]} if "associate" in operation else {}
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="nobody"):
        getattr(client, operation)(CollectionId=collection, UserId="nobody", **more)


def test_a_deleted_user_leaves_its_faces(client, collection):
    anna = face_id(client, collection, ANNA)
    create(client, collection, "anna", anna)
    client.delete_user(CollectionId=collection, UserId="anna")
    (face,) = client.list_faces(CollectionId=collection)["Faces"]
    assert face["FaceId"] == anna
    assert "UserId" not in face
    assert client.delete_faces(CollectionId=collection, FaceIds=[anna])["DeletedFaces"] == [anna]


def test_users_are_listed_page_by_page(client, collection):
    for number in range(5):
        client.create_user(CollectionId=collection, UserId=f"u{number}")
    pages = client.get_paginator("list_users").paginate(
        CollectionId=collection, PaginationConfig={"PageSize": 2}
    )
    listed = [[user["UserId"] for user in page["Users"]] for page in pages]
    assert listed == [["u0", "u1"], ["u2", "u3"], ["u4"]]
    assert client.describe_collection(CollectionId=collection)["UserCount"] == 5


def test_a_user_is_found_by_picture_face_and_other_user(client, collection):
    anna1, anna2 = face_id(client, collection, ANNA), face_id(client, collection, ANNA, noise=1)
    ben = face_id(client, collection, BEN)
    create(client, collection, "anna", anna1, anna2)
    create(client, collection, "ben", ben)
    settled(client, collection)

    by_image = client.search_users_by_image(
        CollectionId=collection, Image=image(portrait(ANNA, noise=2)), UserMatchThreshold=SAME
    )
    (match,) = by_image["UserMatches"]
    assert match["User"] == {"UserId": "anna", "UserStatus": "ACTIVE"}
    assert match["Similarity"] >= SAME
    assert by_image["SearchedFace"]["FaceDetail"]["Confidence"] > 70

    by_face = client.search_users(CollectionId=collection, FaceId=anna1, UserMatchThreshold=SAME)
    assert by_face["SearchedFace"] == {"FaceId": anna1}
    assert [m["User"]["UserId"] for m in by_face["UserMatches"]] == ["anna"]

    by_user = client.search_users(CollectionId=collection, UserId="anna", UserMatchThreshold=0, MaxUsers=1)
    assert by_user["SearchedUser"] == {"UserId": "anna"}
    assert [m["User"]["UserId"] for m in by_user["UserMatches"]] == ["ben"]


def test_users_are_searched_by_one_thing(client, collection):
    for parameters in ({}, {"UserId": "anna", "FaceId": str(uuid.uuid4())}):
        with pytest.raises(client.exceptions.InvalidParameterException):
            client.search_users(CollectionId=collection, **parameters)


def test_a_user_without_faces_cannot_be_searched_with(client, collection):
    client.create_user(CollectionId=collection, UserId="anna")
    with pytest.raises(client.exceptions.InvalidParameterException, match="no faces"):
        client.search_users(CollectionId=collection, UserId="anna")


def test_faces_that_were_not_searched_are_told_with_the_reason(client, collection):
    answer = client.search_users_by_image(CollectionId=collection, Image=image(group(ANNA, BEN)))
    assert answer["UserMatches"] == []
    (unsearched,) = answer["UnsearchedFaces"]
    assert unsearched["Reasons"] == ["FACE_NOT_LARGEST"]
    assert unsearched["FaceDetails"]["BoundingBox"] != answer["SearchedFace"]["FaceDetail"]["BoundingBox"]


def test_a_picture_without_faces_finds_no_user(client, collection):
    answer = client.search_users_by_image(CollectionId=collection, Image=image(nobody()))
    assert answer["UserMatches"] == answer["UnsearchedFaces"] == []
    assert "SearchedFace" not in answer
