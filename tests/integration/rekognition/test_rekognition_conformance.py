"""One tour through everything; its table stands in docs/rekognition-local.md.

With WRITE_TABLES=1 in the environment it writes the table anew.
"""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from conformance import NOT_OF_THE_MODEL, Observer, face_details, missing_operations, operations_table
from rekognition_clients import client_of
from sample_pictures import ANNA, BEN, CARL, group, image, nobody, portrait

from local.rekognition.operations import OPERATIONS

DOCUMENT = Path(__file__).parents[3] / "docs" / "rekognition-local.md"


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(ClientError) as error:
        yield
    assert error.value.response["Error"]["Code"] == code


class Tour:
    """Calls every operation in every way it has."""

    def __init__(self, client: Any, fake_s3: Any) -> None:
        self.client = client
        self.name = f"tour-{uuid.uuid4()}"
        self.unknown = str(uuid.uuid4())
        fake_s3.objects["/tour/anna.png"] = portrait(ANNA)
        fake_s3.objects["/tour/huge.png"] = bytes(15 * 2**20 + 1)

    def take(self, crowded: tuple[str, list[str]]) -> None:
        self.collections()
        anna, ben = self.faces()
        self.users(anna, ben)
        self.user_quota(*crowded)
        self.pictures()
        self.listings()
        self.refusals()
        self.client.delete_collection(CollectionId=self.name)

    def collections(self) -> None:
        self.client.create_collection(CollectionId=self.name, Tags={"tour": "yes"})
        self.client.create_collection(CollectionId=f"{self.name}-2")
        with refused("ResourceAlreadyExistsException"):
            self.client.create_collection(CollectionId=self.name)
        self.client.describe_collection(CollectionId=self.name)
        page = self.client.list_collections(MaxResults=1)
        self.client.list_collections(NextToken=page["NextToken"])
        self.client.delete_collection(CollectionId=f"{self.name}-2")

    def faces(self) -> tuple[str, str]:
        from_s3 = {"S3Object": {"Bucket": "tour", "Name": "anna.png"}}
        one = self.client.index_faces(
            CollectionId=self.name,
            Image=from_s3,
            ExternalImageId="anna",
            DetectionAttributes=["ALL"],
            MaxFaces=1,
            QualityFilter="AUTO",
        )
        two = self.client.index_faces(CollectionId=self.name, Image=image(group(BEN, CARL)), MaxFaces=1)
        ids = [answer["FaceRecords"][0]["Face"]["FaceId"] for answer in (one, two)]
        self.client.detect_faces(Image=from_s3, Attributes=["ALL"])
        self.client.compare_faces(
            SourceImage=from_s3,
            TargetImage=image(group(ANNA, BEN)),
            SimilarityThreshold=50,
            QualityFilter="LOW",
        )
        options = {"MaxFaces": 5, "FaceMatchThreshold": 0}
        self.client.search_faces(CollectionId=self.name, FaceId=ids[0], **options)
        self.client.search_faces_by_image(
            CollectionId=self.name, Image=from_s3, QualityFilter="NONE", **options
        )
        return ids[0], ids[1]

    def users(self, anna: str, ben: str) -> None:
        where = {"CollectionId": self.name}
        for user_id in ("anna", "ben"):
            self.client.create_user(**where, UserId=user_id, ClientRequestToken=f"make-{user_id}")
        with refused("ConflictException"):
            self.client.create_user(**where, UserId="anna")
        self.client.associate_faces(
            **where,
            UserId="anna",
            FaceIds=[anna, self.unknown],
            UserMatchThreshold=50,
            ClientRequestToken="a",
        )
        self.client.search_users(**where, FaceId=anna, UserMatchThreshold=0, MaxUsers=3)
        self.client.search_users(**where, UserId="anna")
        options = {"UserMatchThreshold": 0, "MaxUsers": 3, "QualityFilter": "NONE"}
        self.client.search_users_by_image(**where, Image=image(portrait(ANNA)), **options)
        self.client.delete_faces(**where, FaceIds=[anna, self.unknown])
        self.client.disassociate_faces(**where, UserId="anna", FaceIds=[anna, ben], ClientRequestToken="d")
        self.client.delete_user(**where, UserId="ben", ClientRequestToken="delete-ben")
        others: dict[Callable[..., Any], dict[str, Any]] = {
            self.client.create_user: {"ClientRequestToken": "make-anna"},
            self.client.delete_user: {"ClientRequestToken": "delete-ben"},
            self.client.associate_faces: {"ClientRequestToken": "a", "FaceIds": [ben]},
            self.client.disassociate_faces: {"ClientRequestToken": "d", "FaceIds": [ben]},
        }
        for call, parameters in others.items():
            with refused("IdempotentParameterMismatchException"):
                call(**where, UserId="carl", **parameters)

    def user_quota(self, crowded: str, face_ids: list[str]) -> None:
        where = {"CollectionId": crowded, "UserId": "tour"}
        more = self.client.index_faces(CollectionId=crowded, Image=image(portrait(ANNA)))
        one_more = more["FaceRecords"][0]["Face"]["FaceId"]
        self.client.create_user(**where)
        self.client.associate_faces(**where, FaceIds=face_ids, UserMatchThreshold=0)
        with refused("ServiceQuotaExceededException"):
            self.client.associate_faces(**where, FaceIds=[one_more], UserMatchThreshold=0)
        self.client.delete_user(**where)

    def pictures(self) -> None:
        """Show each operation that takes pictures every picture that it must refuse."""
        where = {"CollectionId": self.name}
        calls: list[Callable[[Any], Any]] = [
            lambda picture: self.client.index_faces(**where, Image=picture),
            lambda picture: self.client.detect_faces(Image=picture),
            lambda picture: self.client.compare_faces(SourceImage=picture, TargetImage=picture),
            lambda picture: self.client.search_faces_by_image(**where, Image=picture),
            lambda picture: self.client.search_users_by_image(**where, Image=picture),
        ]
        bad = {
            "InvalidS3ObjectException": {"S3Object": {"Bucket": "tour", "Name": "missing.png"}},
            "ImageTooLargeException": {"S3Object": {"Bucket": "tour", "Name": "huge.png"}},
            "InvalidImageFormatException": {"Bytes": b"no picture"},
            "InvalidParameterException": {},
        }
        for call in calls:
            for code, picture in bad.items():
                with refused(code):
                    call(picture)
        with refused("InvalidParameterException"):
            self.client.search_faces_by_image(**where, Image=image(nobody()))

    def listings(self) -> None:
        where = {"CollectionId": self.name}
        faces = self.client.list_faces(**where, MaxResults=1)
        self.client.list_faces(**where, NextToken=faces["NextToken"])
        self.client.list_faces(**where, UserId="anna", FaceIds=[self.unknown])
        self.client.create_user(**where, UserId="dora")
        users = self.client.list_users(**where, MaxResults=1)
        self.client.list_users(**where, NextToken=users["NextToken"])
        for call in (self.client.list_faces, self.client.list_users):
            with refused("InvalidPaginationTokenException"):
                call(**where, NextToken="nonsense")
        with refused("InvalidPaginationTokenException"):
            self.client.list_collections(NextToken="nonsense")
        with refused("InvalidParameterException"):
            self.client.search_faces(**where, FaceId=self.unknown)
        with refused("InvalidParameterException"):
            self.client.search_users(**where)

    def refusals(self) -> None:
        """Ask each operation for a collection that is not there, and with a name that none can have."""
        more: dict[str, dict[str, Any]] = {
            "index_faces": {"Image": image(b"x")},
            "delete_faces": {"FaceIds": [self.unknown]},
            "search_faces": {"FaceId": self.unknown},
            "search_faces_by_image": {"Image": image(b"x")},
            "search_users_by_image": {"Image": image(b"x")},
            "create_user": {"UserId": "u"},
            "delete_user": {"UserId": "u"},
            "associate_faces": {"UserId": "u", "FaceIds": [self.unknown]},
            "disassociate_faces": {"UserId": "u", "FaceIds": [self.unknown]},
            "describe_collection": {},
            "delete_collection": {},
            "list_faces": {},
            "list_users": {},
            "search_users": {},
        }
        for name, parameters in more.items():
            with refused("ResourceNotFoundException"):
                getattr(self.client, name)(CollectionId="not-there", **parameters)
            with refused("ValidationException"):
                getattr(self.client, name)(CollectionId="not a name", **parameters)
        with refused("ValidationException"):
            self.client.create_collection(CollectionId="not a name")
        with refused("ValidationException"):
            self.client.list_collections(MaxResults=5000)
        for name in ("SourceImage", "Image"):
            call = self.client.detect_faces if name == "Image" else self.client.compare_faces
            pictures = {name: image(bytes(5 * 2**20 + 1))} | ({"TargetImage": {}} if name != "Image" else {})
            with refused("ValidationException"):
                call(**pictures)


