"""Intervals of shares: published values, the edges, and how often they hold the truth."""

import numpy as np
import pytest

from benchmarks.intervals import most_of_none, rate, share, wilson


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_the_interval_is_the_published_one(part: int, whole: int, expected: tuple[float, float]) -> None:
    assert wilson(part, whole) == pytest.approx(expected, abs=6e-5)


def test_all_and_none_mirror_each_other() -> None:
    low, high = wilson(20, 20)
    assert (1 - high, 1 - low) == pytest.approx(wilson(0, 20))
    assert high == 1.0


def test_of_no_cases_nothing_is_known() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert most_of_none(0) == 1.0
    assert (share(0, 0), rate(0, 0)) == ("-", "0 of 0")


def test_nineteen_of_twenty_intervals_hold_the_truth() -> None:
    truth, whole = 0.97, 400
    drawn = np.random.default_rng(1).binomial(whole, truth, 1000)
    held = sum(low <= truth <= high for low, high in (wilson(int(part), whole) for part in drawn))
    assert 0.93 <= held / 1000 <= 0.97


def test_a_share_is_told_in_percent_with_its_interval() -> None:
    assert share(164, 168) == "97.6% (94.0 to 99.1)"


def test_where_none_was_seen_the_rule_of_three_tells_the_most_it_may_be() -> None:
    assert rate(0, 10_000) == "0 of 10,000 (0 to 0.03 %)"
    assert rate(2, 10_000) == "2 of 10,000 (0.0055 to 0.073 %)"
    assert most_of_none(2) == 1.0
