"""Written by ``make calibrate`` from 768 photos in 2654 trials."""

from attendance.domain.evidence import Calibration, ExpectedSimilarity, Scale
from attendance.domain.policy import Engine

YUNET_SFACE_1 = Calibration(
    engine=Engine("yunet-sface", "1"),
    scale=Scale(
        knots=(
            (0, -1),
            (20, 0),
            (80, 0.363),
            (90, 0.45),
            (97, 0.6),
            (100, 1),
        ),
        crowd=0.08636,
    ),
    expected=ExpectedSimilarity(
        coefficients=(-2.03367, 0.352959, -0.0394592, 0.0168243, 0.00220463, 0.000508116, 0.00245891),
        least=0.09792,
        most=0.63189,
    ),
    own_spread=(
        (0.0979203, 0.14364),
        (0.631888, 0.0901382),
    ),
    others_spread=0.08575,
    usual=0.45790,
    correlation=0.7219,
    certainties=(
        (-55.7361, 0),
        (-7.02503, 1.20397),
        (-3.11223, 2.30259),
        (-1.21362, 3.50656),
        (-0.0779551, 4.60517),
        (1.17112, 5.80914),
        (2.46572, 6.90776),
        (4.17862, 8.11173),
        (18.4418, 18.1117),
    ),
)
