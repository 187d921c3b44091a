import contextlib
import struct
import zlib

import cv2
import numpy as np
import pytest
from encoded_pictures import (
    animated_png,
    cmyk_jpeg,
    grey_jpeg,
    jpeg,
    jpeg_header,
    png,
    png_chunk,
    png_header,
    smooth_noise,
    with_exif,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from faces import (
    ImageError,
    ImageFormatError,
    ImageTooLargeError,
    ImageUnreadableError,
    Picture,
    read_picture,
)
from faces.image import MAX_LONG_SIDE


def quadrants(height: int, width: int) -> np.ndarray:
    """Blue, green over red, white: every turn and flip shows."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (255, 0, 0)
    pixels[: height // 2, width // 2 :] = (0, 255, 0)
    pixels[height // 2 :, : width // 2] = (0, 0, 255)
    pixels[height // 2 :, width // 2 :] = (255, 255, 255)
    return pixels


UPRIGHT = {
    1: lambda p: p,
    2: lambda p: p[:, ::-1],
    3: lambda p: p[::-1, ::-1],
    4: lambda p: p[::-1],
    5: lambda p: p.transpose(1, 0, 2),
    6: lambda p: np.rot90(p, -1),
    7: lambda p: p[::-1, ::-1].transpose(1, 0, 2),
    8: lambda p: np.rot90(p, 1),
}


def test_a_png_keeps_its_pixels():
    pixels = smooth_noise(48, 64)
    picture = read_picture(png(pixels))
    assert np.array_equal(picture.pixels, pixels)
    assert (picture.width, picture.height, picture.scale) == (64, 48, 1.0)


@pytest.mark.parametrize("encode", [png, jpeg])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_exif_orientation_is_obeyed(encode, orientation):
    pixels = quadrants(32, 48)
    picture = read_picture(with_exif(encode(pixels), orientation))
    expected = UPRIGHT[orientation](pixels)
    assert picture.pixels.shape == expected.shape
    assert (picture.height, picture.width) == expected.shape[:2]
    assert np.abs(picture.pixels.astype(int) - expected).mean() < 6


def test_a_turned_picture_above_the_cap_is_measured_upright():
    data = with_exif(jpeg(quadrants(1000, 9000)), 6)
    picture = read_picture(data)
    assert (picture.width, picture.height) == (1000, 9000)
    assert picture.pixels.shape[0] == MAX_LONG_SIDE
    assert picture.scale == pytest.approx(9000 / MAX_LONG_SIDE, rel=0.01)


def test_a_grey_picture_becomes_colour():
    grey = smooth_noise(40, 40)[:, :, 0]
    assert np.array_equal(read_picture(png(grey)).pixels, np.dstack([grey] * 3))
    assert read_picture(jpeg(grey)).pixels.shape == (40, 40, 3)


def test_sixteen_bits_become_eight():
    pixels = smooth_noise(40, 40)
    assert np.array_equal(read_picture(png(pixels.astype(np.uint16) * 257)).pixels, pixels)


def test_transparency_is_left_out():
    pixels = smooth_noise(40, 40)
    clear = np.dstack([pixels, np.full((40, 40), 128, np.uint8)])
    assert np.array_equal(read_picture(png(clear)).pixels, pixels)


def test_cmyk_becomes_colour():
    picture = read_picture(cmyk_jpeg(cyan=255, magenta=0, yellow=0, black=0))
    blue, green, red = picture.pixels.reshape(-1, 3).mean(axis=0)
    assert (blue, green) > (240, 240)
    assert red < 15
    dark = read_picture(cmyk_jpeg(cyan=0, magenta=0, yellow=0, black=255))
    assert dark.pixels.max() < 15


def test_a_progressive_jpeg_is_read():
    pixels = smooth_noise(200, 300)
    picture = read_picture(jpeg(pixels, progressive=True))
    assert np.abs(picture.pixels.astype(int) - pixels).mean() < 5


def test_of_an_animation_the_first_picture_is_taken():
    first, second = smooth_noise(40, 40, seed=1), smooth_noise(40, 40, seed=2)
    assert np.array_equal(read_picture(animated_png([first, second])).pixels, first)


def test_thirty_six_megapixels_are_scaled_down_to_the_cap():
    pixels = cv2.resize(quadrants(64, 64), (7360, 4912), interpolation=cv2.INTER_NEAREST)
    picture = read_picture(jpeg(pixels, quality=50))
    assert picture.pixels.shape[1] == MAX_LONG_SIDE
    assert (picture.width, picture.height) == (7360, 4912)


def test_an_array_above_the_cap_is_scaled_down_too():
    picture = Picture.of(np.zeros((10, MAX_LONG_SIDE * 2, 3), np.uint8))
    assert picture.pixels.shape == (5, MAX_LONG_SIDE, 3)
    assert picture.scale == 2.0


def test_no_bytes_are_named_as_such():
    with pytest.raises(ImageFormatError, match="empty"):
        read_picture(b"")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"GIF89a" + bytes(40), "a GIF file"),
        (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(40), "a WEBP file"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "a HEIC, AVIF or video file"),
        (b"BM" + bytes(60), "a BMP file"),
        (b"%PDF-1.7\n", "a PDF file"),
        (b"<html><body>404</body></html>", "no known format"),
        (b"\0", "no known format"),
    ],
)
def test_what_is_no_picture_is_called_by_its_name(data, name):
    with pytest.raises(ImageFormatError, match=name):
        read_picture(data)


def test_a_jpeg_called_png_is_read_for_what_it_is():
    # read_picture never sees a name: the content decides
    assert read_picture(jpeg(smooth_noise(40, 40))).width == 40


@pytest.mark.parametrize("encode", [png, jpeg])
def test_a_truncated_picture_is_refused_wherever_it_ends(encode):
    data = encode(smooth_noise(64, 64))
    for end in [4, 9, 20, 33, 60, len(data) // 4, len(data) // 2, len(data) - 20]:
        with pytest.raises(ImageError):
            read_picture(data[:end])


@pytest.mark.parametrize(
    "data",
    [
        png_header(60_000, 60_000),
        png_header(2**31 - 1, 2**31 - 1),
        jpeg_header(65_000, 65_000),
        jpeg_header(8_192, 8_192),
    ],
)
def test_a_bomb_is_refused_by_its_header_alone(data):
    with pytest.raises(ImageTooLargeError, match="megapixels"):
        read_picture(data)


def test_a_jpeg_whose_channels_come_one_after_another_is_charged_for_its_coefficients():
    with pytest.raises(ImageTooLargeError, match="MiB"):
        read_picture(grey_jpeg(7900, 7900, channels_apart=True)[:2000])
    assert read_picture(grey_jpeg(64, 48, channels_apart=True)).pixels.shape == (48, 64, 3)


def test_bytes_between_a_jpegs_frame_and_its_scans_hide_no_scans_of_their_own():
    data = grey_jpeg(7900, 7900, channels_apart=True)
    tables = data.index(b"\xff\xc4")
    with pytest.raises(ImageUnreadableError):
        read_picture(data[:tables] + b"\0\0" + data[tables:])


def test_a_progressive_jpeg_is_charged_for_its_coefficients():
    with pytest.raises(ImageTooLargeError, match="MiB"):
        read_picture(jpeg_header(7900, 7900, marker=0xC2))
    with pytest.raises(ImageUnreadableError):
        read_picture(jpeg_header(7900, 7900, marker=0xC0))


def test_a_progressive_jpeg_of_endless_scans_is_refused():
    data = jpeg(smooth_noise(64, 64), progressive=True)
    with pytest.raises(ImageUnreadableError, match="scans"):
        read_picture(data[:-2] + b"\xff\xda\0\2" * 200 + data[-2:])


@pytest.mark.parametrize("kind", [b"zTXt", b"iCCP", b"iTXt", b"acTL", b"tEXt"])
def test_what_a_png_brings_besides_its_picture_is_not_unpacked(kind, capfd):
    pixels = smooth_noise(40, 40)
    whole = png(pixels)
    bomb = png_chunk(kind, b"key\0\0" + zlib.compress(bytes(20_000_000), 9))
    assert np.array_equal(read_picture(whole[:33] + bomb * 3 + whole[33:]).pixels, pixels)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("data", [png_header(0, 10), jpeg_header(10, 0)])
def test_a_picture_without_pixels_is_unreadable(data):
    with pytest.raises(ImageUnreadableError, match="pixels"):
        read_picture(data)


def test_a_png_of_a_colour_type_that_does_not_exist_is_unreadable():
    with pytest.raises(ImageUnreadableError, match="colour type 5"):
        read_picture(png_header(10, 10, colour=5))


def test_fill_bytes_before_a_marker_are_skipped_within_reason():
    data = jpeg(smooth_noise(40, 40))
    assert read_picture(data[:2] + b"\xff" * 100 + data[2:]).width == 40
    with pytest.raises(ImageUnreadableError):
        read_picture(data[:2] + b"\xff" * 10_000 + data[2:])


def test_a_jpeg_without_a_frame_is_unreadable():
    with pytest.raises(ImageUnreadableError, match="no frame header"):
        read_picture(b"\xff\xd8\xff\xd9")


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:60] + bytes([data[60] ^ 1]) + data[61:],
        lambda data: data[:-12],
        lambda data: data[:-4],
    ],
)
def test_a_damaged_png_is_found_before_the_decoder_complains(damage, capfd):
    with pytest.raises(ImageUnreadableError):
        read_picture(damage(png(smooth_noise(64, 64))))
    assert capfd.readouterr().err == ""


def test_a_png_whose_body_is_another_size_is_unreadable():
    small = png(smooth_noise(16, 16))
    lying = small[:8] + png_chunk(b"IHDR", struct.pack(">II", 64, 64) + small[24:29]) + small[33:]
    with pytest.raises(ImageUnreadableError):
        read_picture(lying)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_bytes_end_in_a_picture_or_a_named_error(data):
    original = data.draw(st.sampled_from([png(smooth_noise(24, 24)), jpeg(smooth_noise(24, 24))]))
    damaged = bytearray(original)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(damaged)))
    with contextlib.suppress(ImageError):
        assert read_picture(bytes(damaged[:cut])).pixels.ndim == 3


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]))
def test_random_bytes_end_in_a_named_error(tail, start):
    with pytest.raises(ImageError):
        read_picture(start + tail)
