"""The port's cases over the engine in this process, its references in DynamoDB, as a deployment has them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from moto import mock_aws

from attendance.adapters.dynamodb.references import DynamoReferenceStore
from attendance.adapters.engine import EngineFaceIndex, FaceReference
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


@dataclass
class CountedReferences:
    """References in memory, each school with a version of its own, and which schools were read."""

    stored: dict[str, list[FaceReference]] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)

    def add(self, school_id: str, reference: FaceReference) -> None:
        self.stored.setdefault(school_id, []).append(reference)

    def remove(self, school_id: str, reference_ids: Sequence[str]) -> None:
        raise NotImplementedError("nothing is removed here")

    def version(self, school_id: str) -> str | None:
        return str(len(self.stored.get(school_id, [])))

    def of_school(self, school_id: str) -> Sequence[FaceReference]:
        self.read.append(school_id)
        return list(self.stored[school_id])


class TestEngineFaceIndex(FaceIndexCases):
    calls_are_paid = False

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

    def test_the_references_of_a_school_are_read_once_until_they_change(
        self, engine: FaceEngine, school: str
    ) -> None:
        references = CountedReferences()
        index = EngineFaceIndex(engine, InMemoryObjects("pictures", dict(PICTURES)), references)
        anna, *_ = (key for key in PICTURES if key.endswith("-0"))
        index.add_reference(school, "anna", anna, WHOLE)
        index.add_reference(f"{school}-b", "anna", anna, WHOLE)
        for of_school in (school, f"{school}-b", school):
            for _ in range(3):
                candidates_of(index, of_school, anna)
        assert sorted(references.read) == [school, f"{school}-b"]
        index.add_reference(school, "ben", anna, WHOLE)
        assert {c.student_id for c in candidates_of(index, school, anna)} == {"anna", "ben"}
        assert references.read.count(school) == 2

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
