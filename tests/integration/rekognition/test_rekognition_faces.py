import uuid

import pytest
from sample_pictures import (
    ANNA,
    BEN,
    CARL,
    DORA,
    SAME,
    blurred,
    dark,
    group,
    image,
    nobody,
    portrait,
)


def index(client, collection, data, **options):
    return client.index_faces(CollectionId=collection, Image=image(data), **options)


def face_id(client, collection, seed, **options):
    return index(client, collection, portrait(seed), **options)["FaceRecords"][0]["Face"]["FaceId"]


def test_an_indexed_face_is_listed_as_it_was_answered(client, collection):
    answer = index(client, collection, portrait(ANNA), ExternalImageId="anna:1")
    (record,) = answer["FaceRecords"]
    assert record["Face"]["ExternalImageId"] == "anna:1"
    assert record["Face"]["BoundingBox"] == record["FaceDetail"]["BoundingBox"]
    assert answer["UnindexedFaces"] == []
    listed = client.list_faces(CollectionId=collection)
    assert listed["Faces"] == [record["Face"]]
    assert listed["FaceModelVersion"] == answer["FaceModelVersion"] == "yunet-sface/1"
    assert client.describe_collection(CollectionId=collection)["FaceCount"] == 1


def test_all_faces_of_a_picture_are_indexed_largest_first(client, collection):
    records = index(client, collection, group(ANNA, BEN, CARL))["FaceRecords"]
    areas = [r["Face"]["BoundingBox"]["Width"] * r["Face"]["BoundingBox"]["Height"] for r in records]
    assert len(records) == 3
    assert areas == sorted(areas, reverse=True)
    assert len({r["Face"]["ImageId"] for r in records}) == 1


def test_surplus_faces_are_told_with_their_reason(client, collection):
    answer = index(client, collection, group(ANNA, BEN, CARL), MaxFaces=1)
    assert len(answer["FaceRecords"]) == 1
    assert [face["Reasons"] for face in answer["UnindexedFaces"]] == [["EXCEEDS_MAX_FACES"]] * 2
    assert all("BoundingBox" in face["FaceDetail"] for face in answer["UnindexedFaces"])


def test_a_hundred_faces_of_a_picture_are_indexed(client, crowded):
    name, face_ids = crowded
    assert len(face_ids) == 100
    assert client.describe_collection(CollectionId=name)["FaceCount"] >= 100


@pytest.mark.parametrize(("data", "reason"), [(dark(BEN), "LOW_BRIGHTNESS"), (blurred(BEN), "LOW_SHARPNESS")])
def test_poor_faces_are_filtered_with_their_reason_unless_nothing_is(client, collection, data, reason):
    answer = index(client, collection, data, QualityFilter="HIGH")
    assert answer["FaceRecords"] == []
    assert reason in answer["UnindexedFaces"][0]["Reasons"]
    assert len(index(client, collection, data, QualityFilter="NONE")["FaceRecords"]) == 1


def test_a_picture_without_faces_indexes_nothing(client, collection):
    answer = index(client, collection, nobody())
    assert answer["FaceRecords"] == answer["UnindexedFaces"] == []


def test_faces_are_listed_page_by_page_and_filtered(client, collection):
    ids = [face_id(client, collection, seed) for seed in (ANNA, BEN, CARL, DORA)]
    pages = client.get_paginator("list_faces").paginate(
        CollectionId=collection, PaginationConfig={"PageSize": 3}
    )
    assert [[face["FaceId"] for face in page["Faces"]] for page in pages] == [ids[:3], ids[3:]]
    some = client.list_faces(CollectionId=collection, FaceIds=[ids[2], ids[0], str(uuid.uuid4())])
    assert [face["FaceId"] for face in some["Faces"]] == [ids[0], ids[2]]
    client.create_user(CollectionId=collection, UserId="ben")
    client.associate_faces(CollectionId=collection, UserId="ben", FaceIds=[ids[1]])
    (bens,) = client.list_faces(CollectionId=collection, UserId="ben")["Faces"]
    assert (bens["FaceId"], bens["UserId"]) == (ids[1], "ben")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.list_faces(CollectionId=collection, UserId="nobody")


