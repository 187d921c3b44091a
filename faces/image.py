"""The border where bytes become pixels. Nothing is decoded before its cost is known.

Grey, palette, transparent, 16-bit and CMYK pictures become 8-bit colour; an EXIF orientation is obeyed; of
an animation the first picture is taken. A JPEG that is damaged in the middle is taken as it is, and libjpeg
says a line of it on stderr, which holds nothing of the picture.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from faces.arrays import Pixels
from faces.errors import ImageTooLargeError, ImageUnreadableError
from faces.headers import ImageHeader, plain_png, read_header

MAX_LONG_SIDE: Final = 4000
"""Pixels a decoded picture keeps on its long side: detection beyond that costs too much memory."""

MAX_PIXELS: Final = 64_000_000
"""No camera of a classroom has more; 36 and 50 megapixel pictures pass."""

MAX_DECODER_BYTES: Final = 384 * 2**20
"""The memory a decoder may need at once: 64 megapixels, or 44 of a progressive picture in colour."""

MAX_SCANS: Final = 100
"""Scans of a JPEG: encoders write about ten; each costs the decoder a pass over all pixels."""

_BYTES_A_PIXEL: Final = 3
# OpenCV hands the finished picture over as a copy.
_COPIES: Final = 2
_BYTES_A_COEFFICIENT: Final = 2

_REDUCTIONS: Final = (
    (8, cv2.IMREAD_REDUCED_COLOR_8),
    (4, cv2.IMREAD_REDUCED_COLOR_4),
    (2, cv2.IMREAD_REDUCED_COLOR_2),
)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture, upright.

    Attributes
    ----------
    pixels : (h, w, 3) uint8, blue-green-red; at most `MAX_LONG_SIDE` long
    width, height : size in pixels of the upright original, which all face coordinates refer to
    """

    pixels: Pixels
    width: int
    height: int

    @property
    def scale(self) -> float:
        """Pixels of the original for one of `pixels`; 1 unless the original was larger than the cap."""
        return float(self.width / self.pixels.shape[1])

    @classmethod
    def of(cls, pixels: Pixels) -> "Picture":
        """Wrap an upright blue-green-red array, scaling it down to the cap if it is larger."""
        height, width = pixels.shape[:2]
        return cls(_capped(pixels), width, height)


def read_picture(data: bytes) -> Picture:
    """Decode a JPEG or PNG.

    Parameters
    ----------
    data : bytes
        The encoded picture.

    Raises
    ------
    ImageFormatError
        Empty, or neither JPEG nor PNG.
    ImageUnreadableError
        Truncated or damaged.
    ImageTooLargeError
        More than `MAX_PIXELS`, or decoding would take more than `MAX_DECODER_BYTES`.
    """
    header = read_header(data)
    reduction, flag = _reduction(header)
    _check_cost(header, reduction, data)
    if header.format == "PNG":
        data = plain_png(data)
    try:
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), flag)
    except cv2.error as error:
        raise ImageUnreadableError(f"the {header.format} cannot be decoded") from error
    if decoded is None:
        raise ImageUnreadableError(f"the {header.format} is truncated or damaged")
    pixels = np.asarray(decoded, np.uint8)
    turned = _turned(header, pixels, reduction)
    width, height = (header.height, header.width) if turned else (header.width, header.height)
    return Picture(_capped(pixels), width, height)


def _reduction(header: ImageHeader) -> tuple[int, int]:
    """Choose the coarsest decoding that still fills the cap. Only JPEG decoders save memory by it."""
    if header.format == "JPEG":
        for reduction, flag in _REDUCTIONS:
            if max(header.width, header.height) >= reduction * MAX_LONG_SIDE:
                return reduction, flag
    return 1, cv2.IMREAD_COLOR


def _check_cost(header: ImageHeader, reduction: int, data: bytes) -> None:
    pixels = header.width * header.height
    size = f"{header.width}x{header.height}"
    if pixels > MAX_PIXELS:
        raise ImageTooLargeError(
            f"the picture is {size}, {pixels / 1e6:.0f} megapixels; at most {MAX_PIXELS / 1e6:.0f} are read"
        )
    if header.in_scans and data.count(b"\xff\xda") > MAX_SCANS:
        raise ImageUnreadableError(f"the JPEG is in more than {MAX_SCANS} scans, which no camera writes")
    needed = _needed_bytes(header, reduction)
    if needed > MAX_DECODER_BYTES:
        raise ImageTooLargeError(
            f"decoding the {size} {header.format} would take {needed / 2**20:.0f} MiB; at most "
            f"{MAX_DECODER_BYTES / 2**20:.0f} are spent on a picture"
        )


def _needed_bytes(header: ImageHeader, reduction: int) -> int:
    """The most that decoding holds at once; measured on pictures of 20 to 64 megapixels of every kind."""
    pixels = header.width * header.height
    finished = _BYTES_A_PIXEL * pixels // reduction**2
    if header.in_scans:
        return finished + max(finished, _BYTES_A_COEFFICIENT * header.channels * pixels)
    return _COPIES * finished


def _turned(header: ImageHeader, pixels: Pixels, reduction: int) -> bool:
    """Tell whether EXIF turned the picture by a quarter, from its shape; refuse a shape nobody announced."""
    stored = (-(-header.height // reduction), -(-header.width // reduction))
    shape = (pixels.shape[0], pixels.shape[1])
    if shape == stored:
        return False
    if shape == stored[::-1]:
        return True
    raise ImageUnreadableError(
        f"the {header.format} says {header.width}x{header.height} but holds {shape[1]}x{shape[0]} pixels"
    )


def _capped(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    longest = max(height, width)
    if longest <= MAX_LONG_SIDE:
        return pixels
    ratio = MAX_LONG_SIDE / longest
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
