import numpy as np
from encoded_pictures import jpeg, smooth_noise
from process_memory import forget_peak, held_mebibytes, needs_linux, peak_mebibytes

from faces import FaceEngine, Picture, read_picture
from faces.image import MAX_DECODER_BYTES, MAX_LONG_SIDE

pytestmark = needs_linux

CAPPED = Picture.of(np.zeros((2667, MAX_LONG_SIDE, 3), np.uint8))


def test_what_a_large_picture_took_is_given_back(engine: FaceEngine):
    engine.detect(Picture.of(smooth_noise(1080, 1920)))
    before = held_mebibytes()
    engine.detect(CAPPED)
    assert held_mebibytes() - before < 150


def test_a_picture_of_36_megapixels_is_looked_at_in_bounded_memory(engine: FaceEngine):
    data = jpeg(smooth_noise(4912, 7360), quality=50)
    forget_peak()
    before = held_mebibytes()
    picture = read_picture(data)
    assert peak_mebibytes() - before < MAX_DECODER_BYTES / 2**20
    engine.detect(picture)
    assert peak_mebibytes() - before < 1200
