"""Pictures as they should not be: valid ones of every kind, damaged where it hurts."""

import struct
import zlib
from collections.abc import Callable

import numpy as np
from encoded_pictures import (
    animated_png,
    cmyk_jpeg,
    grey_jpeg,
    jpeg,
    png,
    png_chunk,
    smooth_noise,
    with_exif,
)
from hypothesis import strategies as st

_NOISE = smooth_noise(40, 56)

VALID: dict[str, bytes] = {
    "jpeg": jpeg(_NOISE),
    "grey jpeg": jpeg(_NOISE[:, :, 0]),
    "progressive jpeg": jpeg(_NOISE, progressive=True),
    "turned jpeg": with_exif(jpeg(_NOISE), 6),
    "cmyk jpeg": cmyk_jpeg(10, 200, 30, 40, side=24),
    "jpeg in scans": grey_jpeg(48, 40, channels_apart=True),
    "arithmetic jpeg": grey_jpeg(48, 40, marker=0xC9),
    "lossless jpeg": grey_jpeg(48, 40, marker=0xC3),
    "png": png(_NOISE),
    "grey png": png(_NOISE[:, :, 0]),
    "clear png": png(np.dstack([_NOISE, _NOISE[:, :, 0]])),
    "deep png": png(_NOISE.astype(np.uint16) * 257),
    "turned png": with_exif(png(_NOISE), 8),
    "animated png": animated_png([_NOISE, _NOISE[::-1].copy()]),
}

_NASTY_BYTES = [0x00, 0x01, 0x7F, 0x80, 0xC0, 0xC2, 0xD8, 0xD9, 0xDA, 0xE1, 0xFE, 0xFF]
_NASTY_LENGTHS = [0, 1, 2, 3, 8, 0x7FFF, 0x8000, 0xFFFF, 2**31 - 1, 2**31, 2**32 - 1]
_NASTY_SIDES = [
    0,
    1,
    2,
    7,
    41,
    57,
    3999,
    4001,
    8000,
    16_001,
    32_001,
    65_500,
    65_535,
    2**20,
    2**31 - 1,
    2**32 - 1,
]


@st.composite
def damaged_pictures(draw: st.DrawFn) -> bytes:
    """One to five kinds of damage on a picture of any kind; PNGs mostly with their checksums made good."""
    data = VALID[draw(st.sampled_from(sorted(VALID)))]
    for _ in range(draw(st.integers(1, 5))):
        data = draw(st.sampled_from(_DAMAGES))(draw, data)
        if not data:
            break
    if data.startswith(b"\x89PNG") and draw(st.integers(0, 4)):
        data = with_good_checksums(data)
    return data


def with_good_checksums(data: bytes) -> bytes:
    """Make every chunk's checksum right again, so that damage reaches what lies behind that check."""
    out, position = data[:8], 8
    while position + 12 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        end = position + 8 + length
        if end + 4 > len(data):
            break
        body = data[position + 4 : end]
        out += data[position : position + 4] + body + struct.pack(">I", zlib.crc32(body))
        position = end + 4
    return out + data[position:]


def _places(data: bytes) -> st.SearchStrategy[int]:
    """Anywhere, and half of the time where headers are."""
    return st.integers(0, len(data) - 1) | st.integers(0, min(len(data) - 1, 200))


def _change_bytes(draw: st.DrawFn, data: bytes) -> bytes:
    changed = bytearray(data)
    for place in draw(st.lists(_places(data), min_size=1, max_size=6)):
        changed[place] = draw(st.sampled_from(_NASTY_BYTES) | st.integers(0, 255))
    return bytes(changed)


def _change_length(draw: st.DrawFn, data: bytes) -> bytes:
    place, width = draw(_places(data)), draw(st.sampled_from([2, 4]))
    number = draw(st.sampled_from(_NASTY_LENGTHS)) % 256**width
    return data[:place] + number.to_bytes(width, "big") + data[place + width :]


def _cut(draw: st.DrawFn, data: bytes) -> bytes:
    return data[: draw(_places(data))]


def _leave_out(draw: st.DrawFn, data: bytes) -> bytes:
    start = draw(_places(data))
    return data[:start] + data[start + draw(st.integers(1, 64)) :]


def _repeat(draw: st.DrawFn, data: bytes) -> bytes:
    start = draw(_places(data))
    part = data[start : start + draw(st.integers(1, 64))]
    return data[:start] + part * draw(st.sampled_from([2, 3, 50, 2000])) + data[start:]


def _put_in(draw: st.DrawFn, data: bytes) -> bytes:
    start = draw(_places(data))
    return data[:start] + draw(st.binary(min_size=1, max_size=40)) + data[start:]


