"""Waiting between tries, so that a fleet does not come back all at once."""

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Full jitter: anything between nothing and a bound that doubles with each failure, in seconds."""

    first_s: float
    most_s: float
    uniform: Callable[[float, float], float] = random.uniform

    def after(self, failures: int) -> float:
        """Seconds to wait after `failures` (at least one) in a row."""
        # The exponent is bounded because failures are not: 2.0 ** 1024 overflows.
        bound = min(self.most_s, self.first_s * 2.0 ** min(failures - 1, 32))
        return self.uniform(0, bound)
