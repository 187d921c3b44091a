from datetime import UTC, datetime

import pytest

from attendance.domain.confusables import ConfusablePair, look_alikes

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def pair(one: str, other: str) -> ConfusablePair:
    return ConfusablePair.of(one, other, similarity=95.0, found_at=AT)


def test_a_pair_is_the_same_whoever_was_enrolled_last():
    assert pair("ada", "carl") == pair("carl", "ada")
    assert pair("carl", "ada").other_than("ada") == "carl"
    assert pair("carl", "ada").other_than("carl") == "ada"


@pytest.mark.parametrize(("first", "second"), [("carl", "ada"), ("ada", "ada")])
def test_nobody_is_a_pair_alone_or_out_of_order(first, second):
    with pytest.raises(ValueError, match="two students in order"):
        ConfusablePair(first, second, 95.0, AT)


def test_everybody_a_student_may_be_taken_for():
    triplets = look_alikes([pair("ada", "ben"), pair("carl", "ada"), pair("dora", "emil")])
    assert triplets == {
        "ada": {"ben", "carl"},
        "ben": {"ada"},
        "carl": {"ada"},
        "dora": {"emil"},
        "emil": {"dora"},
    }
