"""Tables in terminals and documents."""

import pytest

from benchmarks.tables import NoPlaceError, Table, write_between

TABLE = Table(("engine", "found"), [("rollcall", "12"), ("other", "7")])


def test_columns_of_words_are_flush_left_and_of_numbers_flush_right():
    assert TABLE.as_text().splitlines() == ["engine    found", "rollcall     12", "other         7"]


def test_more_columns_may_hold_words():
    table = Table(("set", "engine", "found"), [("a", "other", "7")], worded=2)

    assert table.as_text().splitlines()[1] == "a    other       7"
    assert table.as_markdown().splitlines()[1] == "| --- | --- | ---: |"


def test_a_document_gets_a_markdown_table():
    assert TABLE.as_markdown().splitlines()[1:3] == ["| --- | ---: |", "| rollcall | 12 |"]


def test_what_stands_between_the_markers_is_replaced_and_nothing_else(tmp_path):
    document = tmp_path / "speed.md"
    document.write_text("before\n<!-- peers: begin -->\nold\n<!-- peers: end -->\nafter\n")

    write_between(document, "peers", "new")

    assert document.read_text() == "before\n<!-- peers: begin -->\nnew\n<!-- peers: end -->\nafter\n"


@pytest.mark.parametrize(
    "text", ["", "<!-- peers: begin -->\n", "<!-- other: begin -->\n<!-- other: end -->"]
)
def test_a_document_without_a_place_is_left_alone(tmp_path, text):
    document = tmp_path / "speed.md"
    document.write_text(text)

    with pytest.raises(NoPlaceError, match="has no place for peers"):
        write_between(document, "peers", "new")
    assert document.read_text() == text
