from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock

import numpy as np
import pytest

from faces import Picture
from local.rekognition.engines import Engines

LARGE = Picture.of(np.zeros((2160, 3840, 3), np.uint8))
SMALL = Picture.of(np.zeros((1080, 1920, 3), np.uint8))


@pytest.fixture(scope="module")
def engines() -> Engines:
    return Engines(2)


def test_large_pictures_are_looked_at_one_after_another(engines):
    alone = Lock()

    def look(_: int) -> bool:
        with engines.borrowed(SMALL, LARGE):
            got = alone.acquire(blocking=False)
            if got:
                np.linalg.svd(np.ones((200, 200)))  # something that takes a moment
                alone.release()
            return got

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(look, range(16)))


def test_a_large_picture_holds_up_no_small_one(engines):
    met = Barrier(2, timeout=20)

    def look(picture: Picture) -> None:
        with engines.borrowed(picture):
            met.wait()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(look, [LARGE, SMALL]))
