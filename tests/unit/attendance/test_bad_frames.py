"""One bad frame never loses the capture: frames of every bad kind between good ones, decoded for real."""

import struct
import zlib
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest

from attendance.adapters.pictures import picture_errors
from attendance.contracts.events import RollSummary
from attendance.ports import PictureFaces
from faces import read_picture
from tests.fakes.face_index import ScriptedFaceIndex
from tests.fakes.school_with_cameras import SchoolWithCameras

ADA, STRANGER = {"s-ada": 97.0}, None

NOISE = np.random.default_rng(5).integers(0, 256, (90, 120, 3), dtype=np.uint8)


def encoded(kind: str, pixels: np.ndarray) -> bytes:
    return cv2.imencode(kind, pixels)[1].tobytes()


JPEG, PNG = encoded(".jpg", NOISE), encoded(".png", NOISE)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(width: int, height: int, rows: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def jpeg_of_size(width: int, height: int) -> bytes:
    """The same picture with a header that says another size."""
    place = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:place] + struct.pack(">HH", height, width) + JPEG[place + 4 :]


UNREADABLE = {
    "no bytes": b"",
    "one byte": b"\xff",
    "a text": b"<html>502 Bad Gateway</html>",
    "a GIF called JPEG": b"GIF89a" + bytes(60),
    "a HEIC called JPEG": b"\0\0\0\x18ftypheic" + bytes(60),
    "a film": b"\0\0\0\x20ftypisom" + bytes(60),
    "only the beginning of a JPEG": JPEG[:200],
    "a JPEG that ends in the middle": JPEG[: len(JPEG) // 2],
    "a JPEG without its last byte": JPEG[:-1],
    "a JPEG without pixels": b"\xff\xd8\xff\xd9",
    "a JPEG of no width": jpeg_of_size(0, 90),
    "a PNG that ends in the middle": PNG[: len(PNG) // 2],
    "a PNG with a bit turned": PNG[:500] + bytes([PNG[500] ^ 4]) + PNG[501:],
    "a PNG of fewer rows than it says": png_of(200, 200, bytes(601 * 3)),
    "zeros": bytes(5000),
    "a run of fill bytes": b"\xff\xd8" + b"\xff" * 5000,
}
TOO_LARGE = {
    "a PNG of 3.6 gigapixels": png_of(60_000, 60_000, bytes(10_000_000)),
    "a JPEG of 4.2 gigapixels": jpeg_of_size(65_000, 65_000),
}
READABLE = {
    "a JPEG": JPEG,
    "a PNG called JPEG": PNG,
    "grey": encoded(".jpg", NOISE[:, :, 0]),
    "16 bits": encoded(".png", NOISE.astype(np.uint16) * 257),
    "transparent": encoded(".png", np.dstack([NOISE, NOISE[:, :, 0]])),
    "a JPEG with something after its end": JPEG + b"trailer" * 50,
    "one pixel": encoded(".jpg", NOISE[:1, :1]),
}


@dataclass
class DecodingFaceIndex(ScriptedFaceIndex):
    """Decodes a frame as every index does, and then finds what it was told to."""

    frames: dict[str, bytes] = field(default_factory=dict)

    def detect(self, picture_key: str) -> PictureFaces:
        with picture_errors(picture_key):
            read_picture(self.frames.get(picture_key, JPEG))
        return super().detect(picture_key)


@pytest.fixture
def index() -> DecodingFaceIndex:
    return DecodingFaceIndex()


@pytest.fixture
def school(index: DecodingFaceIndex) -> SchoolWithCameras:
    return SchoolWithCameras(index=index)


def bring(school: SchoolWithCameras, index: DecodingFaceIndex, *contents: bytes) -> str:
    """A capture that consists of these frames; the state that its roll ends in."""
    key = school.upload(school.scheduled_capture(), [ADA, STRANGER], frames=len(contents))
    for number, content in enumerate(contents, start=1):
        index.frames[key.replace("manifest.json", f"{number}.jpg")] = content
    return school.roll(key)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        *(pytest.param(data, "UNREADABLE", id=kind) for kind, data in UNREADABLE.items()),
        *(pytest.param(data, "TOO_LARGE", id=kind) for kind, data in TOO_LARGE.items()),
    ],
)
@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_bad_frame_is_named_and_the_good_ones_make_the_register(school, index, content, problem, place):
    contents = [JPEG, JPEG]
    contents.insert(place - 1, content)

    assert bring(school, index, *contents) == "Published"

    register = school.register()
    (capture,) = register.captures
    assert register.status == "provisional"
    assert (capture.frames, capture.readable_frames) == (3, 2)
    assert capture.problems == (f"frame {place}: {problem}",)
    assert capture.unknown_faces == 2  # the stranger, in both good frames
    assert {student: status for student, status in school.statuses().items() if status != "unseen"} == {
        "s-ada": "present"
    }
    assert register.marks["s-ada"].evidence[0].frames_seen == 2
    (summary,) = school.announcer.events
    assert isinstance(summary, RollSummary)
    assert (summary.present, summary.absent) == (1, 0)


@pytest.mark.parametrize("content", [pytest.param(data, id=kind) for kind, data in READABLE.items()])
def test_an_odd_frame_that_is_a_picture_counts(school, index, content):
    assert bring(school, index, content) == "Published"
    (capture,) = school.register().captures
    assert (capture.readable_frames, capture.problems) == (1, ())
    assert school.statuses()["s-ada"] == "present"


def test_one_good_frame_among_nine_bad_ones_makes_a_register(school, index):
    bad = [*list(UNREADABLE.values())[:7], *TOO_LARGE.values()]
    assert bring(school, index, *bad, JPEG) == "Published"
    (capture,) = school.register().captures
    assert (capture.frames, capture.readable_frames, len(capture.problems)) == (10, 1, 9)
    assert school.statuses()["s-ada"] == "present"


def test_bad_frames_alone_make_nobody_absent(school, index):
    assert bring(school, index, *list(UNREADABLE.values())[:10]) == "Published"
    register = school.register()
    assert register.status == "not_taken"
    assert set(school.statuses().values()) == {"unseen"}
    assert len(register.captures[0].problems) == 10
