"""What a JPEG or PNG says of itself before its pixels begin, read before anything is decoded."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
_MOST_SEGMENTS: Final = 1000
_MOST_FILL_BYTES: Final = 1000
_PNG_PICTURE: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"eXIf", b"IDAT", b"IEND"})
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
    in_scans : a JPEG that comes in several scans, whose coefficients the decoder holds all at once
    """

    format: Literal["JPEG", "PNG"]
    width: int
    height: int
    channels: int
    bits: int
    in_scans: bool = False


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


def plain_png(data: bytes) -> bytes:
    """Return what of a PNG makes its picture: no texts, no profiles, and of an animation the first picture.

    A decoder then unpacks nothing else, and has nothing to complain of on stderr.

    Raises
    ------
    ImageUnreadableError
        A chunk's checksum is wrong, or the last chunk is missing.
    """
    parts = [_PNG]
    for kind, start, end in _chunks(data):
        if end + 4 > len(data):
            break
        if kind in _PNG_PICTURE:
            if zlib.crc32(data[start - 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
                raise ImageUnreadableError("the PNG is damaged: a checksum is wrong")
            parts.append(data[start - 8 : end + 4])
        if kind == b"IEND":
            return b"".join(parts)
    raise ImageUnreadableError("the PNG is truncated: it has no end")


def _read_jpeg(data: bytes) -> ImageHeader:
    position = 2
    frame: ImageHeader | None = None
    for _ in range(_MOST_SEGMENTS):
        try:
            marker, position = _next_marker(data, position)
            if marker in _STANDALONE:
                continue
            if frame is None and marker in {_START_OF_SCAN, _END_OF_IMAGE}:
                raise ImageUnreadableError("the JPEG is damaged: it has no frame header")
            segment = _segment(data, position)
        except ImageUnreadableError:
            if frame is None or position < len(data):
                raise
            return frame  # its size is known; the decoder will find that nothing follows
        if frame is None and marker in _START_OF_FRAME:
            frame = _read_frame(segment, progressive=marker in _PROGRESSIVE)
        elif frame is not None and marker == _START_OF_SCAN:
            # Channels that do not come together in the first scan come in scans of their own.
            together = segment[0] if segment else 0
            return replace(frame, in_scans=frame.in_scans or together < frame.channels)
        position += 2 + len(segment)
    raise ImageUnreadableError(f"the JPEG is damaged: {_MOST_SEGMENTS} segments and no picture among them")


def _read_frame(segment: bytes, *, progressive: bool) -> ImageHeader:
    if len(segment) < 6:
        raise ImageUnreadableError("the JPEG is damaged: its frame header is cut short")
    bits, height, width, channels = struct.unpack(">BHHB", segment[:6])
    return ImageHeader("JPEG", width, height, channels, bits, in_scans=progressive)


def _next_marker(data: bytes, position: int) -> tuple[int, int]:
    """Return the marker at `position`, past any fill bytes, and where its segment begins."""
    if data[position : position + 1] != b"\xff":
        raise ImageUnreadableError("the JPEG is truncated or damaged before its frame header")
    fill = data[position : position + _MOST_FILL_BYTES]
    position += len(fill) - len(fill.lstrip(b"\xff"))
    if position >= len(data) or data[position] == 0xFF:
        raise ImageUnreadableError("the JPEG is truncated or damaged before its frame header")
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


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The chunks of a PNG in turn: kind, and where its content begins and should end."""
    position = len(_PNG)
    while position + 8 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        kind = data[position + 4 : position + 8]
        yield kind, position + 8, position + 8 + length
        position += 12 + length
