from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from register_examples import EXPECTED, outcome, seen_in

from attendance.domain.ledger import Change, MarkChange, chain_is_whole, next_change
from attendance.domain.policy import DEFAULT_POLICY
from attendance.domain.registers import Register, correct_mark, fold_capture

AT = EXPECTED.starts_at
STATUSES = ["present", "late", "left_early", "absent", "excused"]


def corrections(count: int) -> tuple[Register, list[Change]]:
    """A register with so many corrections in its ledger."""
    register, lines = EXPECTED, []
    for number in range(count):
        after = correct_mark(register, ("ada", "carl", "emmy")[number % 3], STATUSES[number % 5], None)
        line = next_change(
            register,
            after,
            kind="correction",
            actor="ana",
            at=AT + timedelta(minutes=number),
            reason=f"line {number}",
        )
        register = replace(after, version=line.version, ledger_hash=line.hash)
        lines.append(line)
    return register, lines


HEAD, LINES = corrections(6)

EDITS = {
    "meeting_id": "7a.2026-11-24.p1",
    "version": 9,
    "kind": "capture",
    "actor": "ben",
    "at": AT + timedelta(days=1),
    "status_before": "confirmed",
    "status_after": "confirmed",
    "marks": (MarkChange("ada", "unseen", "excused"),),
    "reason": None,
    "previous_hash": "0" * 64,
    "hash": "0" * 64,
}


def test_a_ledger_as_it_was_written_is_whole():
    assert [line.version for line in LINES] == [1, 2, 3, 4, 5, 6]
    assert chain_is_whole(LINES)
    assert chain_is_whole(LINES, head=HEAD.ledger_hash)
    assert chain_is_whole([], head=EXPECTED.ledger_hash)


@given(st.permutations(LINES))
def test_the_order_of_reading_does_not_matter(lines):
    assert chain_is_whole(lines, head=HEAD.ledger_hash)


def test_every_field_is_guarded():
    assert set(EDITS) == {field.name for field in fields(Change)}


@pytest.mark.parametrize("field", sorted(EDITS))
@pytest.mark.parametrize("number", [0, 2, 5])
def test_any_edit_of_any_line_shows(field, number):
    edited = [*LINES]
    edited[number] = replace(edited[number], **{field: EDITS[field]})
    assert not chain_is_whole(edited)


@given(st.sets(st.integers(0, 5), min_size=1))
def test_any_deletion_shows(gone):
    left = [line for number, line in enumerate(LINES) if number not in gone]
    assert not chain_is_whole(left, head=HEAD.ledger_hash)


@given(st.integers(0, 5), st.integers(0, 5))
def test_two_lines_that_change_places_show(one, other):
    swapped = [*LINES]
    swapped[one] = replace(LINES[one], version=LINES[other].version)
    swapped[other] = replace(LINES[other], version=LINES[one].version)
    assert chain_is_whole(swapped) == (one == other)


@given(st.integers(0, 5))
def test_a_line_told_twice_shows(number):
    assert not chain_is_whole([*LINES, LINES[number]])


def test_a_forged_line_at_the_end_does_not_fit_the_register():
    forged = next_change(
        HEAD,
        correct_mark(HEAD, "ada", "excused", None),
        kind="correction",
        actor="eve",
        at=AT,
        reason=None,
    )
    assert chain_is_whole([*LINES, forged])
    assert not chain_is_whole([*LINES, forged], head=HEAD.ledger_hash)


def test_a_line_names_only_the_marks_that_changed():
    capture = outcome(0)
    after = fold_capture(EXPECTED, capture, {"ada": seen_in(capture)}, DEFAULT_POLICY)
    line = next_change(EXPECTED, after, kind="capture", actor="capture:c", at=AT, reason=None)
    assert line.marks == (MarkChange("ada", "unseen", "present"),)
    assert (line.status_before, line.status_after) == ("expected", "provisional")
