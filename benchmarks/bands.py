"""The bands that decide, as a table: what is measured was measured with them."""

from math import exp
from typing import Final

from attendance.domain.policy import Policy
from benchmarks.tables import Table

BANDS_BLOCK: Final = "bands"
"""Of the document that the table is written into."""


def bands_table(policy: Policy) -> Table:
    """Certainties from which a face is recognised or doubtful, with the chance that each stands for."""
    rows = [
        (
            engine,
            whose,
            _told(band.recognised),
            _told(band.recognised + bands.clear_views.more),
            _told(band.doubtful),
        )
        for engine, bands in policy.bands.items()
        for whose, band in (("the section's", bands.on_roster), ("others", bands.off_roster))
    ]
    return Table(("engine", "students", "recognised from", "seen clearly", "doubtful from"), rows, worded=2)


def _told(certainty: float) -> str:
    return f"{certainty:.1f} (1 in {_rounded(exp(certainty)):,})"


def _rounded(count: float) -> int:
    """To two digits: more would say that it is known so exactly."""
    return int(float(f"{count:.2g}"))
