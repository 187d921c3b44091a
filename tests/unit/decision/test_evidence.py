"""What looks at a face say."""

import pytest
from calibration_examples import PLAIN, view
from hypothesis import given
from hypothesis import strategies as st

from attendance.domain.calibrations import CALIBRATIONS, calibration_of
from attendance.domain.errors import EngineNotCalibratedError
from attendance.domain.evidence import interpolate

percents = st.floats(0, 100)
views = st.builds(view, percents, crowd=st.none() | st.floats(0, 60))
weights = st.lists(st.floats(-10, 40), min_size=1, max_size=6)
ENGINES = [PLAIN, *CALIBRATIONS.values()]


@pytest.mark.parametrize("calibration", ENGINES, ids=lambda c: str(c.engine))
@given(views, percents, percents)
def test_who_is_more_similar_weighs_more_up_to_what_was_expected(calibration, seen, one, other):
    less, more = sorted((one, other))
    if calibration.scale.stands_out(more, seen.crowd) <= calibration.expected.of(seen):
        assert calibration.weigh(less, seen) <= calibration.weigh(more, seen) + 1e-9


def test_half_a_likeness_says_more_on_a_blurred_face_than_on_a_sharp_one():
    assert PLAIN.weigh(40.0, view(sharpness=40)) > PLAIN.weigh(40.0, view(sharpness=90)) + 1


def test_a_face_that_is_like_everybody_is_less_like_anybody():
    assert PLAIN.weigh(40.0, view(crowd=25.0)) < PLAIN.weigh(40.0, view(crowd=10.0)) - 1


def test_a_usual_crowd_is_taken_where_nobody_tells_it():
    assert PLAIN.weigh(40.0, view(crowd=None)) == pytest.approx(PLAIN.weigh(40.0, view()))


def test_what_was_expected_weighs_for_the_student_and_what_others_yield_against():
    assert PLAIN.weigh(58.0, view()) > 5
    assert PLAIN.weigh(10.0, view()) < -5


@given(weights)
def test_looks_that_agree_add_up_to_less_than_their_sum_and_more_than_one(some):
    many = [some[0]] * len(some)
    together = PLAIN.combine(many)
    assert abs(some[0]) - 1e-9 <= abs(together) <= abs(sum(many)) + 1e-9
    assert abs(together) <= abs(some[0]) / PLAIN.correlation + 1e-9


@given(weights, st.floats(0, 20))
def test_a_look_that_says_more_makes_it_more_certain(some, more):
    assert PLAIN.certainty([some[0] + more, *some[1:]]) >= PLAIN.certainty(some)


def test_nothing_seen_is_nothing_certain():
    assert PLAIN.certainty([]) == 0


@pytest.mark.parametrize(("value", "expected"), [(-1, -1), (0, 0), (0.5, 0.5), (1, 1), (1.5, 2), (3, 5)])
def test_a_curve_goes_on_straight_beyond_its_knots(value, expected):
    assert interpolate(((0.0, 0.0), (1.0, 1.0), (2.0, 3.0)), value) == pytest.approx(expected)


@pytest.mark.parametrize("calibration", ENGINES, ids=lambda c: str(c.engine))
def test_every_curve_of_a_calibration_rises_or_falls_throughout(calibration):
    for knots in (calibration.scale.knots, calibration.certainties):
        assert list(knots) == sorted(knots)
        assert [y for _, y in knots] == sorted(y for _, y in knots)


def test_an_engine_that_nobody_measured_is_not_guessed_at():
    with pytest.raises(EngineNotCalibratedError, match="make calibrate"):
        calibration_of("rekognition/7.0")
