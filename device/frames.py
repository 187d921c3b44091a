"""From a camera's picture to the JPEG that is uploaded."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from attendance.contracts.capture import ImageSettings
from attendance.contracts.upload import MAX_FRAME_BYTES
from device.camera import Picture

_LOWEST_QUALITY = 30
_QUALITY_STEP = 10


class FrameTooLargeError(Exception):
    """The picture stays above the size that may be uploaded, however much it is compressed."""


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """A JPEG of `width` x `height` pixels."""

    jpeg: bytes
    width: int
    height: int


def encode(picture: Picture, image: ImageSettings) -> EncodedFrame:
    """Scale down to the commanded width and compress.

    A camera's own JPEG is kept as it is where it fits: to compress it again would cost detail for nothing.

    Raises
    ------
    FrameTooLargeError
    """
    pixels = scale_down(picture.pixels, image.max_width)
    height, width = pixels.shape[:2]
    is_scaled = width < picture.pixels.shape[1]
    if picture.jpeg is not None and not is_scaled and len(picture.jpeg) <= MAX_FRAME_BYTES:
        return EncodedFrame(picture.jpeg, width, height)
    return EncodedFrame(_compress(pixels, image.jpeg_quality), width, height)


def scale_down(pixels: NDArray[np.uint8], max_width: int) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    if width <= max_width:
        return pixels
    size = (max_width, max(1, round(height * max_width / width)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _compress(pixels: NDArray[np.uint8], quality: int) -> bytes:
    for tried in range(quality, _LOWEST_QUALITY - 1, -_QUALITY_STEP):
        is_encoded, jpeg = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, tried])
        if is_encoded and jpeg.nbytes <= MAX_FRAME_BYTES:
            return jpeg.tobytes()
    height, width = pixels.shape[:2]
    raise FrameTooLargeError(f"{width} x {height} pixels do not fit into {MAX_FRAME_BYTES} bytes")
