"""A face from a press photo as a camera at the front of a classroom would see it.

Size, light, roll, blur, noise, covering and compression are drawn at random from ranges that classrooms have;
they were chosen before any class set was judged and are not fitted to one. The frames of a burst share the
person, the place, the light and the roll; blur, noise and a little movement differ.
"""

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from faces import Box, DetectedFace, Picture

Pixels = NDArray[np.uint8]

# Back row of a lecture hall to front row of a classroom, at 1080p.
_WIDTHS: Final = (16.0, 96.0)
_LIGHTS: Final = (0.3, 1.25)
_ROLL_DEGREES: Final = 9.0
_NOISE: Final = (1.0, 7.0)
_MOVED_SHARE: Final = 0.35
_MOVED_BY: Final = (0.05, 0.2)
_QUALITIES: Final = (30, 95)
_COVERED_SHARE: Final = 0.08
_HEAD: Final = 1.9
"""Side of the square around a face, in widths of its box, that is taken over from the photo."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a face is seen.

    Attributes
    ----------
    width : pixels of the face's box
    roll : degrees
    light : factor on all pixels, 1 as photographed
    noise : standard deviation, grey levels
    movement : length of the motion blur in widths of the face; 0 is still
    direction : of the movement, degrees
    quality : of the JPEG, 1..100
    covered : whether the lower face is covered
    shift : how far the face sits off the pixel grid, pixels
    """

    width: float
    roll: float = 0.0
    light: float = 1.0
    noise: float = 0.0
    movement: float = 0.0
    direction: float = 0.0
    quality: int = 95
    covered: bool = False
    shift: tuple[float, float] = (0.0, 0.0)


def draw_burst(random: Generator, frames: int) -> list[Conditions]:
    """Draw the conditions of one person's burst."""
    low, high = np.log(_WIDTHS)
    shared = Conditions(
        width=float(np.exp(random.uniform(low, high))),
        roll=float(random.normal(0.0, _ROLL_DEGREES)),
        light=float(random.uniform(*_LIGHTS)),
        noise=float(random.uniform(*_NOISE)),
        quality=int(random.integers(*_QUALITIES)),
        covered=bool(random.random() < _COVERED_SHARE),
    )
    return [_moment(shared, random) for _ in range(frames)]


def _moment(shared: Conditions, random: Generator) -> Conditions:
    moved = random.random() < _MOVED_SHARE
    return replace(
        shared,
        width=shared.width * float(random.uniform(0.93, 1.07)),
        roll=shared.roll + float(random.normal(0.0, 2.0)),
        movement=float(random.uniform(*_MOVED_BY)) if moved else 0.0,
        direction=float(random.uniform(0.0, 180.0)),
        shift=(float(random.uniform(0, 1)), float(random.uniform(0, 1))),
    )


@dataclass(frozen=True, slots=True)
class Scene:
    """A small picture with one face in it, and where the face is."""

    picture: Picture
    box: Box


def compose(photo: Pixels, face: DetectedFace, seen: Conditions, random: Generator) -> Scene:
    """Set a face of a photo into a wall-coloured square as it is seen under the conditions."""
    side = max(96, round(4 * seen.width))
    wall = random.uniform(90, 190) * np.array([0.92, 0.97, 1.0])
    canvas = np.broadcast_to(wall.astype(np.float32), (side, side, 3)).copy()
    head, mask = _head(photo, face, seen, side)
    canvas = canvas * (1 - mask) + head * mask
    if seen.covered:
        _cover(canvas, seen, random)
    canvas *= seen.light
    canvas = _moved(canvas, seen)
    canvas += random.normal(0.0, seen.noise, canvas.shape)
    encoded = cv2.imencode(
        ".jpg", np.clip(canvas, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, seen.quality]
    )[1]
    pixels = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
    height = seen.width * face.box.height / face.box.width
    x, y = side / 2 + seen.shift[0] - seen.width / 2, side / 2 + seen.shift[1] - height / 2
    return Scene(Picture.of(pixels), Box(x, y, seen.width, height))


def _head(
    photo: Pixels, face: DetectedFace, seen: Conditions, side: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The photo turned, scaled and shifted into the square, and the soft oval of it that is taken."""
    zoom = seen.width / face.box.width
    centre_x, centre_y = face.box.centre
    smaller = 1.0
    if zoom < 0.5:  # a lens averages what it cannot resolve
        smaller = 2 * zoom
        photo = np.asarray(
            cv2.resize(photo, None, fx=smaller, fy=smaller, interpolation=cv2.INTER_AREA), np.uint8
        )
    turn = np.radians(seen.roll)
    scale = zoom / smaller
    linear = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    target = np.array([side / 2 + seen.shift[0], side / 2 + seen.shift[1]])
    shift = target - linear @ (np.array([centre_x, centre_y]) * smaller)
    turned = cv2.warpAffine(
        photo, np.column_stack([linear, shift]), (side, side), borderMode=cv2.BORDER_REFLECT
    )
    mask = np.zeros((side, side), np.float32)
    axes = (_HEAD / 2 * seen.width * 0.85, _HEAD / 2 * seen.width * 1.1)
    cv2.ellipse(mask, (tuple(target), (2 * axes[0], 2 * axes[1]), seen.roll), 1.0, -1)
    soft = np.asarray(cv2.GaussianBlur(mask, (0, 0), max(0.6, seen.width / 25)), np.float32)
    return turned.astype(np.float32), soft[:, :, None]


def _cover(canvas: NDArray[np.floating], seen: Conditions, random: Generator) -> None:
    side = canvas.shape[0]
    middle = (side / 2, side / 2 + 0.33 * seen.width)
    corners = cv2.boxPoints((middle, (0.9 * seen.width, 0.4 * seen.width), seen.roll + random.normal(0, 5)))
    colour = tuple(float(value) for value in random.uniform(40, 220, 3))
    cv2.fillConvexPoly(canvas, np.round(corners).astype(np.int32), colour)


def _moved(canvas: NDArray[np.floating], seen: Conditions) -> NDArray[np.floating]:
    length = seen.movement * seen.width
    if length < 1:
        return canvas
    size = 2 * int(np.ceil(length / 2)) + 1
    kernel = np.zeros((size, size), np.float32)
    middle = size // 2
    turn = np.radians(seen.direction)
    for step in np.linspace(-length / 2, length / 2, 4 * size):
        kernel[round(middle + step * np.sin(turn)), round(middle + step * np.cos(turn))] += 1
    return np.asarray(cv2.filter2D(canvas, -1, kernel / kernel.sum()))
