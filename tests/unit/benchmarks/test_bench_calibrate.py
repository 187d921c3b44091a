"""Calibration from trials whose distributions are known: what is fitted is what they were drawn from."""

import importlib.util
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from math import log, sqrt
from pathlib import Path

import numpy as np
import pytest

from attendance.domain.evidence import Calibration, interpolate
from attendance.domain.policy import Engine
from attendance.domain.sightings import View
from benchmarks import calibrate as command
from benchmarks.calibrate import (
    Trial,
    as_module,
    calibrate,
    certainties_table,
    curve_of_engine,
    draw_trials,
    main,
    module_name,
    weights_together,
)
from benchmarks.people import SeenPhoto
from faces import cosine_of, similarity_of
from tests.fakes.known_people import directions, members, seen_photo

ENGINE = Engine("drawn-vectors", "2.1")
CROWD = 0.05
SHARED, ALONE = 0.06, 0.05
"""Standard deviations of other people's cosines: what the looks of a burst share, and each by itself."""
OWN_SPREAD = 0.09
STUDENTS, LOOKS = 40, 3


def own_above(width: float) -> float:
    """How far a student's own face stands out of the crowd, by its width in pixels."""
    return 0.1 + 0.08 * log(width)


def view_of(random: np.random.Generator) -> View:
    """Only the width says anything; the rest varies to no effect."""
    width, *percents = random.uniform([16, 70, 20, 30, 20], [96, 95, 80, 70, 60])
    return View(float(width), *(float(value) for value in percents), crowd=similarity_of(CROWD))


def trials_of(seed: int, count: int) -> list[Trial]:
    """As many with a stranger as with an enrolled person, who is in column 0."""
    random = np.random.default_rng(seed)
    drawn = []
    for number in range(2 * count):
        views = tuple(view_of(random) for _ in range(LOOKS))
        shared = random.normal(CROWD, SHARED, STUDENTS)
        cosines = shared + random.normal(0, ALONE, (LOOKS, STUDENTS))
        is_own = number % 2 == 1
        if is_own:
            means = [CROWD + own_above(view.width_px) for view in views]
            cosines[:, 0] = random.normal(means, OWN_SPREAD)
        similarities = np.vectorize(similarity_of)(np.clip(cosines, -1, 1))
        drawn.append(Trial(similarities, views, 0 if is_own else None))
    return drawn


@cache
def fitted() -> Calibration:
    return calibrate(ENGINE, trials_of(1, 400))


def certainties(trials: Sequence[Trial]) -> np.ndarray:
    weights = np.concatenate([weights_together(fitted(), trial) for trial in trials if trial.own is None])
    return np.array([interpolate(fitted().certainties, float(weight)) for weight in weights])


def test_other_people_reach_a_certainty_as_often_as_it_says() -> None:
    """Of trials it was not fitted to, within five standard deviations of both samples' error."""
    reached = certainties(trials_of(2, 400))
    for chance in (0.3, 0.1, 0.03, 0.01, 0.003):
        expected = len(reached) * chance
        assert (reached >= -log(chance)).sum() == pytest.approx(expected, abs=5 * sqrt(2 * expected))


def test_beyond_what_is_counted_the_certainty_goes_on_rising() -> None:
    (last, certainty), beyond = fitted().certainties[-1], fitted().certainties[-1][0] + 10
    assert interpolate(fitted().certainties, beyond) > certainty
    places = [place for place, _ in fitted().certainties]
    assert places == sorted(set(places))
    assert last == places[-1]


def test_what_a_view_yields_is_found_again() -> None:
    for width in (20.0, 40.0, 80.0):
        view = View(width, 82.0, 50.0, 50.0, 40.0, crowd=similarity_of(CROWD))
        assert fitted().expects(view) == pytest.approx(own_above(width), abs=0.015)


def test_how_far_looks_scatter_and_how_they_go_together_is_found_again() -> None:
    assert fitted().others_spread == pytest.approx(sqrt(SHARED**2 + ALONE**2), rel=0.03)
    assert fitted().correlation == pytest.approx(SHARED**2 / (SHARED**2 + ALONE**2), abs=0.03)
    assert interpolate(fitted().own_spread, fitted().usual) == pytest.approx(OWN_SPREAD, rel=0.1)
    assert fitted().scale.crowd == pytest.approx(CROWD, abs=1e-6)


