"""Figures in documents: a command writes its own block and nothing else."""

import pytest

from benchmarks.documents import NoBlockError, check_blocks, write_block

BLOCK = "<!-- peers: begin -->\nold\n<!-- peers: end -->\n"


def test_what_stands_in_the_block_is_replaced_and_nothing_else(tmp_path):
    document = tmp_path / "speed.md"
    document.write_text(f"before\n{BLOCK}after\n")

    write_block(document, "peers", "new\nlines")

    assert document.read_text() == "before\n<!-- peers: begin -->\nnew\nlines\n<!-- peers: end -->\nafter\n"
    assert [path.name for path in tmp_path.iterdir()] == ["speed.md"]


def test_a_block_can_be_written_again(tmp_path):
    document = tmp_path / "speed.md"
    document.write_text("<!-- peers: begin -->\n<!-- peers: end -->\n")

    write_block(document, "peers", "first\n")
    write_block(document, "peers", "second\n")

    assert document.read_text() == "<!-- peers: begin -->\nsecond\n<!-- peers: end -->\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<!-- peers: begin -->\n",
        "<!-- peers: end -->\n<!-- peers: begin -->\n",
        "<!-- other: begin -->\n<!-- other: end -->\n",
        BLOCK * 2,
    ],
    ids=["empty", "no end", "turned around", "another block", "two blocks"],
)
def test_a_document_without_its_one_block_is_left_alone(tmp_path, text):
    document = tmp_path / "speed.md"
    document.write_text(text)

    with pytest.raises(NoBlockError, match="needs one block <!-- peers: begin -->"):
        write_block(document, "peers", "new")
    assert document.read_text() == text


def test_all_blocks_of_a_document_can_be_asked_for_beforehand(tmp_path):
    document = tmp_path / "speed.md"
    document.write_text(BLOCK)

    check_blocks(document, ["peers"])
    with pytest.raises(NoBlockError, match="needs one block <!-- memory: begin -->"):
        check_blocks(document, ["peers", "memory"])
