"""Measure what an engine's similarities are worth: ``python -m benchmarks.calibrate --people TABLE``.

The photos of the table's `calibrate` half are enrolled, and composed into bursts as a camera in a classroom
would see them. How similar people are to themselves, by how they are seen, and to others gives the weights
of looks; what others reach together gives the certainties. The result is written as a Python module of
constants, which are numbers about a thousand photos and hold no face of any.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import exp, log
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from attendance.adapters.pictures import crowd_of
from attendance.domain.evidence import Calibration, ExpectedSimilarity, Knots, Scale, interpolate, terms_of
from attendance.domain.policy import Engine
from attendance.domain.sightings import View
from benchmarks.documents import NoBlockError, check_blocks, write_block
from benchmarks.intervals import rate, share
from benchmarks.machine import Circumstances
from benchmarks.people import PeopleError, SceneLook, SeenPhoto, by_identity, see_photos
from benchmarks.tables import Table
from faces import FaceEngine, cosine_of, similarity_of, template_of

Floats = NDArray[np.float64]

BLOCK: Final = "certainties"
"""Of the document that the table is written into."""

BURSTS = 2
FRAMES = 3

# Chances of reaching a weight, down to what some dozens of pairs show; beyond, the tail goes on straight.
_CHANCES = (0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003)
_TAIL_FROM = 0.001
_LEAST_SPREAD = 0.06
# Standard deviation over mean absolute deviation of a bell curve.
_BELL = (np.pi / 2) ** 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A burst against a class.

    Attributes
    ----------
    similarities : (looks, students), percent
    views : of each look
    own : the column of the person seen; None where that person is not of the class
    """

    similarities: Floats
    views: tuple[View, ...]
    own: int | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status: 0, or 2 where the table of photos or a block of the document is missing."""
    asked = _parse(arguments)
    circumstances = Circumstances.now()
    try:
        if asked.document:
            check_blocks(asked.document, [BLOCK])
        seen = see_photos(asked.people, "calibrate", bursts=BURSTS, frames=FRAMES)
    except (PeopleError, NoBlockError, OSError) as error:
        print(f"calibrate: {error}", file=sys.stderr)
        return 2
    trials = list(draw_trials(seen, np.random.default_rng(asked.seed)))
    calibration = calibrate(Engine(FaceEngine.name, FaceEngine.version), trials)
    asked.out.mkdir(parents=True, exist_ok=True)
    path = asked.out / f"{module_name(calibration.engine)}.py"
    path.write_text(as_module(calibration, photos=len(seen), trials=len(trials)), encoding="utf-8")
    table = certainties_table(calibration, trials)
    print(table.as_text())
    print(f"written to {path}")
    if asked.document:
        write_block(asked.document, BLOCK, f"{table.as_markdown()}\n\n{circumstances.sentence()}")
    return 0


def draw_trials(seen: Sequence[SeenPhoto], random: np.random.Generator) -> Iterator[Trial]:
    """Every burst against everybody else, and once more with the person enrolled by other photos."""
    members = by_identity(seen)
    for one in seen:
        own = [other for other in members.get(one.photo.identity, []) if other is not one]
        others = [photos for name, photos in members.items() if name != one.photo.identity]
        for burst in one.bursts:
            if burst:
                yield _trial(burst, others, None, random)
            if burst and own:
                yield _trial(burst, [own, *others], 0, random)


def _trial(
    burst: Sequence[SceneLook],
    people: Sequence[Sequence[SeenPhoto]],
    own: int | None,
    random: np.random.Generator,
) -> Trial:
    templates = np.stack([_template(photos, random) for photos in people])
    cosines = np.stack([look.vector for look in burst]) @ templates.T
    similarities = np.array([[similarity_of(float(cosine)) for cosine in row] for row in cosines])
    views = tuple(
        replace(look.view, crowd=crowd_of(row.tolist()))
        for look, row in zip(burst, similarities, strict=True)
    )
    return Trial(similarities, views, own)


def _template(photos: Sequence[SeenPhoto], random: np.random.Generator) -> Floats:
    """Of one, two or three photos, as students have."""
    count = min(int(random.integers(1, 4)), len(photos))
    chosen = random.choice(len(photos), count, replace=False)
    return np.asarray(template_of([photos[int(number)].reference for number in chosen]), np.float64)


def calibrate(engine: Engine, trials: Sequence[Trial]) -> Calibration:
    """Fit the weights to the looks, and then the certainties to what all looks of a burst weigh together."""
    scale = _fit_scale([view for trial in trials for view in trial.views])
    enrolled = [trial for trial in trials if trial.own is not None]
    views = [view for trial in enrolled for view in trial.views]
    own = np.concatenate([_above(trial, scale)[:, trial.own or 0] for trial in enrolled])
    expected = _fit_expected(views, own)
    predicted = np.array([expected.of(view) for view in views])
    others = [_above(trial, scale) for trial in trials if trial.own is None]
    others_spread = float(np.concatenate([above.ravel() for above in others]).std())
    own_spread = _fit_spread(predicted, own - predicted, expected)
    unweighed = Calibration(
        engine=engine,
        scale=scale,
        expected=expected,
        own_spread=own_spread,
        others_spread=others_spread,
        usual=float(np.median(predicted)),
        correlation=_correlation(others),
        certainties=((0.0, 0.0), (1.0, 1.0)),
    )
    strange = np.concatenate([weights_together(unweighed, trial) for trial in trials if trial.own is None])
    return replace(unweighed, certainties=_fit_certainties(strange))


def _fit_scale(views: Sequence[View]) -> Scale:
    knots = curve_of_engine()
    crowds = [interpolate(knots, view.crowd) for view in views if view.crowd is not None]
    return Scale(knots, crowd=float(np.mean(crowds)))


def curve_of_engine() -> Knots:
    """The engine's curve from percent to cosine, with as few knots as it has."""
    points = [(percent, cosine_of(percent)) for percent in map(float, range(101))]
    knots = [points[0]]
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        bends = abs((here[1] - before[1]) - (after[1] - here[1])) > 1e-9
        if bends:
            knots.append(here)
    return (*knots, points[-1])


