import numpy as np
import pytest

from faces import Box, DetectedFace, Picture
from local.rekognition.errors import (
    InvalidParameterException,
    ProvisionedThroughputExceededException,
    ThrottlingException,
)
from local.rekognition.limits import Throughput, check_image_size, large_enough


def picture(width: int, height: int) -> Picture:
    return Picture(np.zeros((1, 1, 3), np.uint8), width, height)


def face(side: float) -> DetectedFace:
    return DetectedFace(Box(0, 0, side, side), ((0.0, 0.0),) * 5, 0.9)


@pytest.mark.parametrize(
    ("width", "height", "least"),
    [
        (640, 480, 40),
        (1920, 1080, 40),
        (1080, 1920, 40),
        (3840, 2160, 80),
        (2160, 3840, 80),
        (2560, 1440, 54),
    ],
)
def test_the_least_face_grows_with_the_picture(width, height, least):
    sides = [least - 1, least, least + 1]
    found = large_enough(picture(width, height), [face(side) for side in sides])
    assert [int(f.box.width) for f in found] == sides[1:]


def test_a_picture_of_less_than_eighty_pixels_is_refused():
    check_image_size(picture(80, 80))
    with pytest.raises(InvalidParameterException, match="79x300"):
        check_image_size(picture(79, 300))


class FakeClock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_second_is_worth_its_calls_and_no_more():
    clock = FakeClock()
    throughput = Throughput(3, clock)
    for _ in range(3):
        throughput.spend("DetectFaces")
    with pytest.raises(ProvisionedThroughputExceededException):
        throughput.spend("DetectFaces")
    clock.now = 0.4
    throughput.spend("DetectFaces")
    with pytest.raises(ProvisionedThroughputExceededException):
        throughput.spend("DetectFaces")


def test_operations_are_counted_apart():
    throughput = Throughput(1, FakeClock())
    throughput.spend("DetectFaces")
    throughput.spend("IndexFaces")
    with pytest.raises(ProvisionedThroughputExceededException):
        throughput.spend("DetectFaces")


def test_waiting_never_saves_up_more_than_a_second():
    clock = FakeClock()
    throughput = Throughput(2, clock)
    throughput.spend("DetectFaces")
    clock.now = 1000.0
    throughput.spend("DetectFaces")
    throughput.spend("DetectFaces")
    with pytest.raises(ProvisionedThroughputExceededException):
        throughput.spend("DetectFaces")


def test_who_goes_on_and_on_is_throttled():
    throughput = Throughput(2, FakeClock())
    outcomes = []
    for _ in range(14):
        try:
            throughput.spend("DetectFaces")
            outcomes.append("done")
        except (ProvisionedThroughputExceededException, ThrottlingException) as error:
            outcomes.append(error.code)
    assert (
        outcomes
        == ["done"] * 2 + ["ProvisionedThroughputExceededException"] * 8 + ["ThrottlingException"] * 4
    )
