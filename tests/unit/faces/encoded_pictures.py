"""Encoded pictures of every awkward kind, made by hand where OpenCV cannot write them."""

import struct
import zlib

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def smooth_noise(height: int, width: int, seed: int = 0) -> Pixels:
    """Return soft random colours: no picture of anything, but kind to JPEG."""
    rough = np.random.default_rng(seed).integers(0, 256, (height // 8 + 2, width // 8 + 2, 3), dtype=np.uint8)
    return cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC)


def jpeg(pixels: Pixels, *, quality: int = 95, progressive: bool = False) -> bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive)]
    return cv2.imencode(".jpg", pixels, options)[1].tobytes()


def png(pixels: NDArray) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()


def _tiff_orientation(orientation: int) -> bytes:
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 0)


def with_exif(data: bytes, orientation: int) -> bytes:
    """Put an EXIF orientation, 1..8, into a JPEG or PNG."""
    tiff = _tiff_orientation(orientation)
    if data.startswith(b"\x89PNG"):
        return data[:33] + png_chunk(b"eXIf", tiff) + data[33:]
    payload = b"Exif\0\0" + tiff
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload + data[2:]


def png_chunk(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def png_header(width: int, height: int, *, bits: int = 8, colour: int = 2) -> bytes:
    """Return a PNG that announces its size and ends there."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header)


def jpeg_header(width: int, height: int, *, marker: int = 0xC0, channels: int = 3) -> bytes:
    """Return a JPEG that announces its size and ends there."""
    components = b"".join(bytes([i + 1, 0x11, 0]) for i in range(channels))
    frame = struct.pack(">BHHB", 8, height, width, channels) + components
    return b"\xff\xd8" + _segment(marker, frame)


def _segment(marker: int, payload: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload


def animated_png(frames: list[Pixels]) -> bytes:
    height, width = frames[0].shape[:2]
    data = png_header(width, height) + png_chunk(b"acTL", struct.pack(">II", len(frames), 0))
    sequence = 0
    for number, frame in enumerate(frames):
        control = struct.pack(">IIIIIHHBB", sequence, width, height, 0, 0, 1, 10, 0, 0)
        data += png_chunk(b"fcTL", control)
        sequence += 1
        body = zlib.compress(b"".join(b"\0" + row[:, ::-1].tobytes() for row in frame))
        if number == 0:
            data += png_chunk(b"IDAT", body)
        else:
            data += png_chunk(b"fdAT", struct.pack(">I", sequence) + body)
            sequence += 1
    return data + png_chunk(b"IEND", b"")


def cmyk_jpeg(cyan: int, magenta: int, yellow: int, black: int, *, side: int = 64) -> bytes:
    """Return a plain square as an Adobe CMYK JPEG; inks 0 (none) to 255 (full), inverted as Adobe does.

    One Huffman code per DC category and one for "end of block" are all that a flat picture needs.
    """
    adobe = _segment(0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, 0))
    quantisation = _segment(0xDB, b"\0" + b"\1" * 64)
    components = b"".join(bytes([i + 1, 0x11, 0]) for i in range(4))
    frame = _segment(0xC0, struct.pack(">BHHB", 8, side, side, 4) + components)
    categories = bytes(range(12))
    dc_table = b"\x00" + bytes([0, 0, 0, 12, *[0] * 12]) + categories  # twelve codes of four bits
    ac_table = b"\x10" + bytes([1, *[0] * 15]) + b"\0"
    scan = _segment(0xDA, b"\4" + b"".join(bytes([i + 1, 0x00]) for i in range(4)) + b"\0\x3f\0")
    bits = ""
    levels = [8 * (255 - ink - 128) for ink in (cyan, magenta, yellow, black)]
    for block in range((side // 8) ** 2):
        for level in levels:
            difference = level if block == 0 else 0
            category = abs(difference).bit_length()
            bits += f"{category:04b}"
            if category:
                value = difference if difference > 0 else difference + (1 << category) - 1
                bits += f"{value:0{category}b}"
            bits += "0"
    bits += "1" * (-len(bits) % 8)
    body = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    tables = _segment(0xC4, dc_table) + _segment(0xC4, ac_table)
    return b"\xff\xd8" + adobe + quantisation + frame + tables + scan + body + b"\xff\xd9"


def grey_jpeg(width: int, height: int, *, channels_apart: bool = False, marker: int = 0xC0) -> bytes:
    """Return a plain grey picture in three channels, of two bits a block; large ones cost no time to make."""
    quantisation = _segment(0xDB, b"\0" + b"\1" * 64)
    components = b"".join(bytes([i + 1, 0x11, 0]) for i in range(3))
    frame = _segment(marker, struct.pack(">BHHB", 8, height, width, 3) + components)
    tables = b"".join(_segment(0xC4, kind + bytes([1, *[0] * 15]) + b"\0") for kind in (b"\x00", b"\x10"))
    blocks = -(-width // 8) * -(-height // 8)
    groups = [[1], [2], [3]] if channels_apart else [[1, 2, 3]]
    scans = b""
    for group in groups:
        channels = b"".join(bytes([channel, 0]) for channel in group)
        scans += _segment(0xDA, bytes([len(group)]) + channels + b"\0\x3f\0")
        scans += bytes(-(-2 * blocks * len(group) // 8))
    return b"\xff\xd8" + quantisation + frame + tables + scans + b"\xff\xd9"
