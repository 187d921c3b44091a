"""Large and crowded frames in tiles, for a service that sees less the larger a picture is.

Rekognition detects faces from 40 px in a picture of 1920x1080, from proportionally larger ones in a larger
picture, and tells of the 100 largest. What an answer about a part of a frame may lack is therefore smaller
than a size that is known, and tiles that overlap by enough of it hold each such face whole, away from every
cut. Larger faces are in the answer that was there before, so a face that a tile cuts is never needed from it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil
from typing import Final

import cv2

import faces
from attendance.domain.sightings import Box
from faces.arrays import Pixels

LEAST_FACE: Final = 40
"""Pixels, in a picture of up to 1920x1080."""

MOST_FACES: Final = 100
"""As many faces an answer tells of, the largest."""

MOST_BYTES: Final = 5 * 2**20
"""As large a picture that is sent along may be."""

_FULL_HD: Final = (1920, 1080)

# A tile may be so much larger than full HD: 4K then takes four, not nine, and faces count from 44 px.
_ROOM: Final = 1.2
_LYING: Final = (round(_ROOM * _FULL_HD[0]), round(_ROOM * _FULL_HD[1]))

# A face is cut where it comes this near to a cut, in its own widths or heights: detectors guess the rest.
_NEAR: Final = 0.25

# Tiles overlap by so many of the largest faces that may be lacking. 1.5 of its height hold a face and what is
# `_NEAR` on both sides; faces are up to 1.6 times as high as wide, and their width is what is limited.
_OVERLAP: Final = 2.5
_MOST_OVERLAP: Final = _LYING[1] // 2

# A quarter of full HD holds no hundred faces of 40 px: 12 x 6 of them side by side.
_SMALLEST: Final = 270

# Detections that share so much (intersection over union) are one face; detectors tell faces apart up to 0.3.
_SAME: Final = 0.4

_QUALITIES: Final = (95, 85, 70, 50)


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of a frame, in pixels; the whole frame is one, too."""

    left: int
    top: int
    width: int
    height: int

    def pixels_of(self, box: Box) -> faces.Box:
        """Where in the frame a box is that is told in ratios of this tile."""
        return faces.Box(
            self.left + box.left * self.width,
            self.top + box.top * self.height,
            box.width * self.width,
            box.height * self.height,
        )

    def ratios_of(self, box: faces.Box) -> Box:
        """The inverse of `pixels_of`."""
        return Box(
            (box.x - self.left) / self.width,
            (box.y - self.top) / self.height,
            box.width / self.width,
            box.height / self.height,
        )


@dataclass(frozen=True, slots=True)
class TileFace:
    """A detected face; `box` in pixels of the frame, `confidence` in percent."""

    box: faces.Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Look:
    """What was told of a tile."""

    tile: Tile
    faces: Sequence[TileFace]


def sweep(frame: Tile, look: Callable[[Tile], Sequence[TileFace]]) -> tuple[list[TileFace], int]:
    """Look at a frame, and at tiles of it for as long as an answer may lack faces.

    Parameters
    ----------
    frame
        The whole of it, from 0, 0.
    look
        Asks for the faces of a tile, which are told in pixels of the frame.

    Returns
    -------
    The faces, largest first, and how often was asked.
    """
    looks: list[Look] = []
    waiting = [frame]
    while waiting:
        answered = Look(waiting[0], look(waiting[0]))
        looks.append(answered)
        waiting = [*waiting[1:], *further_tiles(answered)]
    return merged(frame, looks), len(looks)


def least_face(width: int, height: int) -> float:
    """Side in pixels of the smallest face that is detected in a picture of so many pixels."""
    return LEAST_FACE * max(1.0, max(width, height) / _FULL_HD[0], min(width, height) / _FULL_HD[1])


