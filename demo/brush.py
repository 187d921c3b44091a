"""Painting with soft edges: polygons, curves and cut-outs laid over a picture of floating-point colours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Pixels = NDArray[np.uint8]
Bools = NDArray[np.bool_]

Colour = tuple[float, float, float]
"""Blue, green, red, 0..255."""

_SUBPIXEL_BITS: Final = 4


def rgb(code: str) -> Colour:
    """Return the colour of a ``rrggbb`` code."""
    return int(code[4:6], 16), int(code[2:4], 16), int(code[0:2], 16)


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """Return a colour between two; `share` of the second, 0..1."""
    blue, green, red = (a + (b - a) * share for a, b in zip(first, second, strict=True))
    return blue, green, red


def lit(colour: Colour, factor: float) -> Colour:
    """Return a colour made lighter (above 1) or darker (below 1)."""
    blue, green, red = (min(255.0, part * factor) for part in colour)
    return blue, green, red


def moved(outline: Floats, x: float, y: float) -> Floats:
    """Return an outline moved by x, y."""
    return np.asarray(outline + np.array([x, y]), np.float64)


def points(*pairs: tuple[float, float]) -> Floats:
    """Return corners as an array, (n, 2)."""
    return np.array(pairs, np.float64)


def rectangle(left: float, top: float, right: float, bottom: float) -> Floats:
    """Return the corners of an upright rectangle, (4, 2)."""
    return points((left, top), (right, top), (right, bottom), (left, bottom))


def ellipse(x: float, y: float, across: float, down: float, turn: float = 0.0) -> Floats:
    """Return the outline of an ellipse with half axes `across` and `down`, turned by degrees, (48, 2)."""
    angles = np.linspace(0.0, 2 * np.pi, 48, endpoint=False)
    outline = np.column_stack([across * np.cos(angles), down * np.sin(angles)])
    turned = np.radians(turn)
    turning = np.array([[np.cos(turned), np.sin(turned)], [-np.sin(turned), np.cos(turned)]])
    return np.asarray(outline @ turning + (x, y), np.float64)


def rounded(corners: Floats, rounds: int = 3) -> Floats:
    """Return a closed outline with its corners cut again and again, which makes a smooth curve of it."""
    outline = corners
    for _ in range(rounds):
        following = np.roll(outline, -1, axis=0)
        outline = np.stack([0.75 * outline + 0.25 * following, 0.25 * outline + 0.75 * following], axis=1)
        outline = outline.reshape(-1, 2)
    return outline


def stroke(path: Sequence[tuple[float, float]], widths: Sequence[float]) -> Floats:
    """Return the outline of a limb along a path, as wide at each of its points as `widths` says."""
    spine = np.array(path, np.float64)
    ahead = np.gradient(spine, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    aside = np.column_stack([-ahead[:, 1], ahead[:, 0]]) * (np.array(widths) / 2)[:, None]
    return np.vstack([spine + aside, (spine - aside)[::-1]])


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Something painted once, to be laid over many pictures.

    Attributes
    ----------
    paint : (h, w, 3) float32, its colours, laid by cover
    clear : (h, w, 1) float32, how much of what lies beneath shines through, 0..1
    top : pixels from the top of the canvas to its first row
    """

    paint: Floats
    clear: Floats
    top: int


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """A picture that is being painted: (height, width, 3) float32, blue-green-red, 0..255."""

    pixels: Floats

    @classmethod
    def plain(cls, width: int, height: int, colour: Colour) -> "Canvas":
        """Return a canvas of one colour."""
        return cls(np.full((height, width, 3), colour, np.float32))

    def copy(self) -> "Canvas":
        """Return a canvas of its own with the same picture."""
        return Canvas(self.pixels.copy())

    def fill(
        self,
        outline: Floats,
        colour: Colour,
        *,
        strength: float = 1.0,
        soft: float = 0.0,
        fade: tuple[float, float] = (1.0, 1.0),
        across: tuple[float, float] = (1.0, 1.0),
    ) -> None:
        """Paint the inside of an outline.

        Parameters
        ----------
        outline : (n, 2)
            Corners x, y in pixels.
        colour : Colour
            The paint.
        strength : float
            How much of what lies beneath it covers, 0..1.
        soft : float
            Pixels (standard deviation) by which the edge is blurred.
        fade : tuple of float
            Factors on the colour's lightness at the outline's top and bottom.
        across : tuple of float
            Factors on the colour's lightness at the outline's left and right.
        """
        margin = int(3 * soft) + 2
        height, width = self.pixels.shape[:2]
        low, high = outline.min(axis=0), outline.max(axis=0)
        left, top = max(0, int(low[0]) - margin), max(0, int(low[1]) - margin)
        right, bottom = min(width, int(high[0]) + margin + 1), min(height, int(high[1]) + margin + 1)
        if right <= left or bottom <= top:
            return
        mask = np.zeros((bottom - top, right - left), np.uint8)
        corners = np.round((outline - (left, top)) * (1 << _SUBPIXEL_BITS)).astype(np.int32)
        cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA, _SUBPIXEL_BITS)
        cover = mask.astype(np.float32) * (strength / 255.0)
        if soft:
            cover = np.asarray(cv2.GaussianBlur(cover, (0, 0), soft), np.float32)
        paint: Floats = np.asarray(colour, np.float32)
        if fade != (1.0, 1.0) or across != (1.0, 1.0):
            rows = np.interp(np.arange(top, bottom), (low[1], high[1]), fade).astype(np.float32)
            columns = np.interp(np.arange(left, right), (low[0], high[0]), across).astype(np.float32)
            paint = np.minimum(paint * (rows[:, None] * columns[None, :])[..., None], 255.0)
        self._lay(paint, cover, left, top)

    def line(
        self, path: Sequence[tuple[float, float]], width: float, colour: Colour, strength: float = 1.0
    ) -> None:
        """Paint a line of even width along a path."""
        self.fill(stroke(path, [width] * len(path)), colour, strength=strength)

    def lay(self, layer: Layer) -> None:
        """Lay a layer, as wide as the canvas, over it."""
        beneath = self.pixels[layer.top : layer.top + len(layer.paint)]
        beneath *= layer.clear
        beneath += layer.paint

    def stamp(self, picture: Floats, cover: Floats, placing: Floats) -> None:
        """Lay a cut-out over the canvas.

        Parameters
        ----------
        picture : (h, w, 3)
            Its colours, 0..255.
        cover : (h, w)
            How much each of its pixels covers, 0..1.
        placing : (2, 3)
            Maps a point (x, y, 1) of the cut-out to the canvas.
        """
        height, width = self.pixels.shape[:2]
        tall, wide = cover.shape
        corners = np.array([(0, 0, 1), (wide, 0, 1), (wide, tall, 1), (0, tall, 1)]) @ placing.T
        left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
        right, bottom = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 1, (width, height))
        if right <= left or bottom <= top:
            return
        shifted = placing - np.array([[0, 0, left], [0, 0, top]])
        size = (int(right - left), int(bottom - top))
        # Colours are laid by cover before they are warped: what lies outside the cut-out must not bleed in.
        paint = cv2.warpAffine((picture * cover[..., None]).astype(np.float32), shifted, size)
        mask = cv2.warpAffine(cover.astype(np.float32), shifted, size)
        beneath = self.pixels[top:bottom, left:right]
        beneath *= 1.0 - mask[..., None]
        beneath += paint

    def _lay(self, paint: Floats, cover: Floats, left: int, top: int) -> None:
        tall, wide = cover.shape
        beneath = self.pixels[top : top + tall, left : left + wide]
        beneath += (paint - beneath) * cover[..., None]


def layer_of(width: int, height: int, paint: Callable[[Canvas], None]) -> Layer:
    """Paint a layer of its own, cropped to the rows that are painted at all.

    The same strokes on black and on white tell how much each pixel is covered.
    """
    black, white = (
        Canvas.plain(width, height, (0.0, 0.0, 0.0)),
        Canvas.plain(width, height, (255.0, 255.0, 255.0)),
    )
    paint(black)
    paint(white)
    clear = (white.pixels[..., :1] - black.pixels[..., :1]) / np.float32(255.0)
    rows = np.flatnonzero(clear.min(axis=(1, 2)) < 1.0 - 1e-4)
    top, bottom = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 0)
    return Layer(black.pixels[top:bottom].copy(), clear[top:bottom].clip(0.0, 1.0), top)
