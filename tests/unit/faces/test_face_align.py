import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faces.align import TEMPLATE, apply, chip, invert, similarity_transform, surround_transform


def turned(points: np.ndarray, degrees: float, scale: float, shift: tuple[float, float]) -> np.ndarray:
    angle = np.radians(degrees)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return scale * points @ rotation.T + shift


@given(
    degrees=st.floats(-180, 180),
    scale=st.floats(0.05, 20),
    x=st.floats(-5000, 5000),
    y=st.floats(-5000, 5000),
)
def test_any_turn_scale_and_shift_is_undone(degrees, scale, x, y):
    there = turned(TEMPLATE, degrees, scale, (x, y))
    transform = similarity_transform(there, TEMPLATE)
    assert apply(transform, there) == pytest.approx(TEMPLATE, abs=1e-4)
    assert apply(invert(transform), TEMPLATE) == pytest.approx(there, abs=1e-4 * max(1, scale))


@given(st.lists(st.floats(-100, 100), min_size=10, max_size=10))
def test_a_face_is_never_mirrored_nor_sheared(numbers):
    linear = similarity_transform(np.array(numbers).reshape(5, 2), TEMPLATE)[:, :2]
    assert linear[0, 0] == pytest.approx(linear[1, 1], abs=1e-6, rel=1e-6)
    assert linear[0, 1] == pytest.approx(-linear[1, 0], abs=1e-6, rel=1e-6)


def test_the_fit_is_the_least_squares_one():
    random = np.random.default_rng(1)
    noisy = turned(TEMPLATE, 20, 2, (30, 40)) + random.normal(0, 3, (5, 2))
    best = similarity_transform(noisy, TEMPLATE)
    error = np.square(apply(best, noisy) - TEMPLATE).sum()
    for _ in range(200):
        worse = best + random.normal(0, 0.01, (2, 3)) * [1, 1, 100]
        a, b = (worse[0, 0] + worse[1, 1]) / 2, (worse[1, 0] - worse[0, 1]) / 2
        worse[:, :2] = [[a, -b], [b, a]]
        assert np.square(apply(worse, noisy) - TEMPLATE).sum() >= error - 1e-9


def test_five_equal_points_still_give_a_finite_transform():
    assert np.isfinite(similarity_transform(np.full((5, 2), 7.0), TEMPLATE)).all()


def test_a_chip_of_the_template_is_the_picture_itself():
    pixels = np.random.default_rng(0).integers(0, 256, (112, 112, 3), dtype=np.uint8)
    assert np.array_equal(chip(pixels, TEMPLATE), pixels)


def test_a_surround_has_the_chip_upright_in_its_middle():
    landmarks = turned(TEMPLATE, 30, 0.5, (200, 100))
    inside = apply(surround_transform(landmarks, side=200, face_side=112), landmarks)
    assert inside == pytest.approx(TEMPLATE + 44)
