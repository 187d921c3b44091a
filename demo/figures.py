"""Drawn students: bodies for the heads that were cut out of portraits, in the poses of a lesson.

A figure is drawn in units of its seat (the width of a face), from the middle of its face.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from demo.brush import Canvas, Colour, Floats, ellipse, lit, mixed, moved, points, rgb, rounded, stroke
from demo.classroom import Seat
from demo.dice import dice
from demo.heads import FACE_WIDTH, Head
from faces import Box

CLOTHES: Final = tuple(
    rgb(code)
    for code in (
        "355070",
        "6d8f71",
        "b56576",
        "e0a458",
        "457b9d",
        "7a6c9c",
        "8fb3c4",
        "8c5a3c",
        "2a9d8f",
        "4a4e69",
    )
)


class Pose(StrEnum):
    """What a student does while a frame is taken."""

    FACING = "facing"
    HIDDEN = "hidden"
    """Behind a book."""
    TURNED = "turned"
    """Looking back, so that the camera sees hair."""
    BENT = "bent"
    """Head down on the arms."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a figure wears and how it is built: always the same for a student."""

    clothes: Colour
    skin: Colour
    hair: Colour
    collar: str
    breadth: float


@dataclass(frozen=True, slots=True)
class Sway:
    """How a head is off its place in one frame: in face widths, and degrees."""

    x: float = 0.0
    y: float = 0.0
    turn: float = 0.0


def look_of(name: str, seat: Seat, head: Head | None) -> Look:
    """Dress a student. What the portrait shows is kept, the rest depends on name and seat.

    Parameters
    ----------
    name : str
        A name that stays, such as the student's id.
    seat : Seat
        Where the student always sits: neighbours do not wear the same.
    head : Head or None
        The student's head, if one could be cut out.
    """
    chance = dice("look", name)
    chosen = CLOTHES[seat.number * 3 % len(CLOTHES)]
    collar = str(chance.choice(["crew", "crew", "shirt", "hood"]))
    breadth = float(chance.uniform(0.94, 1.04))
    if head is None:
        return Look(chosen, rgb("c99a78"), rgb("4a3428"), collar, breadth)
    clothes = head.clothes or chosen
    # Black and white clothes burn out or drown in the drawing; a little of another colour keeps their folds.
    clothes = mixed(clothes, chosen, 0.25 if 40 < sum(clothes) / 3 < 215 else 0.45)
    return Look(clothes, head.skin, head.hair, collar, breadth)


def paint_student(canvas: Canvas, seat: Seat, look: Look, head: Head | None, pose: Pose, sway: Sway) -> Box:
    """Paint a student on the chair, down to where the desk will hide the rest.

    Returns
    -------
    Box
        Where the face is, or would be if the pose did not hide it, in pixels of the canvas.
    """
    u = seat.unit
    x, y = seat.x + sway.x * u, seat.y + sway.y * u
    _torso(canvas, seat, look, lowered=pose is Pose.BENT)
    if pose is Pose.BENT:
        return _bent_head(canvas, seat, look)
    _neck(canvas, seat, look, x, y)
    if pose is Pose.TURNED or head is None:
        _back_of_head(canvas, x, y, u, look)
        return Box(x - u / 2, y - 0.65 * u, u, 1.3 * u)
    return _portrait_head(canvas, x, y, u, look, head, sway.turn)


def paint_arms(canvas: Canvas, seat: Seat, look: Look, pose: Pose) -> None:
    """Paint forearms and hands on the desk, after the desk."""
    u, x, y = seat.unit, seat.x, seat.y
    if pose is Pose.BENT:
        return
    sleeve = lit(look.clothes, 0.9)
    for side in (-1, 1):
        elbow = (x + side * 1.28 * look.breadth * u, y + 1.78 * u)
        wrist = (x + side * 0.5 * u, y + 2.0 * u)
        hand = ellipse(x + side * 0.36 * u, y + 2.02 * u, 0.19 * u, 0.115 * u, turn=side * 14.0)
        arm = rounded(
            stroke([elbow, ((elbow[0] + wrist[0]) / 2, y + 1.93 * u), wrist], [0.4 * u, 0.36 * u, 0.26 * u]),
            2,
        )
        canvas.fill(moved(arm, 0.0, 0.1 * u), (25, 25, 35), strength=0.25, soft=0.06 * u)
        if pose is Pose.HIDDEN:
            continue
        canvas.fill(hand, lit(look.skin, 0.98), fade=(1.05, 0.88))
        canvas.fill(arm, sleeve, fade=(1.08, 0.78))
    if pose is Pose.HIDDEN:
        _book_in_hands(canvas, seat, look)


