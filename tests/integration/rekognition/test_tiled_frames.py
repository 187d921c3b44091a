"""Large and crowded frames over Rekognition's real limits: Rekognition Local is strict here."""

from typing import Any

import cv2
import numpy as np
import pytest
from fake_s3 import FakeS3
from rekognition_clients import client_of

from attendance.adapters.rekognition import RekognitionFaceIndex
from attendance.domain.sightings import Box
from tests.fakes.drawn_faces import STRANGERS, draw_face
from tests.fakes.stores import InMemoryObjects

FACE = 120
"""Pixels of a drawn portrait; the face in it is about half as wide."""

LARGE = 900

SEATS = [(200, 150), (1860, 300), (1000, 1020), (1890, 1050), (2900, 1500), (3700, 2030)]
"""Left and top in a 4K frame: in the corners, in the middle and where tiles meet."""


def classroom() -> bytes:
    """A 4K frame: six faces of the back rows, and somebody right before the camera."""
    pixels = np.full((2160, 3840, 3), (120, 140, 150), np.uint8)
    for seat, (left, top) in enumerate(SEATS):
        pixels[top : top + FACE, left : left + FACE] = draw_face(STRANGERS[seat % len(STRANGERS)], FACE)
    pixels[1230 : 1230 + LARGE, 800 : 800 + LARGE] = draw_face(STRANGERS[0], LARGE)
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()


def assembly() -> bytes:
    """A full HD frame of 16 x 9 faces of some 60 px."""
    pixels = np.full((1080, 1920, 3), (120, 140, 150), np.uint8)
    for number in range(144):
        top, left = number // 16 * 120, number % 16 * 120
        pixels[top : top + FACE, left : left + FACE] = draw_face(STRANGERS[number % len(STRANGERS)], FACE)
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()


@pytest.fixture(scope="module")
def pictures(fake_s3: FakeS3) -> dict[str, bytes]:
    frames = {"classroom.jpg": classroom(), "assembly.jpg": assembly()}
    fake_s3.objects.update({f"/frames/{key}": data for key, data in frames.items()})
    return frames


@pytest.fixture(scope="module")
def strict(start: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return client_of(start(tmp_path_factory.mktemp("tiles") / "data", strict=True, tps=50).endpoint_url)


@pytest.fixture
def index(strict: Any, pictures: dict[str, bytes]) -> RekognitionFaceIndex:
    return RekognitionFaceIndex(strict, InMemoryObjects("frames", dict(pictures)), "frames")


def shows(box: Box, left: float, top: float, side: float, frame: tuple[int, int]) -> bool:
    """Whether the middle of a box lies in the middle part of a drawn portrait."""
    x, y = (box.left + box.width / 2) * frame[0], (box.top + box.height / 2) * frame[1]
    return abs(x - left - side / 2) < side / 6 and abs(y - top - side / 2) < side / 6


def test_tiles_find_the_back_rows_of_a_4k_frame_that_one_call_does_not(
    index: RekognitionFaceIndex, strict: Any
) -> None:
    whole = {"S3Object": {"Bucket": "frames", "Name": "classroom.jpg"}}
    alone = strict.detect_faces(Image=whole)["FaceDetails"]

    found = index.detect("classroom.jpg")

    boxes = [face.box for face in found.faces]
    assert len(alone) == 1
    assert len(boxes) == 1 + len(SEATS)
    assert shows(boxes[0], 800, 1230, LARGE, (3840, 2160))
    for left, top in SEATS:
        assert sum(shows(box, left, top, FACE, (3840, 2160)) for box in boxes) == 1
    assert found.calls == 5


def test_a_crowd_of_more_than_a_hundred_is_seen_to_the_last(index: RekognitionFaceIndex, strict: Any) -> None:
    whole = {"S3Object": {"Bucket": "frames", "Name": "assembly.jpg"}}
    alone = strict.detect_faces(Image=whole)["FaceDetails"]

    found = index.detect("assembly.jpg")

    assert len(alone) == 100
    for number in range(144):
        left, top = number % 16 * FACE, number // 16 * FACE
        assert sum(shows(face.box, left, top, FACE, (1920, 1080)) for face in found.faces) == 1
    assert len(found.faces) == 144
    assert found.calls == 5
