"""Tables in terminals and documents."""

from benchmarks.tables import Table

TABLE = Table(("engine", "found"), [("rollcall", "12"), ("other", "7")])


def test_columns_of_words_are_flush_left_and_of_numbers_flush_right():
    assert TABLE.as_text().splitlines() == ["engine    found", "rollcall     12", "other         7"]


def test_more_columns_may_hold_words():
    table = Table(("set", "engine", "found"), [("a", "other", "7")], worded=2)

    assert table.as_text().splitlines()[1] == "a    other       7"
    assert table.as_markdown().splitlines()[1] == "| --- | --- | ---: |"


def test_a_document_gets_a_markdown_table():
    assert TABLE.as_markdown().splitlines()[1:3] == ["| --- | ---: |", "| rollcall | 12 |"]
