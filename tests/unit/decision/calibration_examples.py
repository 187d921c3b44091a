"""A calibration whose numbers can be reckoned with: similarity in percent over a hundred, crowd at 0.1."""

from attendance.domain.evidence import Calibration, ExpectedSimilarity, Scale
from attendance.domain.policy import Bands, Engine, EngineBands
from attendance.domain.sightings import View

PLAIN = Calibration(
    engine=Engine("plain", "1"),
    scale=Scale(knots=((0.0, 0.0), (100.0, 1.0)), crowd=0.1),
    expected=ExpectedSimilarity(
        coefficients=(0.0, 0.0, 0.0, 0.0, 0.006, 0.0, 0.0),  # of the sharpness
        least=0.1,
        most=0.6,
    ),
    own_spread=((0.1, 0.12), (0.6, 0.08)),
    others_spread=0.08,
    usual=0.5,
    correlation=0.6,
    certainties=((-5.0, 0.0), (0.0, 2.0), (10.0, 14.0)),
)

BANDS = EngineBands(
    on_roster=Bands(recognised=10.0, doubtful=6.0),
    off_roster=Bands(recognised=14.0, doubtful=10.0),
    settled=16.0,
    margin=3.0,
)


def view(sharpness: float = 80.0, *, crowd: float | None = 10.0) -> View:
    return View(
        width_px=60.0,
        confidence=90.0,
        sharpness=sharpness,
        brightness=50.0,
        contrast=30.0,
        crowd=crowd,
    )
