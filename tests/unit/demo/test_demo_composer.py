"""Composed frames repeat by seed, and their truth is true."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from demo.classroom import HEIGHT, ROOMS, SEAT_COUNT, SEATS, WIDTH
from demo.composer import ComposedFrame, Sitter, compose_burst
from demo.figures import Pose
from demo.heads import cut_head
from demo.lens import Lens
from faces import Box, FaceEngine, read_picture
from tests.fakes.drawn_faces import draw_face

ROOM = ROOMS["101"]
HEAD = cut_head(draw_face(15, 128), Box(34.0, 32.0, 60.0, 76.0))
NOISELESS = Lens(blur=0.3, noise=0.0, jpeg_quality=95)


def sitter(seat: int, *, stranger: bool = False, faceless: bool = False) -> Sitter:
    return Sitter(f"s-{seat}", seat, None if faceless else HEAD, None if stranger else f"s-{seat}")


def pixels(frame: ComposedFrame) -> NDArray[np.int16]:
    decoded = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.asarray(decoded, np.int16)


def test_the_seats_faces_lie_in_the_frame_and_apart() -> None:
    boxes = [Box(s.x - s.unit / 2, s.y - 0.7 * s.unit, s.unit, 1.4 * s.unit) for s in SEATS]

    assert len(SEATS) == SEAT_COUNT >= 25
    assert min(seat.unit for seat in SEATS) >= 60
    assert all(b.x >= 0 and b.x + b.width <= WIDTH and b.y >= 0 and b.y + b.height <= HEIGHT for b in boxes)
    assert all(a.overlap(b) == 0 for a in boxes for b in boxes if a is not b)


def test_faces_are_larger_towards_the_front() -> None:
    units = {seat.row: (seat.unit, seat.y) for seat in SEATS}

    assert [units[row] for row in sorted(units)] == sorted(units.values(), reverse=True)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not() -> None:
    sitters = [sitter(3), sitter(8), sitter(20, stranger=True)]

    first = compose_burst(ROOM, sitters, seed=7, frames=2)
    again = compose_burst(ROOM, sitters, seed=7, frames=2)
    other = compose_burst(ROOM, sitters, seed=8, frames=2)

    assert first == again
    assert first[0].jpeg != first[1].jpeg
    assert first[0].jpeg != other[0].jpeg


def test_everybody_is_in_the_truth_of_every_frame_and_nobody_else() -> None:
    sitters = [sitter(3), sitter(8), sitter(20, stranger=True), sitter(26, faceless=True)]

    for frame in compose_burst(ROOM, sitters, seed=1, frames=3):
        assert [(p.seat, p.student_id) for p in frame.truth] == [
            (3, "s-3"),
            (8, "s-8"),
            (20, None),
            (26, "s-26"),
        ]


def test_the_boxes_of_a_full_room_lie_in_the_frame_at_their_seats() -> None:
    burst = compose_burst(ROOM, [sitter(seat.number) for seat in SEATS], seed=2, frames=2)

    for frame in burst:
        assert len(frame.truth) == SEAT_COUNT
        for placed, seat in zip(frame.truth, SEATS, strict=True):
            assert 0 <= placed.box.x <= placed.box.x + placed.box.width <= WIDTH
            assert 0 <= placed.box.y <= placed.box.y + placed.box.height <= HEIGHT
            if placed.pose is Pose.FACING:
                x, y = placed.box.centre
                assert abs(x - seat.x) < 0.1 * seat.unit
                assert abs(y - seat.y) < 0.1 * seat.unit


def test_the_detector_sees_the_faces_where_the_truth_says() -> None:
    burst = compose_burst(ROOM, [sitter(2), sitter(9), sitter(16), sitter(24)], seed=3, frames=1)

    found = [face.box for face in FaceEngine().detect(read_picture(burst[0].jpeg))]

    assert len(found) == 4
    for placed in burst[0].truth:
        assert max(box.overlap(placed.box) for box in found) > 0.5


def test_a_hidden_and_a_turned_student_are_not_to_be_seen() -> None:
    burst = compose_burst(ROOM, [sitter(2), sitter(9)], seed=3, frames=2)
    lost = [placed.pose for placed in burst[1].truth]
    engine = FaceEngine()

    assert sorted(lost) == [Pose.HIDDEN, Pose.TURNED]
    assert len(engine.detect(read_picture(burst[0].jpeg))) == 2
    assert engine.detect(read_picture(burst[1].jpeg)) == []


@pytest.mark.parametrize("seed", range(6))
def test_whoever_hides_is_a_student_and_does_so_in_one_frame_only(seed: int) -> None:
    sitters = [sitter(1), sitter(2), sitter(3), sitter(4, stranger=True), sitter(5, faceless=True)]

    burst = compose_burst(ROOM, sitters, seed=seed, frames=3, size=(320, 180))

    poses = {seat: [frame.truth[seat - 1].pose for frame in burst] for seat in range(1, 6)}
    assert poses[4] == [Pose.FACING] * 3
    assert poses[5] == [Pose.BENT] * 3
    lost = [pose for seat in (1, 2, 3) for pose in poses[seat] if pose is not Pose.FACING]
    assert sorted(lost) == [Pose.HIDDEN, Pose.TURNED]
    assert all(poses[seat][0] is Pose.FACING for seat in (1, 2, 3))


def test_nobody_hides_in_a_burst_of_one_frame() -> None:
    (frame,) = compose_burst(ROOM, [sitter(1), sitter(2)], seed=3, frames=1, size=(320, 180))

    assert {placed.pose for placed in frame.truth} == {Pose.FACING}


def test_an_empty_room_has_no_faces() -> None:
    (frame,) = compose_burst(ROOMS["102"], [], seed=3, frames=1)

    assert frame.truth == ()
    assert FaceEngine().detect(read_picture(frame.jpeg)) == []


def test_a_student_changes_the_picture_at_the_own_seat_alone() -> None:
    seat = SEATS[12]
    empty = pixels(compose_burst(ROOM, [], seed=1, frames=1, lens=NOISELESS)[0]).astype(float)
    taken = pixels(compose_burst(ROOM, [sitter(seat.number)], seed=1, frames=1, lens=NOISELESS)[0]).astype(
        float
    )
    taken *= empty[:200].mean() / taken[:200].mean()  # bursts differ in exposure
    changed = np.abs(taken - empty).max(axis=2) > 40

    rows, columns = np.nonzero(changed)
    assert len(rows) > 5000
    assert abs(columns - seat.x).max() < 2 * seat.unit
    assert abs(rows - seat.y).max() < 2.5 * seat.unit


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (640, 360)])
def test_frames_have_the_size_that_was_asked_for_and_boxes_that_fit_it(size: tuple[int, int]) -> None:
    (frame,) = compose_burst(ROOM, [sitter(13)], seed=1, frames=1, size=size)

    assert pixels(frame).shape == (size[1], size[0], 3)
    assert frame.truth[0].box.width == pytest.approx(SEATS[12].unit * size[0] / 1920)


def test_more_noise_makes_a_noisier_picture() -> None:
    clean, noisy = (
        pixels(compose_burst(ROOM, [], seed=1, frames=1, lens=replace(NOISELESS, noise=noise))[0])
        for noise in (0.0, 8.0)
    )
    wall = (slice(210, 250), slice(1120, 1280), 1)

    assert noisy[wall].std() > clean[wall].std() + 3


def test_a_shared_seat_is_refused() -> None:
    with pytest.raises(ValueError, match="same seat"):
        compose_burst(ROOM, [sitter(3), replace(sitter(4), seat=3)], seed=1)


@pytest.mark.parametrize("seat", [0, SEAT_COUNT + 1])
def test_a_seat_that_does_not_exist_is_refused(seat: int) -> None:
    with pytest.raises(ValueError, match="numbered from 1"):
        compose_burst(ROOM, [replace(sitter(4), seat=seat)], seed=1)


@pytest.mark.parametrize(("frames", "size"), [(0, (1920, 1080)), (1, (1000, 1000))])
def test_no_frames_and_other_shapes_are_refused(frames: int, size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"at least one frame|16:9"):
        compose_burst(ROOM, [], seed=1, frames=frames, size=size)
