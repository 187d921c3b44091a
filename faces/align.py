"""Turning a face upright: the similarity transform that lays its landmarks on a template."""

from typing import Final

import cv2
import numpy as np

from faces.arrays import Affine, Pixels, Points

CHIP_SIDE: Final = 112
"""Side in pixels of the aligned chip that SFace was trained on."""

TEMPLATE: Final[Points] = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
"""Where the five landmarks of a frontal face lie in the chip (the ArcFace template)."""


def similarity_transform(source: Points, target: Points) -> Affine:
    """Return the rotation, uniform scale and shift that best lay `source` on `target`.

    Least squares without reflection (Umeyama, IEEE PAMI 13(4), 1991).

    Parameters
    ----------
    source, target : (n, 2)
        Corresponding points.

    Returns
    -------
    (2, 3) affine matrix.
    """
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    centred = source - source_mean
    left, singular, right = np.linalg.svd((target - target_mean).T @ centred / len(source))
    signs = np.array([1.0, np.sign(np.linalg.det(left @ right)) or 1.0])
    rotation = left @ np.diag(signs) @ right
    variance = max(float(centred.var(axis=0).sum()), np.finfo(np.float64).tiny)
    linear = float((singular * signs).sum()) / variance * rotation
    return np.column_stack([linear, target_mean - linear @ source_mean])


def apply(transform: Affine, points: Points) -> Points:
    """Map points, (n, 2), through an affine transform."""
    return points @ transform[:, :2].T + transform[:, 2]


def invert(transform: Affine) -> Affine:
    """Return the transform that undoes `transform`."""
    return np.asarray(cv2.invertAffineTransform(transform), np.float64)


def warp(pixels: Pixels, transform: Affine, side: int) -> Pixels:
    """Resample `pixels` through `transform` into a square of `side` pixels; outside is black."""
    return np.asarray(cv2.warpAffine(pixels, transform, (side, side)), np.uint8)


def chip(pixels: Pixels, landmarks: Points) -> Pixels:
    """Return the aligned face, (112, 112, 3), from landmarks in coordinates of `pixels`."""
    return warp(pixels, similarity_transform(landmarks, TEMPLATE), CHIP_SIDE)


def surround_transform(landmarks: Points, side: int, face_side: float) -> Affine:
    """Return the transform into an upright square with the chip, `face_side` large, in its middle.

    Parameters
    ----------
    landmarks : (5, 2)
        In coordinates of the picture.
    side : int
        Side of the square in pixels.
    face_side : float
        Side in pixels that the aligned chip is to have in it; what is left is its surroundings.
    """
    template = (TEMPLATE - CHIP_SIDE / 2) * (face_side / CHIP_SIDE) + side / 2
    return similarity_transform(landmarks, template)
