"""Pictures read from a bucket, with the face engine's errors said in this project's words."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from attendance.domain.errors import PictureTooLargeError, PictureUnreadableError
from attendance.domain.sightings import Box
from attendance.ports import ObjectStore
from faces.errors import ImageError, ImageTooLargeError
from faces.image import Picture, read_picture


@contextmanager
def picture_errors(key: str) -> Iterator[None]:
    try:
        yield
    except ImageTooLargeError as error:
        raise PictureTooLargeError(f"{key}: {error}") from error
    except ImageError as error:
        raise PictureUnreadableError(f"{key}: {error}") from error


def load_picture(objects: ObjectStore, key: str) -> Picture:
    """Raises PictureUnreadableError, PictureTooLargeError."""
    with picture_errors(key):
        return read_picture(objects.read(key))


def crop(picture: Picture, box: Box, margin: float) -> tuple[np.ndarray, Box]:
    """A box of the picture with a margin (share of its longer side) all round, and the box within the crop.

    The crop is cut at the picture's edges, and is never empty.
    """
    height, width = picture.pixels.shape[:2]
    left, top = box.left * width, box.top * height
    right, bottom = left + box.width * width, top + box.height * height
    pad = margin * max(right - left, bottom - top)
    x0, y0 = min(max(0, int(left - pad)), width - 1), min(max(0, int(top - pad)), height - 1)
    x1 = max(x0 + 1, min(width, round(right + pad) + 1))
    y1 = max(y0 + 1, min(height, round(bottom + pad) + 1))
    cut = picture.pixels[y0:y1, x0:x1]
    cut_height, cut_width = cut.shape[:2]
    within = Box(
        (left - x0) / max(cut_width, 1),
        (top - y0) / max(cut_height, 1),
        (right - left) / max(cut_width, 1),
        (bottom - top) / max(cut_height, 1),
    )
    return cut, within
