"""From the cosine of two vectors to a similarity in per cent, and back.

The curve is strictly rising and ends at 100 only for equal vectors, so that strong evidence still differs
from stronger. It is laid through the engine's operating points, so that the numbers read as Rekognition's do:
80 (its default threshold) is the point where a class of 40 lets in about 3 % of strangers, 90 where it lets
in fewer than one in a thousand. The same number from another engine need not have the same error.
"""

from bisect import bisect_right
from itertools import pairwise
from typing import Final

_KNOTS: Final = (
    (-1.0, 0.0),
    (0.0, 20.0),
    (0.363, 80.0),
    (0.45, 90.0),
    (0.6, 97.0),
    (1.0, 100.0),
)
_COSINES: Final = tuple(cosine for cosine, _ in _KNOTS)
_PERCENTS: Final = tuple(percent for _, percent in _KNOTS)


def similarity_of(cosine: float) -> float:
    """Return the similarity, 0..100, of a cosine, -1..1; rounding errors outside are clipped."""
    return _interpolate(cosine, _COSINES, _PERCENTS)


def cosine_of(similarity: float) -> float:
    """Return the cosine, -1..1, of a similarity, 0..100: the inverse of `similarity_of`."""
    return _interpolate(similarity, _PERCENTS, _COSINES)


def _interpolate(value: float, from_axis: tuple[float, ...], to_axis: tuple[float, ...]) -> float:
    if value <= from_axis[0]:
        return to_axis[0]
    if value >= from_axis[-1]:
        return to_axis[-1]
    place = bisect_right(from_axis, value) - 1
    (left, right) = tuple(pairwise(from_axis))[place]
    (low, high) = tuple(pairwise(to_axis))[place]
    return low + (value - left) * (high - low) / (right - left)
