"""A face cut out with its surroundings and brought to one size: what a search by picture is asked with.

Rekognition searches for the largest face of a picture only, so each face of a frame is cut out for its own
search. Both sides of a comparison, the engine in the process and a service, work on this same crop, so that
they see the same pixels.
"""

from typing import Final

import cv2
import numpy as np

from faces.align import warp
from faces.arrays import Pixels
from faces.detector import Box
from faces.image import Picture

CROP_SIDE: Final = 256
"""Side in pixels of a crop; above Rekognition's least picture (80) whatever the face's size in the frame."""

FACE_SHARE: Final = 0.5
"""How much of the crop's side the longer side of the face's box takes; the rest is head and shoulders."""


def search_crop(picture: Picture, box: Box, share: float = FACE_SHARE) -> Pixels:
    """Return a square crop, (256, 256, 3), with the face of `box` in its middle.

    Parameters
    ----------
    picture : Picture
    box : Box
        Pixels of the upright original.
    share : float
        How much of the crop's side the longer side of the box takes, 0..1.
    """
    left, top = box.x / picture.scale, box.y / picture.scale
    width, height = box.width / picture.scale, box.height / picture.scale
    zoom = share * CROP_SIDE / max(width, height, 1.0)
    shift = CROP_SIDE / 2 - zoom * np.array([left + width / 2, top + height / 2])
    transform = np.array([[zoom, 0.0, shift[0]], [0.0, zoom, shift[1]]])
    return warp(picture.pixels, transform, CROP_SIDE)


def encode_png(pixels: Pixels) -> bytes:
    """Encode pixels without loss, so that a service sees what the engine in the process sees."""
    return cv2.imencode(".png", pixels)[1].tobytes()
