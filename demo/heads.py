"""Cutting a head, its hair included, out of a portrait."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from demo.brush import Bools, Colour, Floats, Pixels
from faces import Box

FACE_WIDTH: Final = 96.0
"""Pixels across the face's box in a cut-out: about the largest face of a composed frame."""

_COARSE: Final = 2
"""The cut is made at half the size of the cut-out: about the portraits' own, and four times faster."""

_ROUNDS: Final = 2
"""Of GrabCut; more of them change no cut that one can see."""

_REACH: Final = 1.4
"""Face widths from the middle of the face to the cut-out's sides and top."""

_DEPTH: Final = 1.75
"""Face widths from the middle of the face to the cut-out's bottom."""

_SKIN_CHROMA: Final = np.array([142.0, 147.0], np.float32)
"""The middle of human skin in OpenCV's 8-bit Lab; skins differ in lightness far more than in hue."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A head cut out of a portrait, at one scale for all.

    Attributes
    ----------
    colours : (h, w, 3) float32, blue-green-red, 0..255
    cover : (h, w) float32, 0..1
    face : the face's box in `colours`
    skin, hair : what neck, hands and the back of the head are painted with
    clothes : the portrait's own, or None where it does not show any
    crowned : whether the top of the head came along; a portrait often ends at the forehead
    """

    colours: Floats
    cover: Floats
    face: Box
    skin: Colour
    hair: Colour
    clothes: Colour | None
    crowned: bool


def cut_head(portrait: Pixels, face: Box) -> Head:
    """Cut the head out of a portrait.

    Parameters
    ----------
    portrait : (h, w, 3)
        Blue-green-red.
    face : Box
        Where the detector sees the face, in pixels of the portrait.

    Raises
    ------
    ValueError
        The face has no size.
    """
    if face.width <= 0 or face.height <= 0:
        raise ValueError("a face needs a width and a height")
    scale = FACE_WIDTH / face.width
    across, up, down = _REACH * FACE_WIDTH, _REACH * FACE_WIDTH, _DEPTH * FACE_WIDTH
    size = (round(2 * across), round(up + down))
    x, y = face.centre
    placing = np.array([[scale, 0.0, across - scale * x], [0.0, scale, up - scale * y]])
    picture = _placed(portrait, placing, size, cv2.BORDER_REPLICATE)
    inside = _placed(np.ones(portrait.shape[:2], np.uint8), placing, size, cv2.BORDER_CONSTANT)
    box = Box(across - FACE_WIDTH / 2, up - face.height * scale / 2, FACE_WIDTH, face.height * scale)

    ground = _Ground(size, box)
    person = _person(picture, inside, ground)
    colours = _evened(np.asarray(picture, np.float32), ground.within(0.38, 0.42))
    hair = _typical(colours, ground.above_face(), (person > 0.9)) or (40.0, 45.0, 55.0)
    cover = np.multiply(person, ground.bounds(inside))
    cover = np.multiply(cover, np.maximum(_likeness(colours, hair), ground.head_or_neck()))
    return Head(
        colours=colours,
        cover=cover,
        face=box,
        skin=_skin(colours, ground.within(0.32, 0.3)),
        hair=hair,
        clothes=_clothes(colours, ground, (person > 0.9) & (inside > 0)),
        crowned=float(cover[ground.crown()].mean()) > 0.8,
    )


class _Ground:
    """Regions of a cut-out, told by where its face is. Distances are in face widths and heights."""

    def __init__(self, size: tuple[int, int], face: Box) -> None:
        down, across = np.mgrid[: size[1], : size[0]]
        x, y = face.centre
        self._across = (across - x) / face.width
        self._down = (down - y) / face.height

    def within(self, across: float, down: float, rise: float = 0.0) -> Bools:
        return np.asarray((self._across / across) ** 2 + ((self._down + rise) / down) ** 2 <= 1.0)

    def above_face(self) -> Bools:
        return np.asarray((self._down < -0.55) & (np.abs(self._across) < 0.5))

    def crown(self) -> Bools:
        return np.asarray((self._down > -0.74) & (self._down < -0.52) & (np.abs(self._across) < 0.38))

    def chest(self) -> Bools:
        return np.asarray((self._down > 0.8) & (np.abs(self._across) < 0.9))

    def head_or_neck(self) -> Floats:
        """Say where something other than hair may be: not beside the neck, where a portrait shows clothes."""
        beside = np.clip((np.abs(self._across) - 0.3) / 0.12, 0.0, 1.0)
        below = np.clip((self._down - 0.42) / 0.12, 0.0, 1.0)
        return np.asarray(1.0 - beside * below, np.float32)

    def guess(self) -> Pixels:
        """Say what is surely or probably person or background, in GrabCut's words."""
        guess = np.full(self._across.shape, cv2.GC_BGD, np.uint8)
        guess[self.within(1.15, 1.15, 0.05)] = cv2.GC_PR_BGD
        guess[(self._down > 0) & (np.abs(self._across) < 1.2)] = cv2.GC_PR_BGD
        guess[self.within(0.78, 0.8, 0.12)] = cv2.GC_PR_FGD
        shoulders = (self._down > 0.5) & (np.abs(self._across) < 0.35 + 1.2 * (self._down - 0.5))
        guess[shoulders] = cv2.GC_PR_FGD
        guess[self.within(0.47, 0.5)] = cv2.GC_FGD
        guess[(self._down > 0) & (self._down < 0.75) & (np.abs(self._across) < 0.2)] = cv2.GC_FGD
        return guess

    def bounds(self, inside: Pixels) -> Floats:
        """Say how far the head may reach: hair around the face, softly ending on the chest and where the
        portrait ends."""
        around = np.sqrt((self._across / 1.12) ** 2 + ((self._down + 0.06) / 1.0) ** 2)
        hair = np.clip((1.0 - around) / 0.1, 0.0, 1.0)
        chest = np.clip((0.88 - self._down) / 0.28, 0.0, 1.0)
        within = cv2.erode(inside, np.ones((11, 11), np.uint8)).astype(np.float32)
        edge = cv2.GaussianBlur(within, (0, 0), 3.5)
        return np.asarray(np.minimum(hair, chest) * edge, np.float32)