def _torso(canvas: Canvas, seat: Seat, look: Look, *, lowered: bool) -> None:
    u, x = seat.unit, seat.x
    y = seat.y + (0.42 * u if lowered else 0.0)
    b = look.breadth * u
    half = [(0.0, 0.86), (0.3, 0.84), (0.66, 0.94), (1.1, 1.06), (1.36, 1.32), (1.46, 1.75), (1.5, 2.35)]
    right = [(x + a * b, y + d * u) for a, d in half]
    left = [(x - a * b, y + d * u) for a, d in reversed(half[1:])]
    body = rounded(points(*right, *left), 3)
    canvas.fill(moved(body, 0.14 * u, 0.12 * u), (25, 25, 35), strength=0.3, soft=0.16 * u)
    canvas.fill(body, look.clothes, fade=(1.1, 0.78), across=(1.06, 0.88))
    for side in (-1, 1):
        crease = stroke(
            [
                (x + side * 0.98 * b, y + 1.4 * u),
                (x + side * 0.9 * b, y + 1.7 * u),
                (x + side * 0.94 * b, y + 2.2 * u),
            ],
            [0.02 * u, 0.06 * u, 0.05 * u],
        )
        canvas.fill(crease, lit(look.clothes, 0.6), strength=0.55, soft=0.025 * u)


def _neck(canvas: Canvas, seat: Seat, look: Look, x: float, y: float) -> None:
    u, base = seat.unit, seat.x
    top, foot = y + 0.3 * u, seat.y + 0.98 * u
    neck = points((x - 0.27 * u, top), (x + 0.27 * u, top), (base + 0.33 * u, foot), (base - 0.33 * u, foot))
    opening = ellipse(base, seat.y + 0.93 * u, 0.37 * u, 0.17 * u)
    if look.collar == "hood":
        canvas.fill(
            ellipse(base, seat.y + 0.9 * u, 0.62 * u, 0.27 * u), lit(look.clothes, 0.86), fade=(1.1, 0.8)
        )
    if look.collar == "shirt":
        opening = points(
            (base - 0.36 * u, seat.y + 0.86 * u),
            (base + 0.36 * u, seat.y + 0.86 * u),
            (base, seat.y + 1.3 * u),
        )
    canvas.fill(opening, lit(look.skin, 0.86))
    canvas.fill(neck, lit(look.skin, 0.92), fade=(0.72, 1.0))
    if look.collar == "shirt":
        light = mixed(look.clothes, (245, 245, 245), 0.45)
        for side in (-1, 1):
            flap = points(
                (base + side * 0.31 * u, seat.y + 0.76 * u),
                (base + side * 0.5 * u, seat.y + 0.95 * u),
                (base + side * 0.27 * u, seat.y + 1.28 * u),
                (base + side * 0.02 * u, seat.y + 1.2 * u),
            )
            canvas.fill(moved(flap, 0.0, 0.04 * u), (20, 20, 30), strength=0.25, soft=0.03 * u)
            canvas.fill(flap, light, fade=(1.03, 0.9))
    else:
        rim = [
            (base + 0.37 * u * float(np.cos(a)), seat.y + 0.93 * u + 0.18 * u * float(np.sin(a)))
            for a in np.linspace(0, np.pi, 15)
        ]
        canvas.line(rim, 0.055 * u, lit(look.clothes, 0.72))
    canvas.fill(ellipse(x, y + 0.66 * u, 0.34 * u, 0.13 * u), (20, 25, 45), strength=0.28, soft=0.07 * u)


def _portrait_head(canvas: Canvas, x: float, y: float, u: float, look: Look, head: Head, turn: float) -> Box:
    if not head.crowned:
        skull = ellipse(x, y - 0.33 * u, 0.5 * u, 0.6 * u, turn)
        canvas.fill(skull, look.hair, fade=(1.05, 0.85), soft=0.02 * u)
    scale, turned = u / FACE_WIDTH, np.radians(turn)
    along, aside = scale * np.cos(turned), scale * np.sin(turned)
    middle_x, middle_y = head.face.centre
    placing: Floats = np.array(
        [
            [along, aside, x - along * middle_x - aside * middle_y],
            [-aside, along, y + aside * middle_x - along * middle_y],
        ]
    )
    canvas.stamp(head.colours, head.cover, placing)
    height = head.face.height * scale
    return Box(x - u / 2, y - height / 2, u, height)


