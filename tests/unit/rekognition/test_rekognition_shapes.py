import base64
import json

import pytest

from local.rekognition.errors import SerializationException, UnknownOperationException, ValidationException
from local.rekognition.shapes import operation_model, read_request


def read(operation: str, **request: object) -> dict[str, object]:
    return read_request(operation, json.dumps(request).encode())


def test_a_good_request_is_read_and_its_blobs_decoded():
    data = base64.b64encode(b"picture").decode()
    request = read("IndexFaces", CollectionId="a", Image={"Bytes": data}, MaxFaces=3, QualityFilter="NONE")
    assert request == {
        "CollectionId": "a",
        "Image": {"Bytes": b"picture"},
        "MaxFaces": 3,
        "QualityFilter": "NONE",
    }


def test_members_that_nobody_knows_and_nulls_are_dropped():
    assert read("DescribeCollection", CollectionId="a", Colour="red") == {"CollectionId": "a"}
    assert read("ListCollections", NextToken=None) == {}


@pytest.mark.parametrize(
    ("operation", "request_", "complaint"),
    [
        ("CreateCollection", {}, "Value null at 'collectionId' .* must not be null"),
        ("CreateCollection", {"CollectionId": "a b"}, r"'a b' at 'collectionId' .* pattern: \[a-zA-Z0-9_"),
        ("CreateCollection", {"CollectionId": ""}, "length greater than or equal to 1"),
        ("CreateCollection", {"CollectionId": "x" * 256}, "length less than or equal to 255"),
        (
            "ListUsers",
            {"CollectionId": "a", "MaxResults": 501},
            "'501' at 'maxResults' .* value less than .* 500",
        ),
        ("ListUsers", {"CollectionId": "a", "MaxResults": 0}, "value greater than or equal to 1"),
        (
            "DeleteFaces",
            {"CollectionId": "a", "FaceIds": []},
            "'faceIds' .* length greater than or equal to 1",
        ),
        ("DeleteFaces", {"CollectionId": "a", "FaceIds": ["x"]}, r"'faceIds.1.member' .* regular expression"),
        ("DetectFaces", {"Image": {"Bytes": ""}}, "'image.bytes' .* length greater than or equal to 1"),
        ("DetectFaces", {"Image": {}, "Attributes": ["NOSE"]}, "enum value set: .*DEFAULT"),
        ("SearchFaces", {"CollectionId": "a"}, "'faceId' .* must not be null"),
    ],
)
def test_a_violated_constraint_is_named_with_value_and_place(operation, request_, complaint):
    with pytest.raises(ValidationException, match=complaint):
        read(operation, **request_)


def test_all_violations_are_told_at_once():
    with pytest.raises(ValidationException, match=r"2 validation errors detected: .*; "):
        read("SearchFaces")


def test_the_bytes_of_a_picture_are_limited_to_five_mebibytes():
    data = base64.b64encode(bytes(5 * 2**20 + 1)).decode()
    with pytest.raises(ValidationException, match=r"'\[5242881 bytes\]' at 'image.bytes' .* 5242880"):
        read("DetectFaces", Image={"Bytes": data})


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"7",
        b'{"CollectionId": 7}',
        b'{"CollectionId": "a", "Tags": []}',
    ],
)
def test_what_is_no_such_structure_cannot_be_read(body):
    with pytest.raises(SerializationException):
        read_request("CreateCollection", body)


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("DetectFaces", {"Image": {"Bytes": "not base64!"}}),
        ("DetectFaces", {"Image": "no structure"}),
        ("ListFaces", {"CollectionId": "a", "FaceIds": "no list"}),
        ("ListFaces", {"CollectionId": "a", "MaxResults": True}),
        ("ListFaces", {"CollectionId": "a", "MaxResults": 1.5}),
        ("SearchFaces", {"FaceMatchThreshold": "high"}),
    ],
)
def test_members_of_another_type_cannot_be_read(operation, request_):
    with pytest.raises(SerializationException):
        read(operation, **request_)


def test_an_empty_body_is_an_empty_request():
    assert read_request("ListCollections", b"") == {}


def test_an_operation_that_rekognition_does_not_have_is_unknown():
    with pytest.raises(UnknownOperationException, match="CountHairs"):
        operation_model("CountHairs")
