import numpy as np
import pytest
from encoded_pictures import animated_png, grey_jpeg, jpeg, png, smooth_noise, with_exif
from process_memory import forget_peak, held_mebibytes, needs_linux, peak_mebibytes

from faces import FaceEngine, ImageTooLargeError, Picture, read_picture
from faces.image import MAX_DECODER_BYTES, MAX_LONG_SIDE

pytestmark = needs_linux

CAPPED = Picture.of(np.zeros((2667, MAX_LONG_SIDE, 3), np.uint8))


def test_what_a_large_picture_took_is_given_back(engine: FaceEngine):
    engine.detect(Picture.of(smooth_noise(1080, 1920)))
    before = held_mebibytes()
    engine.detect(CAPPED)
    assert held_mebibytes() - before < 150


@pytest.mark.parametrize(
    "data",
    [
        grey_jpeg(4000, 3000),
        grey_jpeg(4000, 3000, channels_apart=True),
        with_exif(grey_jpeg(4000, 3000), 6),
        jpeg(smooth_noise(3000, 4000), progressive=True),
        png(np.zeros((3000, 4000), np.uint8)),
        png(np.zeros((3000, 4000, 4), np.uint16)),
        animated_png([np.zeros((3000, 4000, 3), np.uint8)] * 2),
    ],
    ids=["plain", "channels apart", "turned", "progressive", "grey", "sixteen bits", "animated"],
)
def test_decoding_takes_no_more_memory_than_it_is_charged(data: bytes, monkeypatch: pytest.MonkeyPatch):
    read_picture(data)  # what a decoder keeps for good it now has
    forget_peak()
    before = held_mebibytes()
    read_picture(data)
    taken = peak_mebibytes() - before
    monkeypatch.setattr("faces.image.MAX_DECODER_BYTES", int((taken - 8) * 2**20))
    with pytest.raises(ImageTooLargeError):
        read_picture(data)


def test_a_picture_of_36_megapixels_is_looked_at_in_bounded_memory(engine: FaceEngine):
    data = jpeg(smooth_noise(4912, 7360), quality=50)
    forget_peak()
    before = held_mebibytes()
    picture = read_picture(data)
    assert peak_mebibytes() - before < MAX_DECODER_BYTES / 2**20
    engine.detect(picture)
    assert peak_mebibytes() - before < 1200
