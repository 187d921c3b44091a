"""Frames swept in tiles over a service that sees as Rekognition: by size, a hundred at most, cut at edges."""

from collections.abc import Sequence
from itertools import pairwise, product
from math import ceil

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from attendance.adapters.tiles import (
    LEAST_FACE,
    MOST_BYTES,
    MOST_FACES,
    Look,
    Tile,
    TileFace,
    encode_tile,
    grid,
    least_face,
    merged,
    sweep,
)
from attendance.domain.sightings import Box as Ratios
from faces import Box

FULL_HD = Tile(0, 0, 1920, 1080)
FOUR_K = Tile(0, 0, 3840, 2160)
SURELY_SEEN = 48
"""Pixels: no tile is so large that it would not show a face of this size."""


class Service:
    """Tells of faces as Rekognition does; a cut face is told as what is left of it, if that is half of it."""

    def __init__(self, *there: Box) -> None:
        self._there = there
        self.asked: list[Tile] = []

    def __call__(self, tile: Tile) -> Sequence[TileFace]:
        self.asked.append(tile)
        least = least_face(tile.width, tile.height)
        seen = [(part_of(face, tile), face) for face in self._there]
        told = [
            part
            for part, face in seen
            if min(face.width, face.height) >= least and part.area >= 0.5 * face.area
        ]
        told.sort(key=lambda box: box.area, reverse=True)
        # The same face is told a little differently each time.
        return [TileFace(box, 99.0 - 0.01 * len(self.asked)) for box in told[:MOST_FACES]]


def part_of(face: Box, tile: Tile) -> Box:
    left, top = max(face.x, tile.left), max(face.y, tile.top)
    right = min(face.x + face.width, tile.left + tile.width)
    bottom = min(face.y + face.height, tile.top + tile.height)
    return Box(left, top, max(0.0, right - left), max(0.0, bottom - top))


def boxes(faces: Sequence[TileFace]) -> set[Box]:
    return {face.box for face in faces}


def seated(columns: int, rows: int, side: int, frame: Tile) -> list[Box]:
    """Faces in rows, evenly over the frame."""
    across, down = frame.width // columns, frame.height // rows
    return [Box(c * across + 5, r * down + 5, side, side) for r, c in product(range(rows), range(columns))]


