from datetime import UTC, datetime

import pytest

from attendance.domain.confusables import ConfusablePair, confusable_with, look_alikes

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


def test_a_student_is_confusable_with_others_who_are_near_and_never_with_oneself():
    near = [("ada", 98.0), ("ben", 93.0), ("carl", 91.9), ("ben", 95.0), ("dora", 92.0)]
    assert confusable_with("ada", near) == {"ben": 95.0, "dora": 92.0}


@pytest.mark.parametrize(("similarity", "is_same"), [(99.2, False), (99.3, True), (100.0, True)])
def test_one_picture_under_two_names_is_nearer_than_two_pictures_of_one_face(similarity, is_same):
    assert ConfusablePair.of("ada", "ben", similarity=similarity, found_at=AT).is_same_picture is is_same
