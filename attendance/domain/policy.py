"""A school's rules, versioned: the version is stamped on every register that they decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from attendance.domain.errors import EngineNotCalibratedError

Band = Literal["recognised", "doubtful", "unknown"]


@dataclass(frozen=True, slots=True)
class Engine:
    """A face engine and its version: equal similarities of two engines do not promise equal error."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}/{self.version}"


# One in 10 to the 21: nobody measures that.
_MOST_CERTAIN: Final = 50


@dataclass(frozen=True, slots=True)
class Bands:
    """Certainties from which a face is a student's, and from which it may be.

    A certainty is minus the natural logarithm of the chance that somebody else's face reaches as much: 4.6 is
    one in a hundred, 9.2 one in ten thousand.
    """

    recognised: float
    doubtful: float

    def __post_init__(self) -> None:
        if not 0 < self.doubtful <= self.recognised <= _MOST_CERTAIN:
            message = (
                f"bands need 0 < doubtful <= recognised <= {_MOST_CERTAIN}, not {self.doubtful} and "
                f"{self.recognised}: they are certainties, not percent"
            )
            raise ValueError(message)

    def of(self, certainty: float, more: float = 0.0) -> Band:
        """The band of a certainty, where recognising takes so much more than usual."""
        if certainty >= self.recognised + more:
            return "recognised"
        return "doubtful" if certainty >= self.doubtful else "unknown"


@dataclass(frozen=True, slots=True)
class ClearViews:
    """How much more certainty recognising takes where a face is seen clearly.

    A blurred face that is like a student by chance is like others too, and the margin tells. A clear one that
    looks like a student is like nobody else, and only that it should be more like its own student tells.

    Parameters
    ----------
    begin, end
        Where views begin to be clear, and where they are: what a student's own face yields in them, as
        `ExpectedSimilarity` has it.
    more
        Certainty that a clear view takes more; between `begin` and `end` in proportion.
    """

    begin: float
    end: float
    more: float

    def __post_init__(self) -> None:
        if not (self.begin < self.end and self.more >= 0):
            message = f"clear views need begin < end and more >= 0, not {self}"
            raise ValueError(message)

    def more_for(self, expected: float) -> float:
        share = (expected - self.begin) / (self.end - self.begin)
        return self.more * min(max(share, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class EngineBands:
    """The bands of one engine.

    Parameters
    ----------
    on_roster, off_roster
        For students of the section, and for everyone else of the school, of whom there are many more.
    clear_views
        What faces that are seen clearly take beyond that.
    settled
        Certainty from which a place is not searched again.
    margin
        How much less certain everybody else must be for a face to be recognised.
    look_alike_margin
        The same for those with whom the student makes a confusable pair.
    """

    on_roster: Bands
    off_roster: Bands
    clear_views: ClearViews = ClearViews(begin=0.3, end=0.5, more=0.0)
    settled: float = 14.5
    margin: float = 3.0
    look_alike_margin: float = 6.0


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
        Similarity (percent) from which candidates are asked for: low, so that weak looks can add up.
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


# Certainties mean the same for every calibrated engine, and so do the bands. In steps of a half, they are the
# lowest with which none of 10,000 absent students was called present in classes of the `calibrate` half. A
# school has some 25 times as many students as a section, which takes ln 25 more.
CALIBRATED_BANDS = EngineBands(
    on_roster=Bands(recognised=8.5, doubtful=5.5),
    off_roster=Bands(recognised=11.7, doubtful=8.7),
    clear_views=ClearViews(begin=0.3, end=0.5, more=2.5),
)

DEFAULT_POLICY = Policy(
    version="2026-11",
    capture_moments=(timedelta(minutes=10),),
    late_after=timedelta(minutes=5),
    burst=Burst(),
    search_floor=35.0,
    searches_per_capture=250,
    bands={"yunet-sface/1": CALIBRATED_BANDS},
)