@st.composite
def frames(draw: st.DrawFn) -> Tile:
    return Tile(0, 0, draw(st.integers(600, 4000)), draw(st.integers(600, 4000)))


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Tile, list[Box]]:
    """A frame with faces of every size apart from each other, often where tiles are cut."""
    frame = draw(frames())
    there: list[Box] = []
    for _ in range(draw(st.integers(1, 14))):
        width = draw(st.integers(SURELY_SEEN, min(400, frame.width // 2)))
        height = min(round(width * draw(st.floats(1.0, 1.6))), frame.height)
        if draw(st.booleans()):  # near a cut, more likely than not
            x = frame.width // 2 + draw(st.integers(-300, 300))
            y = frame.height // 2 + draw(st.integers(-300, 300))
        else:
            x, y = draw(st.integers(0, frame.width)), draw(st.integers(0, frame.height))
        x, y = min(max(0, x), frame.width - width), min(max(0, y), frame.height - height)
        face = Box(x, y, width, height)
        if all(face.overlap(other) < 0.2 for other in there):
            there.append(face)
    return frame, there


@settings(max_examples=150, deadline=None)
@given(scenes())
def test_every_face_of_a_frame_is_found_once_and_whole(scene):
    frame, there = scene
    service = Service(*there)
    found, calls = sweep(frame, service)
    assert boxes(found) == set(there)
    assert len(found) == len(there)
    assert calls == len(service.asked)


@st.composite
def crowds(draw: st.DrawFn) -> tuple[Tile, list[Box]]:
    """More faces than one answer tells of, and none too small to be told of where it is looked for."""
    frame = draw(st.sampled_from([FULL_HD, FOUR_K, Tile(0, 0, 1080, 1920), Tile(0, 0, 3000, 2000)]))
    columns, rows = draw(st.integers(11, 24)), draw(st.integers(10, 16))
    most = min(frame.width // columns, int(frame.height / rows / 1.3))
    least = ceil(min(SURELY_SEEN, most - 1))
    random = draw(st.randoms(use_true_random=False))
    there = []
    for row, column in product(range(rows), range(columns)):
        width = random.randint(least, most)
        height = int(width * random.uniform(1.0, 1.3))
        x = column * (frame.width // columns) + random.randint(0, frame.width // columns - width)
        y = row * (frame.height // rows) + random.randint(0, frame.height // rows - height)
        there.append(Box(x, y, width, height))
    assume(least >= LEAST_FACE)
    return frame, there


@settings(max_examples=20, deadline=None)
@given(crowds())
def test_those_whom_the_limit_of_a_hundred_left_out_are_found_too(crowd):
    frame, there = crowd
    found, _ = sweep(frame, Service(*there))
    surely_seen = {face for face in there if min(face.width, face.height) >= SURELY_SEEN}
    assert surely_seen <= boxes(found) <= set(there)
    assert len(found) == len(boxes(found))


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 9000),
    st.integers(1, 9000),
    st.integers(700, 2400),
    st.integers(700, 2400),
    st.integers(0, 600),
)
def test_tiles_cover_a_frame_without_reaching_out_of_it(width, height, most_across, most_down, overlap):
    frame = Tile(7, 11, width, height)
    tiles = grid(frame, (most_across, most_down), overlap)
    lefts = sorted({(tile.left, tile.width) for tile in tiles})
    tops = sorted({(tile.top, tile.height) for tile in tiles})
    assert len(tiles) == len(lefts) * len(tops)
    for spans, start, length, most in [(lefts, 7, width, most_across), (tops, 11, height, most_down)]:
        assert spans[0][0] == start
        assert spans[-1][0] + spans[-1][1] == start + length
        assert all(span <= most for _, span in spans)
        assert all(one + span - other >= overlap for (one, span), (other, _) in pairwise(spans))


@pytest.mark.parametrize(
    ("width", "height", "calls"),
    [
        (640, 480, 1),
        (1920, 1080, 1),
        (1080, 1920, 1),
        (2304, 1296, 1),
        (2560, 1440, 4),
        (3840, 2160, 5),
        (2160, 3840, 5),
        (4000, 2250, 5),
        (4000, 3000, 7),
        (4000, 4000, 9),
    ],
)
def test_a_frame_costs_as_few_calls_as_its_size_asks_for(width, height, calls):
    assert sweep(Tile(0, 0, width, height), Service())[1] == calls


def test_small_faces_of_a_large_frame_are_found_in_tiles_alone():
    small = Box(1000, 700, 50, 60)
    service = Service(small)
    assert service(FOUR_K) == []
    assert boxes(sweep(FOUR_K, service)[0]) == {small}


def test_a_face_larger_than_any_overlap_is_taken_from_the_whole_frame():
    large = Box(1500, 700, 900, 1100)
    assert boxes(sweep(FOUR_K, Service(large))[0]) == {large}


@pytest.mark.parametrize(
    ("frame", "columns", "rows", "side"),
    [(FULL_HD, 15, 9, 60), (FULL_HD, 24, 16, 45), (FULL_HD, 30, 20, 42), (FOUR_K, 14, 8, 230)],
)
def test_a_crowd_of_more_than_a_hundred_is_seen_whole(frame, columns, rows, side):
    there = seated(columns, rows, side, frame)
    service = Service(*there)
    assert len(service(frame)) == MOST_FACES
    found, _ = sweep(frame, service)
    assert boxes(found) == set(there)


def test_tiles_overlap_by_the_smallest_face_that_was_told_where_that_is_large():
    middle = Box(1808, 968, 224, 224)
    others = [box for box in seated(14, 8, 230, FOUR_K) if box.overlap(middle) == 0]
    service = Service(*others, middle)
    assert middle not in boxes(service(FOUR_K))
    assert middle in boxes(sweep(FOUR_K, service)[0])


def test_ninety_nine_faces_are_all_there_are():
    there = seated(11, 9, 60, FULL_HD)
    assert sweep(FULL_HD, Service(*there))[1] == 1


def test_a_service_that_always_tells_of_a_hundred_is_not_asked_for_ever():
    hundred = [TileFace(Box(1, 1, 9, 9), 99.0)] * MOST_FACES
    assert sweep(FOUR_K, lambda _: hundred)[1] <= 85


def test_faces_come_largest_first():
    there = [Box(100, 100, 60, 70), Box(2000, 300, 90, 100), Box(900, 1500, 200, 230)]
    found, _ = sweep(FOUR_K, Service(*there))
    assert [face.box for face in found] == there[::-1]


def test_of_one_face_in_two_tiles_the_surer_detection_is_taken():
    one, other = Tile(0, 0, 2000, 2160), Tile(1840, 0, 2000, 2160)
    less, more = TileFace(Box(1900, 500, 60, 60), 80.0), TileFace(Box(1903, 498, 60, 62), 90.0)
    assert merged(FOUR_K, [Look(one, []), Look(other, [less])]) == [less]
    assert merged(FOUR_K, [Look(Tile(0, 0, 3840, 2160), [less]), Look(other, [more])]) == [more]
    assert merged(FOUR_K, [Look(other, [more]), Look(Tile(0, 0, 3840, 2160), [less])]) == [more]


def test_two_faces_that_one_look_told_apart_stay_two():
    near = [TileFace(Box(500, 500, 60, 60), 90.0), TileFace(Box(515, 505, 60, 60), 85.0)]
    assert len(merged(FULL_HD, [Look(FULL_HD, near)])) == 2


def test_a_face_at_the_frames_own_edge_is_not_cut():
    edge = [TileFace(Box(-5, 300, 60, 60), 90.0), TileFace(Box(1880, -9, 60, 60), 90.0)]
    assert len(merged(FULL_HD, [Look(FULL_HD, edge)])) == 2


def test_ratios_of_a_tile_and_pixels_of_the_frame_are_each_others_inverse():
    tile = Tile(1820, 980, 2020, 1180)
    box = Ratios(0.25, 0.5, 0.03, 0.05)
    there = tile.pixels_of(box)
    assert (there.x, there.y) == (1820 + 505, 980 + 590)
    back = tile.ratios_of(there)
    assert (back.left, back.top, back.width, back.height) == pytest.approx((0.25, 0.5, 0.03, 0.05))


def test_a_tile_shows_its_part_of_the_frame():
    pixels = np.zeros((2160, 3840, 3), np.uint8)
    pixels[1000:1100, 2000:2200] = 255
    data = encode_tile(pixels, Tile(2000, 1000, 200, 100))
    shown = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert shown.shape == (100, 200, 3)
    assert shown.min() > 250


def test_even_noise_fits_into_what_may_be_sent():
    noise = np.random.default_rng(1).integers(0, 256, (2304, 1296, 3), dtype=np.uint8)
    assert len(encode_tile(noise, Tile(0, 0, 1296, 2304))) <= MOST_BYTES
