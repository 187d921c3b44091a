"""Faces followed across the frames of a burst by place: a class sits, and the camera stands still.

Whoever is in one place in all frames is one person, so the looks at that person can be added up, and once
they suffice the place need not be looked at again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from lap import lapjv

from attendance.domain.sightings import Box, Face

# Heads move between frames by a part of their width; neighbours' heads are more than a width apart.
_MOST_MOVED: Final = 0.75
# A box may grow or shrink with a nod or a lean, not by more than this.
_MOST_GROWN: Final = 1.6


@dataclass(frozen=True, slots=True)
class Seat:
    """The faces of one place, at most one a frame, in the order of the frames."""

    faces: tuple[Face, ...]


def follow(faces: Sequence[Face]) -> tuple[Seat, ...]:
    """Group the faces of a burst by place.

    A face joins the place whose latest face it overlaps most nearly; places that are too far stay apart, so
    one that nobody was seen in for a frame is found again in the next.
    """
    places: list[list[Face]] = []
    for frame in sorted({face.frame for face in faces}):
        new = [face for face in faces if face.frame == frame]
        joined = _join([place[-1] for place in places], new)
        for face, place in zip(new, joined, strict=True):
            if place is None:
                places.append([face])
            else:
                places[place].append(face)
    return tuple(Seat(tuple(place)) for place in places)


def _join(latest: Sequence[Face], new: Sequence[Face]) -> list[int | None]:
    """For each new face the place it belongs to, or None: together they move as little as can be."""
    if not latest:
        return [None] * len(new)
    moved = np.array([[_moved(old.box, face.box) for old in latest] for face in new])
    near = moved < _MOST_MOVED
    # Staying apart costs as much as the farthest move, so every move that is near enough is worth making.
    cost = np.where(near, moved, 10.0 * _MOST_MOVED)
    apart = np.full((len(new), len(new)), _MOST_MOVED)
    _, chosen, _ = lapjv(np.hstack([cost, apart]), extend_cost=True)
    return [
        int(place) if place < len(latest) and near[row, int(place)] else None
        for row, place in enumerate(chosen)
    ]


def _moved(one: Box, other: Box) -> float:
    """How far a face moved, in sizes of itself; beyond everything where its size says it is another."""
    grown = (one.width * one.height) / max(other.width * other.height, 1e-12)
    if not 1 / _MOST_GROWN**2 <= grown <= _MOST_GROWN**2:
        return float("inf")
    across = (one.left + one.width / 2 - other.left - other.width / 2) / ((one.width + other.width) / 2)
    down = (one.top + one.height / 2 - other.top - other.height / 2) / ((one.height + other.height) / 2)
    return float(np.hypot(across, down))
