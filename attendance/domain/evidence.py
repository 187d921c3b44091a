"""What the looks at a face say about who it is, in one measure for good views and bad ones.

A similarity means little by itself: 0.40 on a sharp face is a stranger who looks a little alike, on a
blurred one of 20 px it is as much as the student's own face reaches. So a look is weighed against what it
could be expected to yield, seen as it was, and against how near the face is to everybody else. Looks at one
face in one burst go wrong together, so the second says less than the first.

The result is the certainty that a face is a student's: minus the natural logarithm of the chance that
somebody else's face reaches as much. 4.6 is one in a hundred, 9.2 one in ten thousand.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from attendance.domain.policy import Engine
from attendance.domain.sightings import View

Knots = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """How far similarities stand out of the crowd.

    Parameters
    ----------
    knots
        From similarity (percent) to an even scale, on which similarities of different people are spread
        alike everywhere; for an engine of vectors, the cosine.
    crowd
        Of a usual face, on the even scale: taken where nobody tells the face's own.
    """

    knots: Knots
    crowd: float

    def stands_out(self, similarity: float, crowd: float | None) -> float:
        """How far a similarity lies above the crowd, the mean similarity to everybody, on the even scale.

        A blurred face is a little like everybody. Measuring by the spread of the crowd as well (T-norm,
        Auckenthaler et al. 2000) was tried and finds fewer at one false claim in ten thousand.
        """
        near = self.crowd if crowd is None else interpolate(self.knots, crowd)
        return interpolate(self.knots, similarity) - near


def terms_of(view: View) -> tuple[float, ...]:
    """What an expected similarity is linear in: 1, the width's logarithm and its square, and the percents."""
    width = log(max(view.width_px, 1.0))
    return (1.0, width, width**2, view.confidence, view.sharpness, view.brightness, view.contrast)


@dataclass(frozen=True, slots=True)
class ExpectedSimilarity:
    """How far a student's own face stands out of the crowd, by how it is seen.

    Parameters
    ----------
    coefficients
        Of `terms_of` a view.
    least, most
        Bounds of what was measured.
    """

    coefficients: tuple[float, ...]
    least: float
    most: float

    def of(self, view: View) -> float:
        value = sum(c * term for c, term in zip(self.coefficients, terms_of(view), strict=True))
        return min(max(value, self.least), self.most)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the similarities of one engine are worth, measured by ``make calibrate``.

    Parameters
    ----------
    expected
        How far a student's own face stands out of the crowd.
    own_spread
        Standard deviation of how far it does, by what was expected.
    others_spread
        Standard deviation of how far other people's faces do.
    usual
        Taken where an index does not tell how a face was seen: what is expected of a usual view.
    correlation
        Of two looks at one face in one burst, as far as neither the view nor the person explains them.
    certainties
        From the weight of all looks together to the certainty that it gives.
    """

    engine: Engine
    scale: Scale
    expected: ExpectedSimilarity
    own_spread: Knots
    others_spread: float
    usual: float
    correlation: float
    certainties: Knots

    def weigh(self, similarity: float, view: View | None) -> float:
        """The log-likelihood ratio of one look: a student's own face against anybody else's."""
        expected = self.expects(view)
        spread = interpolate(self.own_spread, expected)
        above = self.scale.stands_out(similarity, view.crowd if view else None)
        above = max(above, self._least_likely(expected, spread))
        own = -0.5 * ((above - expected) / spread) ** 2 - log(spread)
        other = -0.5 * (above / self.others_spread) ** 2 - log(self.others_spread)
        return own - other

    def expects(self, view: View | None) -> float:
        """What a student's own face yields, seen so."""
        return self.usual if view is None else self.expected.of(view)

    def _least_likely(self, expected: float, spread: float) -> float:
        """Below this, the wider of the two bell curves would call the less similar face the likelier one."""
        excess = 1 / self.others_spread**2 - 1 / spread**2
        return -expected / spread**2 / excess if excess > 0 else float("-inf")

    def combine(self, weights: Sequence[float]) -> float:
        """The weights of all looks at one face in one burst as one; of none, nothing."""
        return sum(weights) / (1 + (len(weights) - 1) * self.correlation) if weights else 0.0

    def certainty(self, weights: Sequence[float]) -> float:
        """The certainty that the weights of all looks at one face give; at least 0, which says nothing."""
        return max(interpolate(self.certainties, self.combine(weights)), 0.0) if weights else 0.0


def interpolate(knots: Knots, value: float) -> float:
    """The value of a curve laid through knots, which goes on straight beyond them."""
    places = [place for place, _ in knots]
    right = min(max(bisect_right(places, value), 1), len(knots) - 1)
    (x0, y0), (x1, y1) = knots[right - 1], knots[right]
    return y0 + (value - x0) * (y1 - y0) / (x1 - x0)
