"""The port's cases over Rekognition's protocol; Rekognition Local answers."""

from collections.abc import Mapping
from typing import Any

import pytest
from fake_s3 import FakeS3

from attendance.adapters.rekognition import RekognitionFaceIndex
from attendance.ports import FaceIndex
from tests.contracts.face_index_cases import Bucket, FaceIndexCases
from tests.fakes.stores import InMemoryObjects


class TestRekognitionFaceIndex(FaceIndexCases):
    @pytest.fixture
    def bucket(self, client: Any, fake_s3: FakeS3) -> Bucket:
        def put(pictures: Mapping[str, bytes]) -> FaceIndex:
            fake_s3.objects.update({f"/pictures/{key}": data for key, data in pictures.items()})
            return RekognitionFaceIndex(client, InMemoryObjects("pictures", dict(pictures)), "pictures")

        return put
