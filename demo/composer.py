"""Composes bursts of classroom frames out of cut-out heads, and says who is where in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from demo.brush import Canvas, Floats, Layer, layer_of
from demo.classroom import (
    HEIGHT,
    ROW_COUNT,
    SEAT_COUNT,
    SEATS,
    WIDTH,
    Classroom,
    light_map,
    paint_chair,
    paint_desk,
    paint_room,
    paint_things,
)
from demo.dice import dice
from demo.figures import Look, Pose, Sway, look_of, paint_arms, paint_student
from demo.heads import Head
from demo.lens import Lens, photograph, vignette
from faces import Box

DEFAULT_SIZE: Final = (WIDTH, HEIGHT)

_LOST_MOMENTS: Final = 2
"""Students of a burst who hide or turn away for one frame of it; the other frames make up for it."""


@dataclass(frozen=True, slots=True)
class Sitter:
    """Somebody in the room.

    Attributes
    ----------
    name : tells the people of a room apart: the student's id, or any other word for a stranger
    seat : from 1 to `SEAT_COUNT`
    head : what the camera sees; None for a student whose portrait shows no face, who is drawn with the
        head on the desk
    student_id : None for a stranger
    """

    name: str
    seat: int
    head: Head | None
    student_id: str | None


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a sitter is in a frame.

    Attributes
    ----------
    student_id : None for a stranger
    seat : the seat's number
    box : the face, in pixels of the frame; where it would be, if the pose hides it
    pose : only a FACING face can be recognised
    """

    student_id: str | None
    seat: int
    box: Box
    pose: Pose


@dataclass(frozen=True, slots=True)
class ComposedFrame:
    """A JPEG, and the truth about it: everybody in the picture, by seat."""

    jpeg: bytes
    truth: tuple[Placement, ...]


def compose_burst(
    room: Classroom,
    sitters: Sequence[Sitter],
    *,
    seed: int,
    frames: int = 3,
    size: tuple[int, int] = DEFAULT_SIZE,
    lens: Lens | None = None,
) -> tuple[ComposedFrame, ...]:
    """Compose the frames of one capture. The same arguments give the same bytes.

    Parameters
    ----------
    room : Classroom
        The room to draw.
    sitters : sequence of Sitter
        Everybody in it; whoever is absent is simply not among them.
    seed : int
        What varies between captures: sway, exposure, noise, and who hides for a moment.
    frames : int
        At least 1. Nobody hides in a burst of one frame.
    size : tuple of int
        Width and height in pixels, 16:9. The room is drawn at 1920 x 1080 and scaled.
    lens : Lens, optional
        The camera's shortcomings.

    Raises
    ------
    ValueError
        A seat is taken twice or does not exist, the size is not 16:9, or there is no frame to compose.
    """
    _check(sitters, frames, size)
    chance = dice("burst", seed, room.room_id)
    moments = _lost_moments(sitters, frames, chance)
    looks = {sitter.seat: look_of(sitter.name, SEATS[sitter.seat - 1], sitter.head) for sitter in sitters}
    by_seat = {sitter.seat: sitter for sitter in sitters}
    return tuple(
        _frame(room, by_seat, looks, moments[number], chance, size, lens or Lens())
        for number in range(frames)
    )


def _check(sitters: Sequence[Sitter], frames: int, size: tuple[int, int]) -> None:
    if frames < 1:
        raise ValueError("a burst has at least one frame")
    if size[0] * HEIGHT != size[1] * WIDTH:
        raise ValueError(f"frames are 16:9, not {size[0]} x {size[1]}")
    taken = [sitter.seat for sitter in sitters]
    if len(set(taken)) < len(taken):
        raise ValueError("two sitters have the same seat")
    if any(not 1 <= seat <= SEAT_COUNT for seat in taken):
        raise ValueError(f"seats are numbered from 1 to {SEAT_COUNT}")


def _lost_moments(
    sitters: Sequence[Sitter], frames: int, chance: np.random.Generator
) -> list[dict[int, Pose]]:
    """Choose who hides in which frame: some students, each for one; in the first all still look up."""
    moments: list[dict[int, Pose]] = [{} for _ in range(frames)]
    candidates = sorted(sitter.seat for sitter in sitters if sitter.student_id and sitter.head)
    if frames == 1 or not candidates:
        return moments
    count = min(_LOST_MOMENTS, len(candidates))
    chosen = chance.choice(candidates, count, replace=False)
    for seat, pose in zip(chosen, (Pose.HIDDEN, Pose.TURNED), strict=False):
        moments[int(chance.integers(1, frames))][int(seat)] = pose
    return moments


def _frame(
    room: Classroom,
    by_seat: dict[int, Sitter],
    looks: dict[int, Look],
    lost: dict[int, Pose],
    chance: np.random.Generator,
    size: tuple[int, int],
    lens: Lens,
) -> ComposedFrame:
    canvas = _empty_room(room).copy()
    truth: list[Placement] = []
    for row in reversed(range(ROW_COUNT)):  # the back row first: who sits nearer hides what is behind
        chairs, desks = _furniture(room, row)
        seated = [
            (seat, by_seat[seat.number]) for seat in SEATS if seat.row == row and seat.number in by_seat
        ]
        poses = {
            seat.number: lost.get(seat.number, Pose.FACING if sitter.head else Pose.BENT)
            for seat, sitter in seated
        }
        canvas.lay(chairs)
        for seat, sitter in seated:
            pose = poses[seat.number]
            box = paint_student(canvas, seat, looks[seat.number], sitter.head, pose, _sway(chance))
            truth.append(Placement(sitter.student_id, seat.number, _scaled(box, size), pose))
        canvas.lay(desks)
        for seat, _ in seated:
            paint_arms(canvas, seat, looks[seat.number], poses[seat.number])
    exposure = float(np.clip(chance.normal(1.0, 0.02), 0.94, 1.06))
    jpeg = photograph(canvas, _light(room), lens, chance, exposure, size)
    return ComposedFrame(jpeg, tuple(sorted(truth, key=lambda placement: placement.seat)))


def _sway(chance: np.random.Generator) -> Sway:
    x, y, turn = np.clip(chance.normal(0.0, 1.0, 3), -2.0, 2.0) * (0.025, 0.018, 1.8)
    return Sway(float(x), float(y), float(turn))


def _scaled(box: Box, size: tuple[int, int]) -> Box:
    scale = size[0] / WIDTH
    return Box(box.x * scale, box.y * scale, box.width * scale, box.height * scale)


@cache
def _empty_room(room: Classroom) -> Canvas:
    return paint_room(room)


@cache
def _light(room: Classroom) -> Floats:
    return np.asarray(light_map(room) * vignette(WIDTH, HEIGHT), np.float32)


@cache
def _furniture(room: Classroom, row: int) -> tuple[Layer, Layer]:
    """Return the chairs of a row, and its desks with what lies on them."""
    seats = [seat for seat in SEATS if seat.row == row]

    def chairs(canvas: Canvas) -> None:
        for seat in seats:
            paint_chair(canvas, seat, room)

    def desks(canvas: Canvas) -> None:
        for seat in seats:
            paint_desk(canvas, seat, room)
            paint_things(canvas, seat, room)

    return layer_of(WIDTH, HEIGHT, chairs), layer_of(WIDTH, HEIGHT, desks)