def test_a_deleted_face_is_found_no_more(client, collection):
    anna, ben = face_id(client, collection, ANNA), face_id(client, collection, BEN)
    unknown = str(uuid.uuid4())
    answer = client.delete_faces(CollectionId=collection, FaceIds=[anna, unknown, anna])
    assert answer["DeletedFaces"] == [anna]
    assert answer["UnsuccessfulFaceDeletions"] == [{"FaceId": unknown, "Reasons": ["FACE_NOT_FOUND"]}]
    found = client.search_faces_by_image(
        CollectionId=collection, Image=image(portrait(ANNA)), FaceMatchThreshold=0
    )
    assert [match["Face"]["FaceId"] for match in found["FaceMatches"]] == [ben]


def test_a_face_of_a_user_is_not_deleted(client, collection):
    anna = face_id(client, collection, ANNA)
    client.create_user(CollectionId=collection, UserId="anna")
    client.associate_faces(CollectionId=collection, UserId="anna", FaceIds=[anna])
    answer = client.delete_faces(CollectionId=collection, FaceIds=[anna])
    assert answer["DeletedFaces"] == []
    assert answer["UnsuccessfulFaceDeletions"] == [
        {"FaceId": anna, "UserId": "anna", "Reasons": ["ASSOCIATED_TO_AN_EXISTING_USER"]}
    ]


def test_a_person_is_found_by_another_picture(client, collection):
    for name, seed in [("anna", ANNA), ("ben", BEN), ("carl", CARL)]:
        face_id(client, collection, seed, ExternalImageId=name)
    answer = client.search_faces_by_image(
        CollectionId=collection, Image=image(portrait(BEN, noise=1)), FaceMatchThreshold=SAME
    )
    (match,) = answer["FaceMatches"]
    assert match["Face"]["ExternalImageId"] == "ben"
    assert match["Similarity"] >= SAME
    assert answer["FaceModelVersion"] == "yunet-sface/1"
    assert 0.3 < answer["SearchedFaceBoundingBox"]["Width"] < 0.6
    assert answer["SearchedFaceConfidence"] > 70


def test_matches_are_limited_in_number_and_sorted(client, collection):
    for seed in (ANNA, BEN, CARL, DORA):
        face_id(client, collection, seed)
    found = client.search_faces_by_image(
        CollectionId=collection, Image=image(portrait(CARL)), FaceMatchThreshold=0, MaxFaces=3
    )
    similarities = [match["Similarity"] for match in found["FaceMatches"]]
    assert len(similarities) == 3
    assert similarities == sorted(similarities, reverse=True)


def test_only_the_largest_face_is_searched(client, collection):
    for name, seed in [("anna", ANNA), ("ben", BEN)]:
        face_id(client, collection, seed, ExternalImageId=name)
    answer = client.search_faces_by_image(
        CollectionId=collection, Image=image(group(ANNA, BEN)), FaceMatchThreshold=0
    )
    box = answer["SearchedFaceBoundingBox"]
    boxes = [f["BoundingBox"] for f in client.detect_faces(Image=image(group(ANNA, BEN)))["FaceDetails"]]
    assert box == max(boxes, key=lambda b: b["Width"] * b["Height"])


def test_a_search_without_a_face_is_an_invalid_parameter(client, collection):
    with pytest.raises(client.exceptions.InvalidParameterException, match="no faces in the image"):
        client.search_faces_by_image(CollectionId=collection, Image=image(nobody()))
    with pytest.raises(client.exceptions.InvalidParameterException, match="no faces in the image"):
        client.search_faces_by_image(CollectionId=collection, Image=image(dark(BEN)), QualityFilter="HIGH")


def test_a_face_is_searched_by_its_id_and_does_not_find_itself(client, collection):
    anna = face_id(client, collection, ANNA)
    again = index(client, collection, portrait(ANNA, noise=1))["FaceRecords"][0]["Face"]["FaceId"]
    face_id(client, collection, BEN)
    answer = client.search_faces(CollectionId=collection, FaceId=anna, FaceMatchThreshold=SAME)
    assert answer["SearchedFaceId"] == anna
    assert [match["Face"]["FaceId"] for match in answer["FaceMatches"]] == [again]
    one = client.search_faces(CollectionId=collection, FaceId=anna, FaceMatchThreshold=0, MaxFaces=1)
    assert [match["Face"]["FaceId"] for match in one["FaceMatches"]] == [again]


def test_the_id_of_no_face_is_an_invalid_parameter(client, collection):
    with pytest.raises(client.exceptions.InvalidParameterException, match="not found in the collection"):
        client.search_faces(CollectionId=collection, FaceId=str(uuid.uuid4()))
