"""What a JPEG or PNG says of itself in its first bytes, read before anything is decoded."""

import struct
from dataclasses import dataclass
from typing import Final, Literal

from faces.errors import ImageFormatError, ImageUnreadableError

_JPEG: Final = b"\xff\xd8\xff"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_OTHERS: Final = {
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"%PDF": "PDF",
    b"<svg": "SVG",
    b"PK\x03\x04": "ZIP",
}

_START_OF_SCAN: Final = 0xDA
_END_OF_IMAGE: Final = 0xD9
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_START_OF_FRAME: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_PNG_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """The outline of an encoded picture.

    Attributes
    ----------
    format : "JPEG" or "PNG"
    width, height : pixels as stored, before any EXIF rotation
    channels : 1 grey, 3 colour, 4 CMYK or with transparency
    bits : per channel
    progressive : a JPEG whose coefficients the decoder must hold all at once
    """

    format: Literal["JPEG", "PNG"]
    width: int
    height: int
    channels: int
    bits: int
    progressive: bool = False


def read_header(data: bytes) -> ImageHeader:
    """Read format and dimensions from an encoded picture without decoding it.

    Raises
    ------
    ImageFormatError
        `data` is empty or is neither JPEG nor PNG, whatever its file was called.
    ImageUnreadableError
        The header is cut short or contradicts itself.
    """
    if not data:
        raise ImageFormatError("the picture is empty: it has no bytes")
    if data.startswith(_JPEG):
        header = _read_jpeg(data)
    elif data.startswith(_PNG):
        header = _read_png(data)
    else:
        raise ImageFormatError(f"the picture is {_guess(data)}, and only JPEG and PNG are read")
    if header.width == 0 or header.height == 0:
        raise ImageUnreadableError(f"the {header.format} says it is {header.width}x{header.height} pixels")
    return header


def _guess(data: bytes) -> str:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "a WEBP file"
    if data[4:8] == b"ftyp":
        return "a HEIC, AVIF or video file"
    for signature, name in _OTHERS.items():
        if data.startswith(signature):
            return f"a {name} file"
    return "of no known format"


def _read_jpeg(data: bytes) -> ImageHeader:
    position = 2
    while True:
        marker, position = _next_marker(data, position)
        if marker in _STANDALONE:
            continue
        if marker in {_START_OF_SCAN, _END_OF_IMAGE}:
            raise ImageUnreadableError("the JPEG is damaged: it has no frame header")
        segment = _segment(data, position)
        if marker in _START_OF_FRAME:
            if len(segment) < 6:
                raise ImageUnreadableError("the JPEG is damaged: its frame header is cut short")
            bits, height, width, channels = struct.unpack(">BHHB", segment[:6])
            return ImageHeader("JPEG", width, height, channels, bits, marker in _PROGRESSIVE)
        position += 2 + len(segment)


def _next_marker(data: bytes, position: int) -> tuple[int, int]:
    """Return the marker at `position`, past any fill bytes, and where its segment begins."""
    if data[position : position + 1] != b"\xff":
        raise ImageUnreadableError("the JPEG is truncated or damaged before its frame header")
    while data[position : position + 1] == b"\xff":
        position += 1
    if position >= len(data):
        raise ImageUnreadableError("the JPEG is truncated before its frame header")
    return data[position], position + 1


def _segment(data: bytes, position: int) -> bytes:
    size = data[position : position + 2]
    length = int.from_bytes(size, "big")
    if len(size) < 2 or length < 2 or position + length > len(data):
        raise ImageUnreadableError("the JPEG is truncated or damaged before its frame header")
    return data[position + 2 : position + length]


def _read_png(data: bytes) -> ImageHeader:
    chunk = data[8:33]
    if len(chunk) < 25 or chunk[:8] != b"\x00\x00\x00\x0dIHDR":
        raise ImageUnreadableError("the PNG is truncated or damaged: it has no header chunk")
    width, height, bits, colour = struct.unpack(">IIBB", chunk[8:18])
    if colour not in _PNG_CHANNELS:
        raise ImageUnreadableError(f"the PNG is damaged: colour type {colour} does not exist")
    return ImageHeader("PNG", width, height, _PNG_CHANNELS[colour], bits)