def _back_of_head(canvas: Canvas, x: float, y: float, u: float, look: Look) -> None:
    for side in (-1, 1):
        canvas.fill(ellipse(x + side * 0.58 * u, y + 0.02 * u, 0.09 * u, 0.17 * u), lit(look.skin, 0.9))
    canvas.fill(ellipse(x, y - 0.12 * u, 0.6 * u, 0.76 * u), look.hair, fade=(1.25, 0.75))
    shine = ellipse(x - 0.16 * u, y - 0.5 * u, 0.26 * u, 0.12 * u, 18.0)
    canvas.fill(shine, lit(look.hair, 1.8), strength=0.3, soft=0.08 * u)
    for strand in np.linspace(-0.4, 0.4, 7):
        path = [
            (x + 0.3 * strand * u, y - 0.84 * u),
            (x + strand * 1.15 * u, y - 0.2 * u),
            (x + strand * u, y + 0.55 * u),
        ]
        canvas.fill(stroke(path, [0.01 * u, 0.03 * u, 0.01 * u]), lit(look.hair, 0.6), strength=0.5)


def _bent_head(canvas: Canvas, seat: Seat, look: Look) -> Box:
    u, x, y = seat.unit, seat.x, seat.y + 0.95 * seat.unit
    canvas.fill(ellipse(x, y + 0.05 * u, 0.64 * u, 0.62 * u), (20, 20, 30), strength=0.3, soft=0.08 * u)
    canvas.fill(ellipse(x, y, 0.58 * u, 0.62 * u), look.hair, fade=(1.3, 0.75))
    parting = stroke(
        [(x - 0.05 * u, y - 0.6 * u), (x + 0.04 * u, y - 0.25 * u), (x, y + 0.2 * u)],
        [0.02 * u, 0.035 * u, 0.01 * u],
    )
    canvas.fill(parting, mixed(look.hair, look.skin, 0.5), strength=0.8)
    canvas.fill(
        ellipse(x - 0.22 * u, y - 0.3 * u, 0.2 * u, 0.1 * u, 30.0),
        lit(look.hair, 1.8),
        strength=0.3,
        soft=0.06 * u,
    )
    return Box(x - 0.5 * u, y - 0.4 * u, u, 1.0 * u)


def _book_in_hands(canvas: Canvas, seat: Seat, look: Look) -> None:
    u, x, y = seat.unit, seat.x, seat.y
    cover = rgb("a23e48") if int(seat.number) % 2 else rgb("2f6690")
    top, foot = y - 0.62 * u, y + 0.82 * u
    left, right = x - 0.92 * u, x + 0.92 * u
    for side in (-1, 1):
        arm = stroke(
            [
                (x + side * 1.2 * u, y + 1.8 * u),
                (x + side * 1.12 * u, y + 1.2 * u),
                (x + side * 0.8 * u, y + 0.68 * u),
            ],
            [0.38 * u, 0.34 * u, 0.26 * u],
        )
        canvas.fill(rounded(arm, 2), lit(look.clothes, 0.92), fade=(1.08, 0.8))
    board = points(
        (left, top + 0.06 * u),
        (x, top - 0.03 * u),
        (right, top + 0.06 * u),
        (right, foot),
        (x, foot - 0.08 * u),
        (left, foot),
    )
    canvas.fill(moved(board, 0.05 * u, 0.1 * u), (20, 20, 30), strength=0.3, soft=0.08 * u)
    canvas.fill(board, cover, fade=(1.1, 0.85))
    canvas.fill(
        points(
            (x - 0.035 * u, top - 0.03 * u),
            (x + 0.035 * u, top - 0.03 * u),
            (x + 0.035 * u, foot - 0.08 * u),
            (x - 0.035 * u, foot - 0.08 * u),
        ),
        lit(cover, 0.7),
    )
    title = points(
        (x + 0.2 * u, top + 0.28 * u),
        (right - 0.16 * u, top + 0.31 * u),
        (right - 0.16 * u, top + 0.5 * u),
        (x + 0.2 * u, top + 0.48 * u),
    )
    canvas.fill(title, rgb("f1e3c6"))
    for side in (-1, 1):
        canvas.fill(
            ellipse(x + side * 0.86 * u, y + 0.56 * u, 0.13 * u, 0.17 * u, side * 20.0),
            look.skin,
            fade=(1.05, 0.85),
        )
