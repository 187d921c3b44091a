"""Where pictures come from."""

import logging
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})
_JPEG_START = b"\xff\xd8"

logger = logging.getLogger(__name__)


class CameraError(Exception):
    """A picture could not be taken."""


class CameraUnavailableError(CameraError):
    """The camera is not there, or what it gave is not a picture."""


class CameraTimeoutError(CameraError):
    """The camera did not answer in time."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a camera saw.

    Parameters
    ----------
    pixels
        Height x width x 3, blue green red, 0 to 255, upright.
    jpeg
        The picture as the camera itself compressed it, where it did.
    """

    pixels: NDArray[np.uint8]
    jpeg: bytes | None = None


class OpenCamera(Protocol):
    def read(self) -> Picture:
        """Take a picture now.

        Raises
        ------
        CameraUnavailableError, CameraTimeoutError
            For this picture; the next may succeed.
        """


class Camera(Protocol):
    """Opened for each burst and closed after it: its light is off and nothing is seen in between."""

    def open(self) -> AbstractContextManager[OpenCamera]:
        """Raises CameraUnavailableError or CameraTimeoutError."""

    def is_ready(self) -> bool:
        """Whether a burst could be taken, as far as that is known without taking one."""


class FolderCamera:
    """Replays a folder of pictures in the order of their names, over and over.

    Parameters
    ----------
    folder
        Its pictures may change at any time; others than those of PICTURE_SUFFIXES are not looked at.
    position
        File that remembers the last picture shown, so that a restart goes on where the replay was.
    """

    def __init__(self, folder: Path, position: Path) -> None:
        self._folder = folder
        self._position = position

    @contextmanager
    def open(self) -> Iterator[OpenCamera]:
        replay = _Replay(self._pictures(), last=self._remembered())
        yield replay
        # After the burst: one that was cut off is taken again from where it began.
        self._remember(replay.last)

    def is_ready(self) -> bool:
        try:
            return bool(self._pictures())
        except CameraUnavailableError:
            return False

    def _pictures(self) -> list[Path]:
        try:
            found = sorted(path for path in self._folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
        except OSError as error:
            raise CameraUnavailableError(f"the camera's folder cannot be read: {error}") from error
        if not found:
            raise CameraUnavailableError(f"the camera's folder holds no pictures: {self._folder}")
        return found

    def _remembered(self) -> str:
        return self._position.read_text("utf-8") if self._position.exists() else ""

    def _remember(self, name: str) -> None:
        part = self._position.with_suffix(".part")
        try:
            part.write_text(name, "utf-8")
            part.rename(self._position)
        except OSError as error:
            logger.warning("the replay's position is not remembered: %s", error)


class _Replay:
    def __init__(self, pictures: list[Path], last: str) -> None:
        self._pictures = pictures
        self.last = last

    def read(self) -> Picture:
        following = (path for path in self._pictures if path.name > self.last)
        path = next(following, self._pictures[0])
        self.last = path.name
        return read_picture(path)


def read_picture(path: Path) -> Picture:
    """Read a picture file.

    Raises
    ------
    CameraUnavailableError
        It cannot be read, is no picture, or not a whole one.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CameraUnavailableError(
            f"{path.name} cannot be read: {os.strerror(error.errno or 0)}"
        ) from error
    is_jpeg = data.startswith(_JPEG_START)
    pixels = _decode(data)
    if pixels is None:
        raise CameraUnavailableError(f"{path.name} is no picture, or not a whole one")
    # A camera's own JPEG may be turned by its EXIF; the pixels are upright, so those are used then.
    keeps_own = is_jpeg and b"Exif\x00\x00" not in data[:65536]
    return Picture(pixels, data if keeps_own else None)


def _decode(data: bytes) -> NDArray[np.uint8] | None:
    if not data:
        return None  # imdecode raises on an empty buffer, where it otherwise returns None
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:  # a header that promises more pixels than OpenCV is willing to decode
        return None
    return None if pixels is None else pixels.astype(np.uint8, copy=False)
