"""Where recognition fails: one condition at a time, the product's own decision; faces drawn or vectors."""

from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from attendance.domain.policy import DEFAULT_POLICY
from attendance.domain.sightings import Box
from benchmarks import conditions
from benchmarks.conditions import (
    CLASS,
    GOOD,
    Level,
    Sight,
    Subject,
    as_json,
    conditions_table,
    levels,
    main,
    score_levels,
)
from benchmarks.people import PeopleError
from tests.fakes.drawn_faces import STRANGERS, draw_face
from tests.fakes.known_people import directions, look_like

HERE = Box(0.4, 0.4, 0.2, 0.2)
VECTORS = directions(CLASS + 1)
STRANGE = VECTORS[CLASS]


def seen_as(vector: np.ndarray) -> Sight:
    return Sight(HERE, 90.0, look_like(vector))


def between(one: np.ndarray, other: np.ndarray, share: float) -> np.ndarray:
    """A unit vector whose cosine with the first is the share, and that is otherwise like the other."""
    return (share * one + np.sqrt(1 - share**2) * other).astype(np.float32)


def subjects(sight: Sight) -> list[Subject]:
    """A class of people who look like themselves, but for the first, who is seen as told."""
    return [
        Subject(f"m{n:02}", (vector,) * 3, (sight if n == 0 else seen_as(vector),))
        for n, vector in enumerate(VECTORS[:CLASS])
    ]


def outcome(sight: Sight) -> dict[str, object]:
    """What is counted of the first of the class, with whom all others are recognised."""
    (told,) = as_json(score_levels(subjects(sight), [Level("good view", "", GOOD)], DEFAULT_POLICY, seed=1))
    assert told["photos"] == CLASS
    others = CLASS - 1
    return {
        name: told[name] - (others if name in {"found", "recognised"} else 0)
        for name in ("found", "recognised", "doubtful", "taken_for_another")
    }


def test_every_level_differs_from_the_good_view_in_one_condition_only() -> None:
    good, *others = levels()
    assert good.seen == GOOD
    for level in others:
        changed = [name for name, value in asdict(level.seen).items() if value != asdict(GOOD)[name]]
        assert len(changed) == 1, level
    assert len({(level.condition, level.name) for level in others}) == len(others)


def test_the_levels_reach_as_far_as_is_claimed() -> None:
    seen = [level.seen for level in levels()]
    assert (min(one.width for one in seen), max(one.width for one in seen)) == (12.0, 96.0)
    assert (min(one.light for one in seen), max(one.light for one in seen)) == (0.1, 1.6)
    assert max(one.roll for one in seen) == 40.0
    assert any(one.covered for one in seen)


def test_a_face_like_its_references_is_recognised() -> None:
    assert outcome(seen_as(VECTORS[0])) == {
        "found": 1,
        "recognised": 1,
        "doubtful": 0,
        "taken_for_another": 0,
    }


def test_a_face_that_is_only_a_little_like_its_references_is_left_to_the_teacher() -> None:
    assert outcome(seen_as(between(VECTORS[0], STRANGE, 0.32)))["doubtful"] == 1


def test_a_face_like_nobody_is_found_and_unknown() -> None:
    assert outcome(seen_as(STRANGE)) == {
        "found": 1,
        "recognised": 0,
        "doubtful": 0,
        "taken_for_another": 0,
    }


def test_a_face_like_somebody_else_of_the_class_is_taken_for_another() -> None:
    # The class of 40 is everybody, so the other is in it.
    assert outcome(seen_as(VECTORS[1])) == {
        "found": 1,
        "recognised": 0,
        "doubtful": 0,
        "taken_for_another": 1,
    }


def test_a_face_that_is_not_detected_is_not_found_and_one_that_is_none_by_itself_is_unknown() -> None:
    assert set(outcome(Sight(None)).values()) == {0}
    assert outcome(Sight(HERE, 70.0, None)) == {
        "found": 1,
        "recognised": 0,
        "doubtful": 0,
        "taken_for_another": 0,
    }


def test_the_product_s_bands_decide_and_none_of_the_measurement_s_own() -> None:
    (engine, bands) = next(iter(DEFAULT_POLICY.bands.items()))
    strict = replace(
        DEFAULT_POLICY, bands={engine: replace(bands, on_roster=replace(bands.on_roster, recognised=40.0))}
    )
    like = subjects(seen_as(between(VECTORS[0], STRANGE, 0.7)))
    shown = [Level("good view", "", GOOD)]
    (usual,) = score_levels(like, shown, DEFAULT_POLICY, seed=1)
    (stricter,) = score_levels(like, shown, strict, seed=1)
    assert (usual.recognised, usual.doubtful) == (CLASS, 0)
    assert (stricter.recognised, stricter.doubtful) == (CLASS - 1, 1)


def test_the_table_tells_shares_with_intervals() -> None:
    scores = score_levels(subjects(Sight(None)), [Level("light", "0.1 times", GOOD)], DEFAULT_POLICY, seed=1)
    assert conditions_table(scores).rows == [
        (
            "light",
            "0.1 times",
            "40",
            "97.5% (87.1 to 99.6)",
            "97.5% (87.1 to 99.6)",
            "97.5% (87.1 to 99.6)",
            "0",
        )
    ]


def people_of(folder: Path, count: int) -> Path:
    """A table of members with four drawn photos each, all of the `far` half."""
    rows = ["identity,path,role,split"]
    for seed in STRANGERS[:count]:
        for noise in range(4):
            name = f"{seed}-{noise}.png"
            cv2.imwrite(str(folder / name), draw_face(seed, noise=noise))
            rows.append(f"p{seed},{name},member,far")
    table = folder / "people.csv"
    table.write_text("\n".join(rows), encoding="utf-8")
    return table


def test_drawn_people_are_enrolled_by_three_photos_and_seen_by_a_fourth_at_every_level(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dark = Level("light", "none", replace(GOOD, light=0.0, noise=0.0))
    monkeypatch.setattr(conditions, "CLASS", 2)

    seen = conditions.see_subjects(people_of(tmp_path, 2), [Level("good view", "", GOOD), dark])

    assert [len(subject.references) for subject in seen] == [3, 3]
    for subject in seen:
        good, none = subject.sights
        assert good.box is not None
        assert good.look is not None
        assert good.look.view.width_px == pytest.approx(GOOD.width, rel=0.25)
        assert good.look.vector @ subject.references[0] > 0.8
        assert none.box is None


def test_too_few_people_for_a_class_are_said(tmp_path: Path) -> None:
    with pytest.raises(PeopleError, match="has 1 members who can be enrolled; a class needs 40"):
        conditions.see_subjects(people_of(tmp_path, 1), [Level("good view", "", GOOD)])


def test_the_command_writes_its_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    looked = [replace(one, sights=one.sights * len(list(levels()))) for one in subjects(seen_as(VECTORS[0]))]
    monkeypatch.setattr(conditions, "see_subjects", lambda *_: looked)
    document = tmp_path / "accuracy.md"
    document.write_text(
        "<!-- conditions: begin -->\n<!-- conditions: end -->\n<!-- bands: begin -->\n<!-- bands: end -->\n",
        encoding="utf-8",
    )

    assert main(["--people", "photos.csv", "--document", str(document)]) == 0

    assert "| mouth | covered | 40 | 100.0%" in document.read_text()
    assert "motion blur" in capsys.readouterr().out


def test_without_the_table_of_photos_the_command_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--people", str(tmp_path / "none.csv")]) == 2
    assert "none.csv cannot be read as a table of photos" in capsys.readouterr().err