def _above(trial: Trial, scale: Scale) -> Floats:
    """How far each student stands out of the crowd in each look."""
    return np.array(
        [
            [scale.stands_out(float(similarity), view.crowd) for similarity in row]
            for row, view in zip(trial.similarities, trial.views, strict=True)
        ]
    )


def _fit_expected(views: Sequence[View], above: Floats) -> ExpectedSimilarity:
    features = np.array([terms_of(view) for view in views])
    coefficients, *_ = np.linalg.lstsq(features, above, rcond=None)
    predicted = features @ coefficients
    least, most = np.percentile(predicted, [1, 99])
    return ExpectedSimilarity(tuple(map(float, coefficients)), max(float(least), 0.05), float(most))


def _fit_spread(predicted: Floats, residual: Floats, expected: ExpectedSimilarity) -> Knots:
    slope, constant = np.polyfit(predicted, np.abs(residual) * _BELL, 1)
    ends = (expected.least, expected.most)
    low, high = (max(float(constant + slope * end), _LEAST_SPREAD) for end in ends)
    return ((expected.least, low), (expected.most, high))


def _correlation(others: Sequence[Floats]) -> float:
    """Of two looks of one burst at somebody else's face."""
    first, second = [], []
    for above in others:
        for one, two in combinations(range(len(above)), 2):
            first.append(above[one])
            second.append(above[two])
    return float(np.corrcoef(np.concatenate(first), np.concatenate(second))[0, 1])