def test_a_student_s_own_face_weighs_more_than_anybody_else_s() -> None:
    own = [weights_together(fitted(), trial) for trial in trials_of(3, 50) if trial.own == 0]
    assert sum(weights[0] > weights[1:].max() for weights in own) >= 45


def test_the_curve_of_the_engine_gives_its_cosines_with_few_knots() -> None:
    knots = curve_of_engine()
    assert len(knots) < 10
    for percent in range(101):
        assert interpolate(knots, percent) == pytest.approx(cosine_of(percent), abs=1e-9)


def test_the_module_that_is_written_can_be_imported_and_is_the_calibration(tmp_path: Path) -> None:
    path = tmp_path / f"{module_name(ENGINE)}.py"
    assert path.name == "drawn_vectors_2_1.py"
    text = as_module(fitted(), photos=100, trials=800)
    path.write_text(text, encoding="utf-8")

    spec = importlib.util.spec_from_file_location("written", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    written = module.DRAWN_VECTORS_2_1
    assert written.engine == ENGINE
    assert as_module(written, photos=100, trials=800) == text
    for trial in trials_of(4, 5):
        assert weights_together(written, trial) == pytest.approx(
            weights_together(fitted(), trial), rel=2e-3, abs=2e-3
        )
    assert max(map(len, text.splitlines())) <= 110


def test_the_table_tells_how_many_reach_what_with_intervals() -> None:
    trials = trials_of(2, 20)
    rows = {certainty: rest for certainty, *rest in certainties_table(fitted(), trials).rows}
    stands_for, own, others = rows["4.6"]
    assert stands_for == "1 %"
    assert own.endswith(")")
    assert others.startswith(f"{(certainties(trials) >= 4.6).sum()} of {20 * STUDENTS} (")


def people() -> list[SeenPhoto]:
    return [*members(directions(3), photos=2), seen_photo("stranger", directions(4)[3], is_member=False)]


def test_every_burst_meets_everybody_else_and_its_own_person_by_other_photos() -> None:
    trials = list(draw_trials(people(), np.random.default_rng(1)))

    own = [trial for trial in trials if trial.own is not None]
    strange = [trial for trial in trials if trial.own is None]
    assert (len(own), len(strange)) == (3 * 2 * 2, (3 * 2 + 1) * 2)
    assert {trial.similarities.shape for trial in own} == {(3, 3)}
    assert all(trial.similarities[:, trial.own].min() == pytest.approx(100.0) for trial in own)
    assert max(trial.similarities.max() for trial in strange) == pytest.approx(similarity_of(0.0), abs=1e-3)


def test_a_photo_is_never_compared_with_itself() -> None:
    """Two photos of one person that are not alike: the own person is as strange as everybody."""
    one, other, ben = directions(3)
    seen = [
        seen_photo("anna", one, is_member=True),
        seen_photo("anna", other, is_member=True),
        seen_photo("ben", ben, is_member=True),
    ]
    for trial in draw_trials(seen, np.random.default_rng(1)):
        assert trial.similarities.max() == pytest.approx(similarity_of(0.0), abs=1e-3)


def test_a_burst_in_which_no_face_was_found_is_no_trial() -> None:
    *others, last = people()
    blind = replace(last, bursts=((), ()))
    with_blind = list(draw_trials([*others, blind], np.random.default_rng(1)))
    assert len(with_blind) == len(list(draw_trials(others, np.random.default_rng(1))))


def test_the_command_writes_the_module_and_its_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "see_photos", lambda *_, **__: people())
    monkeypatch.setattr(command, "draw_trials", lambda *_: trials_of(1, 40))
    document = tmp_path / "accuracy.md"
    document.write_text("<!-- certainties: begin -->\n<!-- certainties: end -->\n", encoding="utf-8")

    arguments = ["--people", "photos.csv", "--out", str(tmp_path / "out"), "--document", str(document)]
    assert main(arguments) == 0

    (module,) = (tmp_path / "out").iterdir()
    assert module.read_text().startswith('"""Written by ``make calibrate`` from 7 photos in 80 trials."""')
    assert "| 4.6 | 1 % |" in document.read_text()
    assert str(module) in capsys.readouterr().out


def test_without_the_table_of_photos_the_command_writes_nothing_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["--people", str(tmp_path / "none.csv"), "--out", str(out)]) == 2
    assert "none.csv cannot be read as a table of photos" in capsys.readouterr().err
    assert not out.exists()
