"""The judgement of class sets as a table with intervals, and the bands it was made with."""

from pathlib import Path

import pytest

from attendance.domain.policy import DEFAULT_POLICY
from benchmarks import evaluate as command
from benchmarks.bands import BANDS_BLOCK, bands_table
from benchmarks.calibrate import BLOCK as CERTAINTIES
from benchmarks.conditions import BLOCK as CONDITIONS
from benchmarks.documents import check_blocks
from benchmarks.evaluate import main, scores_table
from benchmarks.evaluate_far import BLOCKS
from benchmarks.judging import Score

SCORE = Score(
    "dev",
    captures=5,
    present=168,
    recognised=164,
    doubtful=4,
    absent=32,
    false_doubtful=1,
    misidentified=2,
    frames=15,
    seconds=13.0,
    bare_seconds=10.0,
)


def test_the_shares_of_a_set_stand_with_their_intervals() -> None:
    table = scores_table([SCORE])
    assert dict(zip(table.headings, table.rows[0], strict=True)) == {
        "set": "dev",
        "captures": "5",
        "present": "168",
        "recognised": "164, 97.6% (94.0 to 99.1)",
        "doubtful": "4",
        "absent": "32",
        "false present": "0 of 32 (0 to 9.4 %)",
        "false doubtful": "1",
        "misidentified": "2",
        "frames": "15",
        "s / bare": "1.30",
    }


def test_a_set_without_captures_has_no_shares() -> None:
    (row,) = scores_table([Score("empty")]).rows
    assert row[3] == "0, -"
    assert row[6] == "0 of 0"
    assert row[-1] == "-"


def test_the_bands_stand_with_the_chance_that_each_is_worth() -> None:
    table = bands_table(DEFAULT_POLICY)
    assert [row[:2] for row in table.rows] == [
        ("yunet-sface/1", "the section's"),
        ("yunet-sface/1", "others"),
    ]
    bands = DEFAULT_POLICY.bands["yunet-sface/1"]
    for row, band in zip(table.rows, (bands.on_roster, bands.off_roster), strict=True):
        recognised, clearly, doubtful = (float(cell.split(" ")[0]) for cell in row[2:])
        assert (recognised, doubtful) == (band.recognised, band.doubtful)
        assert clearly == pytest.approx(band.recognised + bands.clear_views.more, abs=0.051)
        assert "(1 in " in row[2]


def write_class(folder: Path) -> Path:
    """A class of nobody, which is read and judged without a face."""
    folder.mkdir()
    (folder / "students.csv").write_text("student_id,name\n", encoding="utf-8")
    (folder / "truth.csv").write_text("capture_id,student_id,present\n", encoding="utf-8")
    (folder / "captures.csv").write_text("capture_id,width,height,frames\n", encoding="utf-8")
    return folder


def test_the_command_writes_its_blocks_and_a_page_a_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "evaluate", lambda *_: SCORE)
    document = tmp_path / "accuracy.md"
    document.write_text(
        "<!-- class sets: begin -->\n<!-- class sets: end -->\n<!-- bands: begin -->\n<!-- bands: end -->\n",
        encoding="utf-8",
    )
    one, two = write_class(tmp_path / "one"), write_class(tmp_path / "two")

    arguments = ["--set", str(one), str(two), "--report", str(tmp_path / "misses")]
    assert main([*arguments, "--document", str(document)]) == 0

    written = document.read_text()
    assert written.count("| dev | 5 | 168 | 164, 97.6% (94.0 to 99.1) |") == 2
    assert "| total | 10 | 336 |" in written
    assert "Measured on " in written
    assert sorted(path.name for path in (tmp_path / "misses").iterdir()) == ["one.html", "two.html"]
    assert "0 misses explained in" in capsys.readouterr().out


def test_a_folder_that_is_no_class_set_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--set", str(tmp_path)]) == 2
    assert f"evaluate: {tmp_path} is no class set" in capsys.readouterr().err


def test_a_document_without_the_block_is_said_before_anything_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = tmp_path / "accuracy.md"
    document.write_text("nothing", encoding="utf-8")
    folder = write_class(tmp_path / "one")
    assert main(["--set", str(folder), "--document", str(document)]) == 2
    assert "needs one block <!-- class sets: begin -->" in capsys.readouterr().err


def test_the_page_on_accuracy_has_the_block_of_every_command() -> None:
    page = Path(__file__).parents[3] / "docs" / "accuracy.md"
    check_blocks(page, [BANDS_BLOCK, CERTAINTIES, CONDITIONS, command.BLOCK, *BLOCKS.values()])