def _splice(draw: st.DrawFn, data: bytes) -> bytes:
    other = VALID[draw(st.sampled_from(sorted(VALID)))]
    return data[: draw(_places(data))] + other[draw(_places(other)) :]


def _claim_size(draw: st.DrawFn, data: bytes) -> bytes:
    """Let the header say another size than the picture is of."""
    width, height = draw(st.sampled_from(_NASTY_SIDES)), draw(st.sampled_from(_NASTY_SIDES))
    if data.startswith(b"\x89PNG"):
        return data[:16] + struct.pack(">II", width, height) + data[24:]
    for marker in (b"\xff\xc0", b"\xff\xc2", b"\xff\xc3", b"\xff\xc9"):
        if (place := data.find(marker)) >= 0:
            return data[: place + 5] + struct.pack(">HH", height % 65536, width % 65536) + data[place + 9 :]
    return data


def _claim_kind(draw: st.DrawFn, data: bytes) -> bytes:
    """Let the header say another depth, colour type, number of channels, kind of coding or interlacing."""
    if data.startswith(b"\x89PNG"):
        kind = bytes([draw(st.sampled_from([0, 1, 2, 4, 8, 16, 32])), draw(st.integers(0, 7))])
        return data[:24] + kind + data[26:28] + bytes([draw(st.integers(0, 2))]) + data[29:]
    place = data.find(b"\xff\xc0")
    if place < 0 or place + 10 > len(data):
        return data
    coding, bits, channels = (
        draw(st.integers(0xC0, 0xCF)),
        draw(st.sampled_from([0, 2, 8, 12, 16])),
        draw(st.integers(0, 6)),
    )
    header = bytearray(data[place : place + 10])
    header[1], header[4], header[9] = coding, bits, channels
    return data[:place] + bytes(header) + data[place + 10 :]


def _put_in_exif(draw: st.DrawFn, data: bytes) -> bytes:
    """An EXIF block of which nothing holds: byte order, offsets, counts, types."""
    entries = draw(
        st.lists(
            st.tuples(
                st.sampled_from([0x0112, 0x8769, 0x0201, 0x927C]) | st.integers(0, 0xFFFF),
                st.integers(0, 14),
                st.sampled_from([0, 1, 2, 0xFFFF, 2**31, 2**32 - 1]),
                st.sampled_from([0, 1, 6, 9, 8, 0xFFFF, 2**31, 2**32 - 1]),
            ),
            max_size=6,
        )
    )
    order = draw(st.sampled_from(["<", ">"]))
    head = draw(st.sampled_from([b"II*\0", b"MM\0*", b"IIII", b""]))
    block = head + struct.pack(f"{order}I", draw(st.sampled_from([0, 8, 7, 0xFFFF, 2**32 - 1])))
    block += struct.pack(f"{order}H", draw(st.sampled_from([len(entries), 0xFFFF])))
    block += b"".join(struct.pack(f"{order}HHII", *entry) for entry in entries)
    block = block[: draw(st.integers(0, len(block)))] if draw(st.booleans()) else block
    if data.startswith(b"\x89PNG"):
        return data[:33] + png_chunk(b"eXIf", block) + data[33:]
    payload = b"Exif\0\0" + block
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload + data[2:]


def _put_in_chunk(draw: st.DrawFn, data: bytes) -> bytes:
    """A chunk or a segment where none is expected; compressed ones are small bombs."""
    if data.startswith(b"\x89PNG"):
        kinds = [
            b"acTL",
            b"fcTL",
            b"fdAT",
            b"IDAT",
            b"PLTE",
            b"tRNS",
            b"gAMA",
            b"bKGD",
            b"IEND",
            b"IHDR",
            b"sBIT",
        ]
        content = draw(st.binary(max_size=40))
        if draw(st.booleans()):
            kinds, content = [b"zTXt", b"iCCP", b"iTXt"], b"key\0\0" + zlib.compress(bytes(2_000_000), 9)
        place = draw(st.sampled_from([33, len(data) - 12]))
        return data[:place] + png_chunk(draw(st.sampled_from(kinds)), content) + data[place:]
    content = draw(st.binary(max_size=70))
    segment = bytes([0xFF, draw(st.integers(0xC0, 0xFE))]) + struct.pack(">H", len(content) + 2) + content
    place = draw(st.sampled_from([2, max(2, data.find(b"\xff\xda"))]))
    return data[:place] + segment + data[place:]


_DAMAGES: list[Callable[[st.DrawFn, bytes], bytes]] = [
    _change_bytes,
    _change_length,
    _cut,
    _leave_out,
    _repeat,
    _put_in,
    _splice,
    _claim_size,
    _claim_kind,
    _put_in_exif,
    _put_in_chunk,
]
