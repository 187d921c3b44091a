"""How far a share that was counted may be from the true one."""

from math import sqrt
from typing import Final

_NORMAL_95: Final = 1.959964
"""Of the normal distribution, 95 % lie within as many standard deviations."""


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The interval of 95 % of a share, 0 to 1 (Wilson 1927), from `part` of `whole` independent cases.

    It holds near 0 and 1 too: where none of n was seen, its upper end is about 4 in n. Of no cases nothing is
    known.
    """
    if whole == 0:
        return 0.0, 1.0
    share, z2 = part / whole, _NORMAL_95**2
    centre = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    half = _NORMAL_95 * sqrt(share * (1 - share) / whole + z2 / (4 * whole**2)) / (1 + z2 / whole)
    low = 0.0 if part == 0 else centre - half
    high = 1.0 if part == whole else centre + half
    return low, high


def share(part: int, whole: int) -> str:
    """A share in percent with its interval of 95 %; a dash of no cases."""
    if whole == 0:
        return "-"
    low, high = wilson(part, whole)
    return f"{part / whole:.1%} ({100 * low:.1f} to {100 * high:.1f})"


def most_of_none(whole: int) -> float:
    """The share of which none in `whole` independent cases is 95 % likely: the rule of three."""
    return min(3 / whole, 1.0) if whole else 1.0


def rate(part: int, whole: int) -> str:
    """A rare event's count, and the interval of 95 % of its share: the rule of three where none was seen."""
    if whole == 0:
        return "0 of 0"
    low, high = (0.0, most_of_none(whole)) if part == 0 else wilson(part, whole)
    return f"{part:,} of {whole:,} ({_percent(low)} to {_percent(high)} %)"


def _percent(ratio: float) -> str:
    return "0" if ratio == 0 else f"{100 * ratio:.2g}"