def _placed(picture: Pixels, placing: Floats, size: tuple[int, int], border: int) -> Pixels:
    """Bring a portrait to the cut-out's scale; what lies outside of it continues as `border` says."""
    placed = cv2.warpAffine(picture, placing, size, flags=cv2.INTER_CUBIC, borderMode=border)
    return np.asarray(placed, np.uint8)


def _person(picture: Pixels, inside: Pixels, ground: _Ground) -> Floats:
    """Tell the person from the background, 0..1."""
    guess = ground.guess()
    guess[inside == 0] = cv2.GC_BGD
    size = (picture.shape[1] // _COARSE, picture.shape[0] // _COARSE)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(guess, size, interpolation=cv2.INTER_NEAREST)
    cv2.setRNGSeed(1)  # GrabCut clusters colours from random beginnings
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, mask, (0, 0, 0, 0), *models, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    person = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    opened = np.asarray(cv2.morphologyEx(person, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
    _, parts = cv2.connectedComponents(opened)
    middle = round(_REACH * FACE_WIDTH / _COARSE)
    head = np.asarray((opened > 0) & (parts == parts[middle, middle]), np.uint8)
    whole = cv2.morphologyEx(head, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    wide = cv2.resize(whole.astype(np.float32), picture.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    # Half a pixel inwards, so that no rim of the portrait's background comes along.
    return np.asarray(np.clip(cv2.GaussianBlur(wide, (0, 0), 2.2) * 1.7 - 0.6, 0.0, 1.0), np.float32)


def _evened(picture: Floats, face: Bools) -> Floats:
    """Take out the colour cast of a portrait, half of it, and the extremes of its exposure."""
    lab = cv2.cvtColor((picture / 255.0).astype(np.float32), cv2.COLOR_BGR2LAB)
    light = float(lab[face][:, 0].mean())
    lab[..., 0] *= np.clip(light, 42.0, 72.0) / max(light, 1.0)
    cast = lab[face][:, 1:].mean(axis=0) - (_SKIN_CHROMA - 128.0)
    lab[..., 1:] -= 0.55 * cast
    even = cv2.cvtColor(lab, cv2.COLOR_LAB2BGR) * 255.0
    return np.asarray(np.clip(even, 0.0, 255.0), np.float32)


def _likeness(colours: Floats, hair: Colour) -> Floats:
    """Say how much each pixel looks like hair, 0..1; shine and shadow count less than hue."""
    lab = cv2.cvtColor((colours / 255.0).astype(np.float32), cv2.COLOR_BGR2LAB)
    own = cv2.cvtColor(np.array([[hair]], np.float32) / 255.0, cv2.COLOR_BGR2LAB)[0, 0]
    apart = np.linalg.norm((lab - own) * (0.6, 1.0, 1.0), axis=2)
    alike = np.clip((30.0 - apart) / 14.0, 0.0, 1.0).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(alike, (0, 0), 2.0), np.float32)


def _typical(colours: Floats, region: Bools, person: Bools) -> Colour | None:
    """Return the median colour of a region of the person, if enough of it shows."""
    chosen = colours[region & person]
    if len(chosen) < 150:
        return None
    blue, green, red = (float(part) for part in np.median(chosen, axis=0))
    return blue, green, red


def _skin(colours: Floats, cheeks: Bools) -> Colour:
    """Return what hands are painted with: as light as the face, in a hue that no lamp has tinted."""
    lab = cv2.cvtColor((colours / 255.0).astype(np.float32), cv2.COLOR_BGR2LAB)[cheeks]
    light, *chroma = np.median(lab, axis=0)
    even = 0.3 * np.array(chroma, np.float32) + 0.7 * (_SKIN_CHROMA - 128.0)
    colour = cv2.cvtColor(np.array([[[light, *even]]], np.float32), cv2.COLOR_LAB2BGR)[0, 0] * 255.0
    blue, green, red = (float(np.clip(part, 0.0, 255.0)) for part in colour)
    return blue, green, red


def _clothes(colours: Floats, ground: _Ground, person: Bools) -> Colour | None:
    found = _typical(colours, ground.chest(), person)
    if found is None:
        return None
    bare = float(np.linalg.norm(np.subtract(found, _skin(colours, ground.within(0.32, 0.3))))) < 45.0
    return None if bare else found
