"""The port's cases over the engine in this process, its references in DynamoDB, as a deployment has them."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from attendance.adapters.dynamodb.references import DynamoReferenceStore
from attendance.adapters.engine import EngineFaceIndex
from attendance.domain.policy import Engine
from attendance.domain.sightings import Box
from faces import FaceEngine
from tests.contracts.face_index_cases import PICTURES, WHOLE, Bucket, FaceIndexCases, candidates_of
from tests.fakes.dynamodb_table import make_table
from tests.fakes.stores import InMemoryObjects


@pytest.fixture(scope="module")
def engine() -> FaceEngine:
    return FaceEngine()


@pytest.fixture(scope="module")
def references() -> Iterator[DynamoReferenceStore]:
    with mock_aws():
        client: Any = boto3.client(
            "dynamodb",
            region_name="eu-central-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        yield DynamoReferenceStore(make_table(client), Engine(FaceEngine.name, FaceEngine.version))


class TestEngineFaceIndex(FaceIndexCases):
    @pytest.fixture
    def bucket(self, engine: FaceEngine, references: DynamoReferenceStore) -> Bucket:
        return lambda pictures: EngineFaceIndex(
            engine, InMemoryObjects("pictures", dict(pictures)), references
        )

    def test_an_enrolment_elsewhere_is_seen_at_the_next_search(self, bucket: Bucket, school: str) -> None:
        here, elsewhere = bucket(PICTURES), bucket(PICTURES)
        anna, *_ = (key for key in PICTURES if key.endswith("-0"))
        here.add_reference(school, "first", anna, WHOLE)
        assert [c.student_id for c in candidates_of(here, school, anna)] == ["first"]
        reference = elsewhere.add_reference(school, "second", anna, WHOLE)
        assert {c.student_id for c in candidates_of(here, school, anna)} == {"first", "second"}
        elsewhere.remove_references(school, [reference])
        assert [c.student_id for c in candidates_of(here, school, anna)] == ["first"]

    def test_the_same_portrait_enrolled_twice_is_one_reference(
        self, bucket: Bucket, school: str, references: DynamoReferenceStore
    ) -> None:
        index = bucket(PICTURES)
        anna, *_ = (key for key in PICTURES if key.endswith("-0"))
        once, twice = (index.add_reference(school, "anna", anna, WHOLE) for _ in range(2))
        assert once == twice
        assert len(references.of_school(school)) == 1

    def test_engines_side_by_side_answer_as_one_does(
        self, engine: FaceEngine, references: DynamoReferenceStore, school: str
    ) -> None:
        objects = InMemoryObjects("pictures", dict(PICTURES))
        alone = EngineFaceIndex(engine, objects, references)
        together = EngineFaceIndex(engine, objects, references, helpers=[FaceEngine()])
        anna, *_ = (key for key in PICTURES if key.endswith("-0"))
        alone.add_reference(school, "anna", anna, WHOLE)
        asked = [WHOLE, Box(0.2, 0.2, 0.6, 0.6), Box(0.0, 0.0, 0.1, 0.1)]

        answers = [index.search(school, anna, asked, floor=0.0, limit=5) for index in (alone, together)]

        assert [candidate.student_id for candidate in answers[0].candidates[0]] == ["anna"]
        assert answers[1] == answers[0]
