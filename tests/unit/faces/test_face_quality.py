import cv2
import numpy as np
import pytest

from faces import quality
from faces.align import CHIP_SIDE
from faces.quality import head_pose
from tests.fakes.drawn_faces import draw_face

HEAD = quality._MODEL
"""The frontal face that poses are measured against: x right, y down, z towards the viewer."""


def seen(yaw: float, pitch: float, roll: float, scale: float = 1.0) -> np.ndarray:
    """Project the head after turning it: yaw to the picture's right, pitch up, roll clockwise."""
    y, p, r = np.radians([yaw, pitch, roll])
    to_the_right = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    upwards = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    clockwise = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    turned = HEAD @ (clockwise @ to_the_right @ upwards).T
    return scale * turned[:, :2] + 300


@pytest.mark.parametrize("yaw", [-40, -15, 0, 15, 40])
@pytest.mark.parametrize("scale", [0.3, 4.0])
def test_yaw_is_measured_at_any_size(yaw, scale):
    pose = head_pose(seen(yaw, 0, 0, scale))
    assert (pose.yaw, pose.pitch, pose.roll) == pytest.approx((yaw, 0, 0), abs=0.5)


@pytest.mark.parametrize("pitch", [-30, -10, 10, 30])
def test_pitch_is_positive_upwards(pitch):
    assert head_pose(seen(0, pitch, 0)).pitch == pytest.approx(pitch, abs=0.5)


@pytest.mark.parametrize("roll", [-170, -60, -20, 20, 60, 90, 170])
def test_roll_is_positive_clockwise_and_leaves_the_rest_alone(roll):
    pose = head_pose(seen(20, 10, roll))
    assert pose.roll == pytest.approx(roll, abs=4)
    assert (pose.yaw, pose.pitch) == pytest.approx((20, 10), abs=4)


def chip(blur: float = 0.0, gain: float = 1.0) -> np.ndarray:
    pixels = draw_face(1, side=160)[30:142, 24:136].astype(float) * gain
    if blur:
        pixels = cv2.GaussianBlur(pixels, (0, 0), blur)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def test_sharpness_falls_with_blur():
    values = [quality.sharpness(chip(blur)) for blur in (0, 1, 2, 3)]
    assert values == sorted(values, reverse=True)
    assert 100 >= values[0] > 2 * values[-1] >= 0


def test_sharpness_does_not_depend_on_the_light():
    assert quality.sharpness(chip(1, gain=0.7)) == pytest.approx(quality.sharpness(chip(1)), rel=0.1)


def test_a_plain_surface_has_no_sharpness():
    assert quality.sharpness(np.full((CHIP_SIDE, CHIP_SIDE, 3), 90, np.uint8)) == 0


def test_brightness_and_contrast_are_per_cent():
    assert quality.light(np.full((CHIP_SIDE, CHIP_SIDE, 3), 255, np.uint8)) == pytest.approx((100, 0))
    assert quality.light(np.zeros((CHIP_SIDE, CHIP_SIDE, 3), np.uint8)) == pytest.approx((0, 0))
    dark, bright = quality.light(chip(gain=0.4)), quality.light(chip())
    assert dark[0] == pytest.approx(0.4 * bright[0], rel=0.05)
    assert dark[1] == pytest.approx(0.4 * bright[1], rel=0.05)