def weights_together(calibration: Calibration, trial: Trial) -> Floats:
    """What all looks of a trial weigh for each student."""
    students = trial.similarities.shape[1]
    return np.array(
        [
            calibration.combine(
                [
                    calibration.weigh(float(row[student]), view)
                    for row, view in zip(trial.similarities, trial.views, strict=True)
                ]
            )
            for student in range(students)
        ]
    )


def _fit_certainties(strange: Floats) -> Knots:
    """Minus the logarithm of how often other people's faces reach a weight."""
    knots = [(float(np.quantile(strange, 1 - chance)), -log(chance)) for chance in _CHANCES]
    start = float(np.quantile(strange, 1 - _TAIL_FROM))
    mean_excess = float((strange[strange > start] - start).mean())
    last, certainty = knots[-1]
    return (
        (float(strange.min()), 0.0),
        *knots,
        (last + 10 * mean_excess, certainty + 10.0),
    )


def module_name(engine: Engine) -> str:
    return f"{engine.name}_{engine.version}".replace("-", "_").replace(".", "_").lower()


def as_module(calibration: Calibration, *, photos: int, trials: int) -> str:
    """The calibration as source text."""
    expected, scale = calibration.expected, calibration.scale
    coefficients = ", ".join(f"{value:.6g}" for value in expected.coefficients)
    return (
        f'"""Written by ``make calibrate`` from {photos} photos in {trials} trials."""\n\n'
        "from attendance.domain.evidence import Calibration, ExpectedSimilarity, Scale\n"
        "from attendance.domain.policy import Engine\n\n"
        f"{module_name(calibration.engine).upper()} = Calibration(\n"
        f'    engine=Engine("{calibration.engine.name}", "{calibration.engine.version}"),\n'
        "    scale=Scale(\n"
        f"        knots={_knots(scale.knots, 8)},\n"
        f"        crowd={scale.crowd:.5f},\n"
        "    ),\n"
        "    expected=ExpectedSimilarity(\n"
        f"        coefficients=({coefficients}),\n"
        f"        least={expected.least:.5f},\n"
        f"        most={expected.most:.5f},\n"
        "    ),\n"
        f"    own_spread={_knots(calibration.own_spread)},\n"
        f"    others_spread={calibration.others_spread:.5f},\n"
        f"    usual={calibration.usual:.5f},\n"
        f"    correlation={calibration.correlation:.4f},\n"
        f"    certainties={_knots(calibration.certainties)},\n"
        ")\n"
    )


def _knots(knots: Knots, indent: int = 4) -> str:
    lines = "".join(f"{' ' * indent}    ({place:.6g}, {value:.6g}),\n" for place, value in knots)
    return f"(\n{lines}{' ' * indent})"


def certainties_table(calibration: Calibration, trials: Sequence[Trial]) -> Table:
    """How many of the enrolled, and of everybody else, reach which certainty, with intervals of 95 %."""
    own: list[float] = []
    strange: list[float] = []
    for trial in trials:
        together = weights_together(calibration, trial)
        certainties = [max(interpolate(calibration.certainties, float(w)), 0.0) for w in together]
        if trial.own is None:
            strange.extend(certainties)
        else:
            own.append(certainties[trial.own])
    rows = [
        (
            f"{least:.1f}",
            f"{100 * exp(-least):.2g} %",
            share(sum(certainty >= least for certainty in own), len(own)),
            rate(sum(certainty >= least for certainty in strange), len(strange)),
        )
        for least in (4.6, 5.5, 6.9, 8.0, 9.2, 9.9, 10.6, 11.5)
    ]
    headings = ("certainty", "stands for", "reached by the student's own face", "by other people's faces")
    return Table(headings, rows)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibrate", description=__doc__)
    parser.add_argument("--people", type=Path, required=True, metavar="TABLE", help="the photos' table")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--document", type=Path, metavar="FILE", help="write the table into this document")
    parser.add_argument(
        "--out", type=Path, default=Path("attendance/domain/calibrations"), help="folder of the module"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
