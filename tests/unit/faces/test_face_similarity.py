import pytest
from hypothesis import given
from hypothesis import strategies as st

from faces import cosine_of, similarity_of


@pytest.mark.parametrize(
    ("cosine", "percent"), [(-1, 0), (0, 20), (0.363, 80), (0.45, 90), (0.6, 97), (1, 100)]
)
def test_the_curve_passes_through_the_operating_points(cosine, percent):
    assert similarity_of(cosine) == pytest.approx(percent)
    assert cosine_of(percent) == pytest.approx(cosine)


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_a_higher_cosine_is_a_higher_similarity(one, other):
    if abs(one - other) > 1e-9:
        assert (one < other) == (similarity_of(one) < similarity_of(other))


@given(st.floats(-1, 1))
def test_the_inverse_leads_back(cosine):
    assert cosine_of(similarity_of(cosine)) == pytest.approx(cosine, abs=1e-9)


def test_rounding_errors_outside_the_range_are_clipped():
    assert similarity_of(1.0000001) == 100
    assert similarity_of(-1.0000001) == 0
    assert cosine_of(100.1) == 1
