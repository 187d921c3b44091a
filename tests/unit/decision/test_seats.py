"""Following faces across the frames of a burst by place."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from attendance.domain.seats import follow
from attendance.domain.sightings import Box, Face

ratios = st.floats(0, 0.9)


def face(frame: int, index: int, left: float, top: float = 0.5, width: float = 0.04) -> Face:
    return Face(frame, index, Box(left, top, width, width * 1.6), 99.0)


@st.composite
def bursts(draw) -> list[Face]:
    return [
        face(frame, index, draw(ratios), draw(ratios), draw(st.floats(0.01, 0.1)))
        for frame in range(1, draw(st.integers(1, 4)) + 1)
        for index in range(draw(st.integers(0, 5)))
    ]


@given(bursts())
def test_every_face_has_one_seat_and_a_seat_one_face_a_frame(burst):
    seats = follow(burst)
    assert sorted((f.frame, f.index) for seat in seats for f in seat.faces) == sorted(
        (f.frame, f.index) for f in burst
    )
    for seat in seats:
        assert [f.frame for f in seat.faces] == sorted({f.frame for f in seat.faces})


@given(bursts(), st.floats(-0.2, 0.2), st.floats(-0.2, 0.2))
def test_a_burst_of_one_picture_has_a_seat_for_each_of_its_faces(burst, across, down):
    """Heads that move by a fifth of their width stay in their seats, where the seats are a width apart."""
    first = [f for f in burst if f.frame == 1]
    apart = [
        f
        for f in first
        if all(
            abs(f.box.left - o.box.left) > 2 * max(f.box.width, o.box.width)
            or abs(f.box.top - o.box.top) > 2 * max(f.box.height, o.box.height)
            for o in first
            if o is not f
        )
    ]
    moved = [
        replace(
            f,
            frame=2,
            box=replace(f.box, left=f.box.left + across * f.box.width, top=f.box.top + down * f.box.height),
        )
        for f in apart
    ]
    assert {tuple((f.frame, f.index) for f in seat.faces) for seat in follow([*apart, *moved])} == {
        ((1, f.index), (2, f.index)) for f in apart
    }


def test_who_is_missed_in_a_frame_is_found_again_in_the_next():
    seats = follow([face(1, 0, 0.5), face(3, 0, 0.505)])
    assert [len(seat.faces) for seat in seats] == [2]


def test_a_neighbour_does_not_take_the_seat_of_one_who_was_missed():
    seats = follow([face(1, 0, 0.50), face(1, 1, 0.56), face(2, 0, 0.56)])
    assert sorted(len(seat.faces) for seat in seats) == [1, 2]
    (both,) = [seat for seat in seats if len(seat.faces) == 2]
    assert both.faces[0].index == 1


def test_neighbours_who_lean_the_same_way_keep_their_seats():
    lean = 0.02
    first = [face(1, n, 0.1 + 0.06 * n) for n in range(5)]
    leaning = [face(2, n, 0.1 + 0.06 * n + lean) for n in range(5)]
    seats = follow([*first, *leaning])
    assert {tuple(f.index for f in seat.faces) for seat in seats} == {(n, n) for n in range(5)}


def test_someone_much_nearer_to_the_camera_sits_elsewhere():
    assert len(follow([face(1, 0, 0.5, width=0.03), face(2, 0, 0.49, width=0.09)])) == 2
