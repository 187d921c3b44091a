"""The quality bars of `QualityFilter`.

Amazon does not publish its own; these are set on the engine's measured numbers: a face of 16 px is recognised
in 75 % of pictures, one of 24 px in 96 %, one of 32 px in 98 %, and profiles are not.
"""

from dataclasses import dataclass
from typing import Final, Literal

from faces import FaceQuality

QualityFilter = Literal["NONE", "AUTO", "LOW", "MEDIUM", "HIGH"]


@dataclass(frozen=True, slots=True)
class Bar:
    """What a face must at least be: pixels, per cent, degrees, and the detector's score (0..1)."""

    width: float
    sharpness: float
    brightness: float
    yaw: float
    pitch: float
    score: float


_LOW: Final = Bar(width=16, sharpness=5, brightness=5, yaw=70, pitch=60, score=0.7)
_MEDIUM: Final = Bar(width=24, sharpness=15, brightness=10, yaw=55, pitch=45, score=0.75)
_HIGH: Final = Bar(width=50, sharpness=40, brightness=20, yaw=35, pitch=35, score=0.85)
_BARS: Final[dict[QualityFilter, Bar]] = {"LOW": _LOW, "MEDIUM": _MEDIUM, "HIGH": _HIGH, "AUTO": _MEDIUM}


def reasons_against(quality: FaceQuality, bar_name: QualityFilter) -> list[str]:
    """Return the service's reasons why a face does not meet a bar; none: it does."""
    if bar_name == "NONE":
        return []
    bar = _BARS[bar_name]
    tests = {
        "EXTREME_POSE": abs(quality.pose.yaw) > bar.yaw or abs(quality.pose.pitch) > bar.pitch,
        "LOW_BRIGHTNESS": quality.brightness < bar.brightness,
        "LOW_SHARPNESS": quality.sharpness < bar.sharpness,
        "LOW_CONFIDENCE": quality.score < bar.score,
        "SMALL_BOUNDING_BOX": quality.width < bar.width,
    }
    return [reason for reason, failed in tests.items() if failed]
