"""Faces drawn with ellipses: the detector takes them for faces, and they belong to nobody.

The same seed draws the same face; seeds differ in proportions, colours and hair. As a population they are
more alike than people are; `STRANGERS` are four that the embedder tells apart.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

STRANGERS = (4, 97, 55, 64)
"""Seeds no two of whose faces reach a cosine of 0.7; the same face with other noise stays above 0.95."""

_SUPERSAMPLE = 4
_SHADOW = (30, 30, 60)


def draw_face(seed: int, side: int = 256, noise: int = 0) -> NDArray[np.uint8]:
    """Draw a portrait, (side, side, 3) uint8 blue-green-red; `noise` varies the grain, not the face."""
    random = np.random.default_rng(seed)
    full = side * _SUPERSAMPLE
    canvas = np.full((full, full, 3), random.uniform(60, 200, 3), np.float32)

    def blob(
        x: float, y: float, across: float, down: float, colour: Sequence[float] | NDArray, turn: float = 0.0
    ) -> None:
        centre, axes = (int(x * full), int(y * full)), (int(across * full), int(down * full))
        cv2.ellipse(canvas, centre, axes, turn, 0, 360, tuple(float(c) for c in colour), -1)

    tone = random.uniform(0.35, 1.0)
    skin = np.array([140.0, 170.0, 215.0]) * tone
    hair = random.uniform(10, 90, 3)
    width, height = random.uniform(0.22, 0.27), random.uniform(0.30, 0.36)
    x, y = 0.5, 0.52
    blob(x, 0.98, 0.42, 0.28, random.uniform(30, 220, 3))
    blob(x, y - 0.06, width * 1.2, height * 1.12, hair)
    blob(x, y + 0.25, width * 0.5, 0.2, skin * 0.8)
    blob(x, y, width, height, skin)
    blob(x, y - height * 0.85, width * 0.85, height * random.uniform(0.15, 0.35), hair)
    apart, eye_y = random.uniform(0.095, 0.125), y - random.uniform(0.03, 0.07)
    eye_height = random.uniform(0.014, 0.024)
    mouth_y, nose_y = y + random.uniform(0.17, 0.21), y + random.uniform(0.06, 0.1)
    mouth_width, mouth_height = random.uniform(0.07, 0.1), random.uniform(0.018, 0.03)
    iris = random.uniform(20, 120, 3)
    brow_rise, brow_height = random.uniform(0.045, 0.06), random.uniform(0.008, 0.018)
    for sign in (-1, 1):
        eye_x = x + sign * apart
        blob(eye_x, eye_y, 0.06, 0.045, skin * 0.85)
        blob(eye_x, eye_y, 0.045, eye_height, (235, 235, 235))
        blob(eye_x, eye_y, eye_height, eye_height, iris)
        blob(eye_x, eye_y, eye_height / 2, eye_height / 2, (5, 5, 5))
        blob(eye_x, eye_y - brow_rise, 0.065, brow_height, hair * 0.8, sign * 5)
        blob(x + sign * 0.028, nose_y, 0.014, 0.009, skin * 0.45)
    blob(x, (eye_y + nose_y) / 2, 0.02, (nose_y - eye_y) / 2, skin * 1.08)
    blob(x, mouth_y, mouth_width, mouth_height, np.array([80.0, 80.0, 170.0]) * tone)
    blob(x, mouth_y, mouth_width, 0.004, _SHADOW)
    down, across = np.mgrid[0:full, 0:full] / full
    roundness = np.clip(((across - x) / width) ** 2 + ((down - y) / height) ** 2, 0, 1.2)
    canvas *= (1.05 - 0.28 * roundness)[..., None]
    soft = cv2.GaussianBlur(canvas, (0, 0), _SUPERSAMPLE * 1.5)
    small = cv2.resize(soft, (side, side), interpolation=cv2.INTER_AREA)
    grain = np.random.default_rng((seed, noise)).normal(0, 3, small.shape)
    return np.clip(small + grain, 0, 255).astype(np.uint8)


def draw_crowd(seeds: list[int], side: int = 128) -> NDArray[np.uint8]:
    """Draw several faces side by side, (side, n * side, 3)."""
    return np.hstack([draw_face(seed, side) for seed in seeds])
