"""Paint stays where it was put, and a layer painted once looks as if it were painted anew."""

import numpy as np
import pytest

from demo.brush import Canvas, ellipse, layer_of, mixed, rectangle, rgb, rounded, stroke


def test_a_colour_code_is_read_as_red_green_blue() -> None:
    assert rgb("ff8001") == (1, 128, 255)


def test_a_mixture_lies_between_its_colours() -> None:
    assert mixed((0.0, 100.0, 200.0), (100.0, 0.0, 200.0), 0.25) == (25.0, 75.0, 200.0)


def test_paint_fills_the_outline_and_nothing_else() -> None:
    canvas = Canvas.plain(60, 40, (10.0, 20.0, 30.0))

    canvas.fill(rectangle(20, 10, 40, 30), (200.0, 100.0, 50.0))

    assert canvas.pixels[20, 30].tolist() == [200, 100, 50]
    untouched = np.ones((40, 60), bool)
    untouched[8:33, 18:43] = False
    assert (canvas.pixels[untouched] == (10, 20, 30)).all()


@pytest.mark.parametrize("x", [-500.0, -5.0, 58.0, 500.0])
def test_an_outline_may_reach_past_the_edge_or_lie_beyond_it(x: float) -> None:
    canvas = Canvas.plain(60, 40, (0.0, 0.0, 0.0))

    canvas.fill(ellipse(x, 20, 10, 10), (255.0, 255.0, 255.0), soft=2, fade=(0.5, 1.0))

    assert np.isfinite(canvas.pixels).all()
    assert (canvas.pixels.max() > 0) == (-20 < x < 80)


def test_a_fade_darkens_from_top_to_bottom() -> None:
    canvas = Canvas.plain(20, 100, (0.0, 0.0, 0.0))

    canvas.fill(rectangle(0, 0, 20, 100), (100.0, 100.0, 100.0), fade=(1.0, 0.5))

    column = canvas.pixels[:, 10, 0]
    assert column[1] == pytest.approx(99.5, abs=1)
    assert column[98] == pytest.approx(51, abs=1)
    assert (np.diff(column[1:99]) < 0).all()


def test_a_layer_laid_over_a_picture_equals_painting_on_it() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.fill(ellipse(40, 30, 25, 12, 20), (30.0, 60.0, 220.0), soft=2, strength=0.6)
        canvas.fill(rounded(rectangle(20, 25, 70, 45)), (200.0, 180.0, 20.0), fade=(1.1, 0.7))
        canvas.line([(5, 20), (40, 40), (75, 22)], 3, (255.0, 255.0, 255.0))

    ground = np.random.default_rng(1).uniform(0, 255, (60, 80, 3)).astype(np.float32)
    painted, laid = Canvas(ground.copy()), Canvas(ground.copy())
    paint(painted)
    layer = layer_of(80, 60, paint)
    laid.lay(layer)

    assert len(layer.paint) < 60
    assert np.abs(painted.pixels - laid.pixels).max() < 0.1


def test_a_cut_out_is_laid_by_its_cover_where_it_is_placed() -> None:
    canvas = Canvas.plain(50, 50, (0.0, 0.0, 0.0))
    picture = np.full((10, 10, 3), 200.0, np.float32)
    cover = np.zeros((10, 10), np.float32)
    cover[:, 5:] = 1.0

    canvas.stamp(picture, cover, np.array([[1.0, 0.0, 20.0], [0.0, 1.0, 30.0]]))

    assert canvas.pixels[35, 27].tolist() == [200, 200, 200]
    assert canvas.pixels[35, 22].tolist() == [0, 0, 0]
    assert canvas.pixels.sum() == pytest.approx(50 * 3 * 200)


def test_a_cut_out_may_hang_over_the_edge() -> None:
    canvas = Canvas.plain(20, 20, (0.0, 0.0, 0.0))

    canvas.stamp(
        np.full((10, 10, 3), 200.0, np.float32),
        np.ones((10, 10), np.float32),
        np.array([[1.0, 0.0, -5.0], [0.0, 1.0, 15.0]]),
    )

    assert canvas.pixels[18, 2].tolist() == [200, 200, 200]
    assert canvas.pixels[10].sum() == 0


def test_a_limb_is_as_wide_as_it_was_told_along_its_path() -> None:
    outline = stroke([(0, 0), (10, 0), (20, 0)], [4, 2, 4])

    assert outline[:3, 1].tolist() == [2, 1, 2]
    assert outline[3:, 1].tolist() == [-2, -1, -2]