def exceed_throughput(client: Any) -> None:
    """Call every operation of a strict server more often than it allows."""
    for name in OPERATIONS:
        parameters = {"MaxResults": -1} if name == "ListCollections" else {}
        seen: set[str] = set()
        while "ThrottlingException" not in seen:
            with pytest.raises(ClientError) as error:
                client._make_api_call(name, parameters)
            seen.add(error.value.response["Error"]["Code"])
        assert "ProvisionedThroughputExceededException" in seen


@pytest.fixture(scope="module")
def observer(server, start, fake_s3, crowded, tmp_path_factory) -> Observer:
    observer = Observer()
    client = client_of(server.endpoint_url)
    observer.watch(client)
    Tour(client, fake_s3).take(crowded)
    strict = start(tmp_path_factory.mktemp("strict") / "data", strict=True, tps=1)
    hasty = client_of(strict.endpoint_url, parameter_validation=False)
    observer.watch(hasty)
    exceed_throughput(hasty)
    return observer


def test_the_tour_visits_every_operation_there_is(observer):
    assert set(observer.asked) == set(OPERATIONS)


def test_every_answer_is_what_the_service_model_says(observer):
    assert observer.complaints == []


def test_every_error_is_one_of_the_operations_own(observer):
    client = client_of("http://127.0.0.1:1")
    for name, codes in observer.errors.items():
        model = client.meta.service_model.operation_model(name)
        assert codes - {error.name for error in model.error_shapes} <= NOT_OF_THE_MODEL


