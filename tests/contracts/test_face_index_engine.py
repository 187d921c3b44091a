"""The port's cases over the engine in this process."""

import pytest

from attendance.adapters.engine import EngineFaceIndex
from faces import FaceEngine
from tests.contracts.face_index_cases import Bucket, FaceIndexCases
from tests.fakes.face_references import InMemoryReferences
from tests.fakes.stores import InMemoryObjects


@pytest.fixture(scope="module")
def engine() -> FaceEngine:
    return FaceEngine()


class TestEngineFaceIndex(FaceIndexCases):
    @pytest.fixture
    def bucket(self, engine: FaceEngine) -> Bucket:
        references = InMemoryReferences()
        return lambda pictures: EngineFaceIndex(
            engine, InMemoryObjects("pictures", dict(pictures)), references
        )
