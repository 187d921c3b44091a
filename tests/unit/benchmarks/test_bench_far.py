"""False presences of people not seen before, counted over classes of people known by their vectors."""

import json

import numpy as np
import pytest

from benchmarks import evaluate_far as command
from benchmarks.evaluate_far import ABSENT, CLASS, FarScore, check_people, evaluate_far, far_table, main
from benchmarks.people import PeopleError, SeenPhoto
from tests.fakes.known_people import directions, members, seen_photo

HOURS = 12


def people(strangers: list[int] | None = None, count: int = CLASS) -> list[SeenPhoto]:
    """Members, and strangers who look like the members of these numbers; by default like nobody."""
    vectors = directions(count + 2)
    alike = [count, count + 1] if strangers is None else strangers
    return [
        *members(vectors[:count]),
        *(seen_photo(f"stranger{n}", vectors[who], is_member=False) for n, who in enumerate(alike)),
    ]


def test_of_people_who_are_like_nobody_else_none_is_falsely_present_and_all_present_ones_are_found() -> None:
    score = evaluate_far(people(), HOURS, seed=1, processes=1)

    assert score.absences.total() == HOURS * ABSENT
    assert score.false.total() == 0
    assert score.recognised == score.present_hours == HOURS * (CLASS - ABSENT)


def test_an_absent_student_whose_place_a_double_takes_is_counted_with_who_sat_there() -> None:
    score = evaluate_far(people(strangers=[0, 0]), HOURS * 3, seed=1, processes=1)

    assert score.absences["m00"] > 0
    assert {student for student, _ in score.false} == {"m00"}
    assert {sitter for _, sitter in score.false} <= {"stranger0", "stranger1"}
    assert score.false.total() == score.absences["m00"]


def test_the_interval_is_around_the_count() -> None:
    score = evaluate_far(people(strangers=[0, 0]), HOURS * 3, seed=1, processes=1)

    low, high = score.interval(np.random.default_rng(1))

    assert low <= score.false.total() <= high
    assert low < high


def test_where_nobody_was_falsely_present_the_rule_of_three_tells_the_most_there_may_be() -> None:
    assert FarScore().interval(np.random.default_rng(1)) == (0.0, 3.0)


def test_one_person_s_double_says_less_than_many_people_s() -> None:
    """The same count, once of one pair of people and once of twenty: the first may be chance."""
    absences = {f"m{number:02}": 100 for number in range(40)}
    one, many = FarScore(), FarScore()
    for score in (one, many):
        score.absences.update(absences)
    one.false["m00", "double"] = 20
    for number in range(20):
        many.false[f"m{number:02}", f"double{number}"] = 1

    of_one, of_many = (score.interval(np.random.default_rng(1)) for score in (one, many))

    assert of_one[0] == 0.0 < of_many[0]
    assert of_one[1] > of_many[1]


def test_the_same_seed_counts_the_same_on_any_number_of_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_HOURS_A_BLOCK", 5)
    seen = people(strangers=[0, 1])

    alone, together = (evaluate_far(seen, HOURS, seed=3, processes=n) for n in (1, 2))

    assert alone == together
    assert alone.false.total() > 0


def test_another_seed_draws_other_classes() -> None:
    first, second = (evaluate_far(people(), 2, seed=seed, processes=1) for seed in (1, 2))
    assert first.absences != second.absences


def test_the_counts_as_json_are_what_is_promised_and_nothing_else() -> None:
    score = FarScore(present_hours=36, recognised=35)
    score.absences["m00"] = 4

    assert score.as_json(np.random.default_rng(1)) == {
        "absent_hours": 4,
        "false_present": 0,
        "interval": [0.0, 3.0],
        "present_hours": 36,
        "recognised": 35,
    }


def test_the_table_tells_the_counts_with_their_intervals() -> None:
    score = FarScore(present_hours=90_000, recognised=89_000)
    score.absences["m00"] = 10_000

    rows = {name: rest for name, *rest in far_table(score, np.random.default_rng(1)).rows}

    assert rows["falsely present"] == ["0", "0.0 to 3.0"]
    assert rows["falsely present, as a share"] == ["0 of 10,000 (0 to 0.03 %)", ""]
    assert rows["recognised"] == ["89,000", "98.9% (98.8 to 99.0)"]


def test_too_few_people_for_a_class_are_said_before_anything_is_counted() -> None:
    with pytest.raises(PeopleError, match="there are 39 and 2"):
        check_people(people(count=CLASS - 1))


def test_the_command_writes_its_counts_and_its_blocks(
    tmp_path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "see_photos", lambda *_, **__: people())
    document, counts = tmp_path / "accuracy.md", tmp_path / "far.json"
    document.write_text(
        "<!-- far: begin -->\n<!-- far: end -->\n<!-- bands: begin -->\n<!-- bands: end -->\n",
        encoding="utf-8",
    )

    status = main(
        ["--people", "photos.csv", "--hours", "2", "--json", str(counts), "--document", str(document)]
    )

    assert status == 0
    assert json.loads(counts.read_text())["absent_hours"] == 2 * ABSENT
    assert "| absent student-hours | 8 |" in document.read_text()
    assert "| recognised from |" in document.read_text()
    assert "falsely present" in capsys.readouterr().out


def test_without_the_table_of_photos_the_command_says_so(
    tmp_path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--people", str(tmp_path / "none.csv")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("evaluate-far: ")
    assert "none.csv cannot be read as a table of photos" in said


def test_a_document_without_the_block_is_said_before_any_photo_is_looked_at(
    tmp_path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "accuracy.md"
    document.write_text("nothing", encoding="utf-8")
    assert main(["--people", str(tmp_path / "none.csv"), "--document", str(document)]) == 2
    assert "needs one block <!-- far: begin -->" in capsys.readouterr().err
