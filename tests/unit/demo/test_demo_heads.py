"""A head is cut out with its face whole and its background left behind."""

import numpy as np
import pytest

from demo.heads import FACE_WIDTH, cut_head
from faces import Box
from tests.fakes.drawn_faces import draw_face

FACE = Box(34.0, 32.0, 60.0, 76.0)
"""Where `draw_face` draws a face in 128 pixels, near enough."""


def test_a_heads_face_has_the_same_width_in_every_cut_out() -> None:
    small = cut_head(draw_face(15, 128), FACE)
    large = cut_head(draw_face(15, 256), Box(68.0, 64.0, 120.0, 152.0))

    assert small.face.width == large.face.width == FACE_WIDTH
    assert small.colours.shape == large.colours.shape


def test_the_face_is_kept_and_the_corners_are_left() -> None:
    head = cut_head(draw_face(15, 128), FACE)

    x, y = (round(part) for part in head.face.centre)
    assert (head.cover[y - 20 : y + 20, x - 20 : x + 20] > 0.95).all()
    assert head.cover[:10].max() == 0.0
    assert head.cover[:, :10].max() == head.cover[:, -10:].max() == 0.0


def test_the_same_portrait_is_always_cut_the_same_way() -> None:
    first = cut_head(draw_face(50, 128), FACE)
    cut_head(draw_face(44, 128), FACE)
    again = cut_head(draw_face(50, 128), FACE)

    assert (first.cover == again.cover).all()
    assert (first.colours == again.colours).all()
    assert first.clothes == again.clothes


def test_nothing_of_the_head_comes_from_beyond_the_portrait() -> None:
    portrait = draw_face(15, 128)[:, 40:]  # the face touches the left edge

    head = cut_head(portrait, Box(-6.0, 32.0, 60.0, 76.0))

    edge = round(head.face.x + 6.0 * FACE_WIDTH / 60.0)
    assert head.cover[:, : edge - 6].max() < 0.05


@pytest.mark.parametrize("exposure", [0.25, 1.0, 1.9])
def test_extremes_of_exposure_are_evened(exposure: float) -> None:
    portrait = np.clip(draw_face(15, 128) * exposure, 0, 255).astype(np.uint8)

    head = cut_head(portrait, FACE)

    x, y = (round(part) for part in head.face.centre)
    assert 70 < head.colours[y - 20 : y + 20, x - 20 : x + 20].mean() < 200


def test_a_grey_portrait_gets_hands_of_flesh() -> None:
    grey = draw_face(15, 128).mean(axis=2, keepdims=True).repeat(3, axis=2).astype(np.uint8)

    blue, green, red = cut_head(grey, FACE).skin

    assert red > green > blue


def test_a_face_without_size_is_refused() -> None:
    with pytest.raises(ValueError, match="width and a height"):
        cut_head(draw_face(15, 128), Box(10.0, 10.0, 0.0, 20.0))
