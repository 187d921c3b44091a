import cv2
import numpy as np
import pytest

from faces import Box, Picture, encode_png, read_picture, search_crop
from faces.crops import CROP_SIDE
from tests.fakes.drawn_faces import draw_crowd, draw_face


@pytest.mark.parametrize("side", [48, 128, 640])
def test_a_crop_has_the_face_in_its_middle_at_any_size(engine, side):
    picture = Picture.of(draw_crowd([1, 2, 3], side))
    for face in engine.detect(picture):
        crop = Picture.of(search_crop(picture, face.box))
        centred = engine.detect(crop)[0]
        assert crop.pixels.shape == (CROP_SIDE, CROP_SIDE, 3)
        assert centred.box.centre == pytest.approx((CROP_SIDE / 2, CROP_SIDE / 2), abs=CROP_SIDE * 0.06)


def test_a_face_and_its_crop_have_nearly_the_same_vector(engine):
    picture = Picture.of(draw_face(15))
    face = engine.detect(picture)[0]
    crop = Picture.of(search_crop(picture, face.box))
    assert engine.embed(crop, engine.detect(crop)[0]) @ engine.embed(picture, face) > 0.95


def test_what_lies_outside_the_picture_is_black():
    picture = Picture.of(np.full((100, 100, 3), 255, np.uint8))
    crop = search_crop(picture, Box(-20, -20, 40, 40))
    assert crop[10, 10].max() == 0
    assert crop[-10, -10].min() == 255


def test_boxes_are_in_pixels_of_the_original():
    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[40:60, 90:110] = 255
    shrunk = Picture(cv2.resize(pixels, (100, 50), interpolation=cv2.INTER_AREA), 200, 100)
    crop = search_crop(shrunk, Box(90, 40, 20, 20))
    assert crop[CROP_SIDE // 2, CROP_SIDE // 2].min() == 255
    assert crop.mean() == pytest.approx(255 / 4, rel=0.1)


def test_a_png_is_the_crop_bit_for_bit():
    crop = search_crop(Picture.of(draw_face(1)), Box(64, 64, 128, 128))
    assert np.array_equal(read_picture(encode_png(crop)).pixels, crop)