@pytest.mark.parametrize("operation", ["DetectLabels", "ListTagsForResource"])
def test_other_operations_are_unknown(client, operation):
    parameters = {
        "DetectLabels": {"Image": image(portrait(ANNA))},
        "ListTagsForResource": {"ResourceArn": "arn:aws:rekognition:us-east-1:000000000000:collection/x"},
    }
    with refused("UnknownOperationException"):
        client._make_api_call(operation, parameters[operation])


def test_the_documented_tables_are_what_was_seen(observer):
    tables = {
        "operations": operations_table(observer),
        "missing operations": missing_operations(observer),
        "face details": face_details(observer),
    }
    written = DOCUMENT.read_text()
    wanted = written
    for name, lines in tables.items():
        wanted = replaced(wanted, name, "\n".join(lines))
    if os.environ.get("WRITE_TABLES"):
        DOCUMENT.write_text(wanted)
        written = wanted
    assert written == wanted


def replaced(document: str, name: str, table: str) -> str:
    begin, end = f"<!-- {name}: begin -->\n", f"\n<!-- {name}: end -->"
    before, opened, rest = document.partition(begin)
    _, closed, after = rest.partition(end)
    assert opened, f"{DOCUMENT} has no place for the table of {name}"
    assert closed, f"{DOCUMENT} has no place for the table of {name}"
    return f"{before}{begin}{table}{end}{after}"
