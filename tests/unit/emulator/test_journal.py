"""The journal gives back what was written from a position on, and nothing that was torn."""

from pathlib import Path

import pytest

from local.emulator.journal import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path)


def test_records_come_back_in_order_from_a_position_on(journal: Journal) -> None:
    journal.append(["before"])
    position = journal.position()
    journal.append(["first"])
    journal.append(["second"])
    assert list(journal.since(position)) == [["first"], ["second"]]


def test_a_position_holds_across_a_new_segment(journal: Journal) -> None:
    journal.append(["before"])
    position = journal.position()
    journal.append(["old segment"])
    journal.rotate()
    journal.append(["new segment"])
    assert list(journal.since(position)) == [["old segment"], ["new segment"]]


def test_what_a_checkpoint_made_needless_is_dropped(journal: Journal, tmp_path: Path) -> None:
    journal.append(["in the checkpoint"])
    segment = journal.rotate()
    position = journal.position()
    journal.append(["after it"])
    journal.drop_before(segment)
    assert list(journal.since(position)) == [["after it"]]
    assert len(list(tmp_path.glob("journal-*"))) == 1


def test_a_restart_writes_behind_what_it_reads(journal: Journal, tmp_path: Path) -> None:
    position = journal.position()
    journal.append(["before the kill"])
    restarted = Journal(tmp_path)
    restarted.append(["after the kill"])
    assert list(restarted.since(position)) == [["before the kill"], ["after the kill"]]


def test_a_torn_last_record_is_left_out(journal: Journal, tmp_path: Path) -> None:
    position = journal.position()
    journal.append(["whole"])
    (segment,) = tmp_path.glob("journal-*")
    with segment.open("ab") as file:
        file.write(b'["to')
    assert list(Journal(tmp_path).since(position)) == [["whole"]]
