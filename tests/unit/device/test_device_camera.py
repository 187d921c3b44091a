"""A folder of pictures as a camera, and what becomes of its pictures."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from device_fakes import noise
from numpy.typing import NDArray

from attendance.contracts.capture import ImageSettings
from attendance.contracts.upload import MAX_FRAME_BYTES
from device import frames
from device.camera import CameraUnavailableError, FolderCamera, Picture, read_picture
from device.frames import FrameTooLargeError, encode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    return folder


@pytest.fixture
def camera(folder: Path, tmp_path: Path) -> FolderCamera:
    return FolderCamera(folder, tmp_path / "position")


def add(folder: Path, name: str, value: int) -> None:
    cv2.imwrite(str(folder / name), np.full((24, 32, 3), value, np.uint8))


def seen(camera: FolderCamera, number: int) -> list[int]:
    """The grey values of the next pictures."""
    with camera.open() as opened:
        return [int(opened.read().pixels.mean()) for _ in range(number)]


def test_pictures_are_replayed_in_order_of_name_over_and_over(camera: FolderCamera, folder: Path) -> None:
    for name, value in (("b.png", 20), ("c.png", 30), ("a.png", 10)):
        add(folder, name, value)

    assert seen(camera, 7) == [10, 20, 30, 10, 20, 30, 10]


def test_the_next_burst_and_the_next_process_go_on_where_the_last_was(
    camera: FolderCamera, folder: Path, tmp_path: Path
) -> None:
    for value in (10, 20, 30):
        add(folder, f"{value}.png", value)

    assert seen(camera, 2) == [10, 20]
    assert seen(camera, 2) == [30, 10]
    assert seen(FolderCamera(folder, tmp_path / "position"), 2) == [20, 30]


def test_a_burst_that_was_cut_off_begins_again_where_it_began(camera: FolderCamera, folder: Path) -> None:
    for value in (10, 20, 30):
        add(folder, f"{value}.png", value)

    def cut_off() -> None:
        with camera.open() as opened:
            opened.read()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_off()
    assert seen(camera, 1) == [10]


def test_pictures_may_come_and_go(camera: FolderCamera, folder: Path) -> None:
    add(folder, "1.png", 10)
    add(folder, "3.png", 30)
    assert seen(camera, 1) == [10]
    (folder / "1.png").unlink()
    add(folder, "2.png", 20)

    assert seen(camera, 3) == [20, 30, 20]


def test_files_that_are_no_pictures_by_name_are_passed_over(camera: FolderCamera, folder: Path) -> None:
    (folder / "0-truth.csv").write_text("a,b\n")
    add(folder, "1.png", 10)

    assert seen(camera, 2) == [10, 10]


@pytest.mark.parametrize("name", ["pictures", "nowhere"])
def test_a_folder_without_pictures_is_a_camera_that_is_not_there(
    tmp_path: Path, folder: Path, name: str
) -> None:
    camera = FolderCamera(tmp_path / name, tmp_path / "position")

    assert not camera.is_ready()
    with pytest.raises(CameraUnavailableError), camera.open():
        pass


def test_a_folder_with_pictures_is_ready(camera: FolderCamera, folder: Path) -> None:
    add(folder, "1.png", 10)
    assert camera.is_ready()


def jpeg_of(pixels: NDArray[np.uint8]) -> bytes:
    return cv2.imencode(".jpg", pixels)[1].tobytes()


def with_exif(jpeg: bytes) -> bytes:
    """The JPEG with the EXIF tag that says it is to be turned by a quarter."""
    tag = b"II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00"
    segment = b"Exif\x00\x00" + tag
    return jpeg[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + jpeg[2:]


def png_header(width: int, height: int) -> bytes:
    """As much of a PNG as promises that many pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"\x00" * 1000)
    chunks = (
        struct.pack(">I", len(each) - 4) + each + struct.pack(">I", zlib.crc32(each))
        for each in (header, data)
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture at all",
        jpeg_of(noise(1))[:-500],
        b"\xff\xd8\xff\xd9",
        b"\x89PNG\r\n\x1a\n",
        png_header(100_000, 100_000),
    ],
    ids=["empty", "text", "cut short", "no content", "png header", "bomb"],
)
def test_a_file_that_is_no_picture_is_a_frame_that_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "1.jpg"
    path.write_bytes(content)
    with pytest.raises(CameraUnavailableError, match=r"1\.jpg"):
        read_picture(path)


def test_a_bad_file_is_not_the_end_of_the_replay(camera: FolderCamera, folder: Path) -> None:
    (folder / "1.jpg").write_bytes(b"broken")
    add(folder, "2.png", 20)
    with camera.open() as opened:
        with pytest.raises(CameraUnavailableError):
            opened.read()
        assert int(opened.read().pixels.mean()) == 20


def test_a_jpeg_that_fits_is_uploaded_as_the_camera_made_it(tmp_path: Path) -> None:
    path = tmp_path / "1.jpg"
    path.write_bytes(jpeg_of(noise(1, 480, 640)))
    frame = encode(read_picture(path), ImageSettings(max_width=640, jpeg_quality=50))

    assert (frame.jpeg, frame.width, frame.height) == (path.read_bytes(), 640, 480)


def test_a_wider_picture_is_scaled_down_in_proportion(tmp_path: Path) -> None:
    path = tmp_path / "1.jpg"
    path.write_bytes(jpeg_of(noise(1, 600, 1000)))
    frame = encode(read_picture(path), ImageSettings(max_width=500, jpeg_quality=90))
    decoded = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), cv2.IMREAD_COLOR)

    assert decoded is not None
    assert decoded.shape == (frame.height, frame.width, 3) == (300, 500, 3)


def test_a_turned_jpeg_is_uploaded_upright_and_without_its_exif(tmp_path: Path) -> None:
    path = tmp_path / "1.jpg"
    path.write_bytes(with_exif(jpeg_of(noise(1, 120, 160))))
    frame = encode(read_picture(path), ImageSettings(max_width=640, jpeg_quality=90))

    assert (frame.width, frame.height) == (120, 160)
    assert b"Exif" not in frame.jpeg


def test_the_commanded_quality_is_used() -> None:
    picture = Picture(noise(1, 300, 400))
    sizes = [
        len(encode(picture, ImageSettings(max_width=640, jpeg_quality=quality)).jpeg) for quality in (50, 90)
    ]
    assert sizes[0] < sizes[1] / 2


def test_a_picture_too_large_to_upload_is_compressed_further(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = Picture(noise(1, 300, 400))
    image = ImageSettings(max_width=640, jpeg_quality=100)
    largest = len(encode(picture, image).jpeg)
    assert largest <= MAX_FRAME_BYTES
    monkeypatch.setattr(frames, "MAX_FRAME_BYTES", largest // 2)
    assert len(encode(picture, image).jpeg) <= largest // 2

    monkeypatch.setattr(frames, "MAX_FRAME_BYTES", 100)
    with pytest.raises(FrameTooLargeError):
        encode(picture, image)
