"""Frames with as many faces as wanted, of any size, set from the demo's portraits onto a wall.

They are for measuring time and memory: the faces are real to the networks, and as many as the detector finds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from benchmarks.measured_class import Frame
from demo.portraits import PortraitFolder
from faces import DetectedFace, FaceEngine, Picture, read_picture
from faces.arrays import Pixels

FACE_WIDTH: Final = 44
"""Pixels: of a face in the middle of a classroom, at 1080p."""

_MARGIN: Final = 0.4
"""What is taken over around a face's box on each side, in its widths."""

_SURE: Final = 0.85
"""Score from which a portrait's face counts; the others show no face, or one in profile."""

_JPEG_QUALITY: Final = 92
_NOISE: Final = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody to put into a crowd: a portrait as it is stored, and the head cut out of it."""

    name: str
    portrait: bytes
    head: Pixels


def people_of(portraits: PortraitFolder, engine: FaceEngine) -> list[Person]:
    """Cut out everybody whose portrait shows one face, and surely."""
    people = []
    for name in portraits.names():
        portrait = portraits.read(name)
        picture = read_picture(portrait)
        found = engine.detect(picture)
        if len(found) == 1 and found[0].score >= _SURE:
            plain = name.removesuffix(".jpg").replace("/", "-")
            people.append(Person(plain, portrait, _head(picture, found[0])))
    return people


def burst_of(people: Sequence[Person], faces: int, size: tuple[int, int], frames: int) -> list[Frame]:
    """Compose a burst.

    Parameters
    ----------
    people
        Who is in it, in order; from the first again where there are fewer than `faces`.
    size
        Width and height in pixels.

    Raises
    ------
    ValueError
        So many faces do not fit.
    """
    return [_frame(people, faces, size, number) for number in range(1, frames + 1)]


def _frame(people: Sequence[Person], faces: int, size: tuple[int, int], number: int) -> Frame:
    width, height = size
    random = np.random.default_rng([faces, width, number])
    columns = _columns(faces, size)
    rows = -(-faces // columns)
    across, down = width / columns, height / rows
    shade = np.linspace(0.75, 1.0, width, dtype=np.float32)[None, :, None]
    pixels = np.array([165, 178, 184], np.float32) * np.broadcast_to(shade, (height, width, 1))
    pixels += random.normal(0.0, _NOISE, (height, width, 1))
    for place in range(faces):
        head = people[place % len(people)].head
        tall, wide = head.shape[:2]
        x = round((place % columns) * across + (across - wide) * random.uniform(0.2, 0.8))
        y = round((place // columns) * down + (down - tall) * random.uniform(0.2, 0.8))
        pixels[y : y + tall, x : x + wide] = head
    done = np.clip(pixels, 0, 255).astype(np.uint8)
    encoded = cv2.imencode(".jpg", done, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1]
    return Frame(number, width, height, encoded.tobytes())


def _columns(faces: int, size: tuple[int, int]) -> int:
    """The fewest columns with which all faces fit, each with some wall around it."""
    side = FACE_WIDTH * (1.3 + 2 * _MARGIN) * 1.1
    most = int(size[0] // side)
    for columns in range(1, most + 1):
        if -(-faces // columns) * side <= size[1]:
            return columns
    message = f"{faces} faces of {FACE_WIDTH} px do not fit into {size[0]} x {size[1]} pixels"
    raise ValueError(message)


def _head(picture: Picture, face: DetectedFace) -> Pixels:
    edge = _MARGIN * face.box.width
    top, bottom = max(0, int(face.box.y - edge)), int(face.box.y + face.box.height + edge)
    left, right = max(0, int(face.box.x - edge)), int(face.box.x + face.box.width + edge)
    scale = FACE_WIDTH / face.box.width
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    cut = picture.pixels[top:bottom, left:right]
    return np.asarray(cv2.resize(cut, None, fx=scale, fy=scale, interpolation=how), np.uint8)
