"""What a device can see of its own pictures, on synthetic frames."""

import cv2
import numpy as np
import pytest
from device_fakes import World, a_command, noise
from numpy.typing import NDArray

from attendance.contracts.capture import BurstSettings
from device.camera import Picture
from device.quality import QualityJudge, look_at


def grey(value: int) -> NDArray[np.uint8]:
    return np.full((360, 640, 3), value, np.uint8)


def noisy_dark() -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 6, (360, 640, 3), np.uint8)


def sharp(seed: int) -> NDArray[np.uint8]:
    """A scene of many edges: its coarse blocks survive a blur, their edges do not."""
    return np.kron(noise(seed, 9, 16), np.ones((80, 80, 1), np.uint8))


def blurred(seed: int) -> NDArray[np.uint8]:
    return cv2.GaussianBlur(sharp(seed), (0, 0), 12).astype(np.uint8)


def used_to_sharp_pictures() -> QualityJudge:
    judge = QualityJudge()
    for seed in range(5):
        judge.judge(look_at(sharp(seed)))
    return judge


@pytest.mark.parametrize("pixels", [grey(0), noisy_dark(), grey(128), grey(255)])
def test_a_picture_without_light_or_content_is_black(pixels: NDArray[np.uint8]) -> None:
    assert QualityJudge().judge(look_at(pixels)) == ("BLACK_FRAME",)


def test_a_sharp_picture_has_no_problem() -> None:
    assert used_to_sharp_pictures().judge(look_at(sharp(99))) == ()


def test_a_picture_far_less_sharp_than_the_cameras_own_past_is_blurred() -> None:
    assert used_to_sharp_pictures().judge(look_at(blurred(99))) == ("BLURRED",)


def test_a_camera_that_was_always_soft_is_not_blurred() -> None:
    judge = QualityJudge()
    assert [judge.judge(look_at(blurred(seed))) for seed in range(10)] == [()] * 10


def test_a_camera_without_a_past_is_not_judged_by_it() -> None:
    assert QualityJudge().judge(look_at(blurred(1))) == ()


def test_black_frames_are_no_part_of_that_past() -> None:
    judge = used_to_sharp_pictures()
    for _ in range(50):
        judge.judge(look_at(noisy_dark()))
    assert "BLURRED" in judge.judge(look_at(blurred(99)))


def test_the_third_equal_picture_in_a_row_is_frozen() -> None:
    judge = used_to_sharp_pictures()
    problems = [judge.judge(look_at(sharp(seed))) for seed in (7, 7, 7, 7, 8)]
    assert problems == [(), (), ("FROZEN",), ("FROZEN",), ()]


def test_flags_travel_with_the_manifest_and_lose_no_picture(world: World) -> None:
    class DarkCamera(type(world.camera)):  # type: ignore[misc]
        def read(self) -> Picture:
            return Picture(grey(3))

    world.camera = DarkCamera()
    world.restart()
    world.command(a_command(burst=BurstSettings(frames=3, interval_ms=0)))
    world.settle()

    problems = [frame.problems for frame in world.cloud.manifest().frames]
    assert problems == [("BLACK_FRAME",), ("BLACK_FRAME",), ("BLACK_FRAME", "FROZEN")]
