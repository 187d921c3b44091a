"""Pictures of drawn faces, encoded, and what the tests expect in them."""

from functools import cache
from typing import Any

import cv2
import numpy as np

from faces import encode_png
from tests.fakes.drawn_faces import STRANGERS, draw_crowd, draw_face

ANNA, BEN, CARL, DORA = STRANGERS

SAME = 99.0
"""Per cent: the same drawn face is above, another one below."""


@cache
def portrait(seed: int, noise: int = 0) -> bytes:
    return encode_png(draw_face(seed, noise=noise))


@cache
def group(*seeds: int, side: int = 200) -> bytes:
    return encode_png(draw_crowd(list(seeds), side))


@cache
def assembly(rows: int, columns: int, side: int = 72) -> bytes:
    """Return a picture of rows x columns faces."""
    lines = [draw_crowd([row * columns + i for i in range(columns)], side) for row in range(rows)]
    return encode_png(np.vstack(lines))


@cache
def nobody() -> bytes:
    return encode_png(np.full((200, 300, 3), 127, np.uint8))


@cache
def dark(seed: int) -> bytes:
    return encode_png((draw_face(seed) * 0.12).astype(np.uint8))


@cache
def blurred(seed: int) -> bytes:
    return encode_png(cv2.GaussianBlur(draw_face(seed), (0, 0), 9))


def image(data: bytes) -> dict[str, Any]:
    return {"Bytes": data}
