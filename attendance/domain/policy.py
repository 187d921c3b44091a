"""A school's rules, versioned: the version is stamped on every register that they decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from attendance.domain.errors import EngineNotCalibratedError

Band = Literal["recognised", "doubtful", "unknown"]


@dataclass(frozen=True, slots=True)
class Engine:
    """A face engine and its version: equal similarities of two engines do not promise equal error."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}/{self.version}"


@dataclass(frozen=True, slots=True)
class Bands:
    """Similarities (percent, 0 to 100) from which a face is a student, and from which it may be."""

    recognised: float
    doubtful: float

    def __post_init__(self) -> None:
        if not 0 < self.doubtful <= self.recognised <= 100:
            message = (
                f"bands need 0 < doubtful <= recognised <= 100, not {self.doubtful} and {self.recognised}"
            )
            raise ValueError(message)

    def of(self, similarity: float) -> Band:
        if similarity >= self.recognised:
            return "recognised"
        return "doubtful" if similarity >= self.doubtful else "unknown"


@dataclass(frozen=True, slots=True)
class EngineBands:
    """The bands of one engine: students of the section, and everyone else of the school."""

    on_roster: Bands
    off_roster: Bands


@dataclass(frozen=True, slots=True)
class Burst:
    """What a camera is asked for at one moment."""

    frames: int = 3
    interval_ms: int = 1500
    max_width: int = 3840
    jpeg_quality: int = 90


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of a school.

    Parameters
    ----------
    capture_moments
        Times after a meeting's start at which its register is taken.
    late_after
        First seen later than this after the start, and missed by an earlier good capture, is late.
    search_floor
        Similarity (percent) from which candidates are asked for, well below `doubtful`,
        so that weak evidence can add up.
    searches_per_capture
        How many face searches one capture may cost; what was not searched is said so.
    bands
        By engine, written ``name/version``.
    """

    version: str
    capture_moments: tuple[timedelta, ...]
    late_after: timedelta
    burst: Burst
    search_floor: float
    searches_per_capture: int
    bands: Mapping[str, EngineBands]

    def bands_of(self, engine: str) -> EngineBands:
        """The bands of an engine, written ``name/version``.

        Raises
        ------
        EngineNotCalibratedError
            The policy has no bands for it.
        """
        try:
            return self.bands[engine]
        except KeyError:
            message = f"Policy {self.version} has no bands for the face engine {engine}: calibrate it first."
            raise EngineNotCalibratedError(message) from None


# The operating points measured for YuNet and SFace with one photo a student: cosine 0.45 finds 96 % and lets
# 0.06 % of strangers in, 0.363 finds 99 % and lets in 3 %; faces.similarity maps them to 90 and 80 percent.
YUNET_SFACE_BANDS = EngineBands(
    on_roster=Bands(recognised=90.0, doubtful=80.0),
    off_roster=Bands(recognised=95.0, doubtful=90.0),
)

DEFAULT_POLICY = Policy(
    version="2026-11",
    capture_moments=(timedelta(minutes=10),),
    late_after=timedelta(minutes=5),
    burst=Burst(),
    search_floor=60.0,
    searches_per_capture=250,
    bands={"yunet-sface/1": YUNET_SFACE_BANDS},
)