def further_tiles(look: Look) -> list[Tile]:
    """The tiles to look at for what an answer may lack; none where it is whole."""
    tile = look.tile
    shorter = min(tile.width, tile.height)
    lacking = least_face(tile.width, tile.height)
    if len(look.faces) >= MOST_FACES:
        if shorter < 2 * _SMALLEST:
            return []
        # The smallest that was told bounds those that were left out.
        lacking = max(lacking, min(max(face.box.width, face.box.height) for face in look.faces))
        overlap = min(ceil(_OVERLAP * lacking), _MOST_OVERLAP, shorter // 2)
        most = _largest_tile(tile, overlap)
        halves = ceil((tile.width + overlap) / 2), ceil((tile.height + overlap) / 2)
        return grid(tile, (min(most[0], halves[0]), min(most[1], halves[1])), overlap)
    if lacking <= _ROOM * LEAST_FACE:
        return []
    overlap = min(ceil(_OVERLAP * lacking), _MOST_OVERLAP, shorter // 2)
    return grid(tile, _largest_tile(tile, overlap), overlap)


def grid(tile: Tile, most: tuple[int, int], overlap: int) -> list[Tile]:
    """Cut a tile into the fewest of equal size, each at most so wide and high and overlapping the next.

    Parameters
    ----------
    most
        Width and height in pixels, both more than `overlap`.
    """
    across = list(_spans(tile.width, most[0], overlap))
    down = list(_spans(tile.height, most[1], overlap))
    return [
        Tile(tile.left + left, tile.top + top, width, height)
        for (top, height), (left, width) in product(down, across)
    ]


def merged(frame: Tile, looks: Iterable[Look]) -> list[TileFace]:
    """The faces of a frame, largest first: each once, and none that was only seen cut."""
    whole = [
        (face, look.tile) for look in looks for face in look.faces if not _is_cut(face.box, look.tile, frame)
    ]
    kept: list[tuple[TileFace, Tile]] = []
    for face, tile in sorted(whole, key=lambda found: _worth(*found), reverse=True):
        # Two detections of one tile are two faces: the detector has told them apart.
        if not any(tile != other and face.box.overlap(of.box) >= _SAME for of, other in kept):
            kept.append((face, tile))
    return sorted((face for face, _ in kept), key=lambda face: face.box.area, reverse=True)


def encode_tile(pixels: Pixels, tile: Tile) -> bytes:
    """A tile of a frame, (h, w, 3) blue-green-red, as a JPEG that may be sent along."""
    part = pixels[tile.top : tile.top + tile.height, tile.left : tile.left + tile.width]
    for quality in _QUALITIES:
        data = cv2.imencode(".jpg", part, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
        if len(data) <= MOST_BYTES:
            break
    return data


def _largest_tile(tile: Tile, overlap: int) -> tuple[int, int]:
    """Width and height: of tiles that lie and tiles that stand, those of which fewer do."""
    return min((_LYING, _LYING[::-1]), key=lambda most: len(grid(tile, most, overlap)))


def _spans(length: int, most: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Where the spans begin that cover `length`, and how long they are."""
    if length <= most:
        yield 0, length
        return
    count = ceil((length - overlap) / (most - overlap))
    span = ceil((length + (count - 1) * overlap) / count)
    for number in range(count):
        yield number * (length - span) // (count - 1), span


def _is_cut(box: faces.Box, tile: Tile, frame: Tile) -> bool:
    """Whether a face reaches to where its tile was cut; the frame's own edge is no cut."""
    across, down = _NEAR * box.width, _NEAR * box.height
    right, bottom = tile.left + tile.width, tile.top + tile.height
    return (
        (tile.left > frame.left and box.x < tile.left + across)
        or (tile.top > frame.top and box.y < tile.top + down)
        or (right < frame.left + frame.width and box.x + box.width > right - across)
        or (bottom < frame.top + frame.height and box.y + box.height > bottom - down)
    )


def _worth(face: TileFace, tile: Tile) -> tuple[float, ...]:
    """The surer detection first; the rest only makes the order one."""
    box = face.box
    return face.confidence, -tile.width * tile.height, box.area, box.x, box.y, -tile.left, -tile.top
