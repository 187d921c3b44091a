"""A drawn classroom: where its seats are, its walls, windows, desks and chairs.

All coordinates are pixels of a frame of 1920 x 1080. The camera hangs over the board and looks at the class.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from demo.brush import (
    Canvas,
    Colour,
    Floats,
    ellipse,
    lit,
    mixed,
    moved,
    points,
    rectangle,
    rgb,
    rounded,
    stroke,
)
from demo.dice import dice

WIDTH: Final = 1920
HEIGHT: Final = 1080

_ROWS: Final = (
    # seats, face width, height of the faces' middle, from seat to seat
    (5, 98.0, 812.0, 356.0),
    (6, 85.0, 630.0, 303.0),
    (7, 74.0, 474.0, 260.0),
    (8, 67.0, 338.0, 226.0),
)
"""From the front row to the back. The faces of the back row stay above the 60 pixels at which an own engine
and Rekognition alike are at ease."""

ROW_COUNT: Final = len(_ROWS)
SEAT_COUNT: Final = sum(seats for seats, *_ in _ROWS)

_FLOOR: Final = 356.0


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in the room.

    Attributes
    ----------
    number : from 1, along the rows, the front row first, as the camera sees them from left to right
    row : from 0, the front row
    x, y : where the middle of a sitting student's face is
    unit : the width of a face there; all that belongs to the seat is drawn in this measure
    """

    number: int
    row: int
    x: float
    y: float
    unit: float


def _seats() -> tuple[Seat, ...]:
    seats: list[Seat] = []
    for row, (count, unit, y, step) in enumerate(_ROWS):
        first = WIDTH / 2 - step * (count - 1) / 2
        seats += [Seat(len(seats) + 1 + i, row, first + step * i, y, unit) for i in range(count)]
    return tuple(seats)


SEATS: Final = _seats()


@dataclass(frozen=True, slots=True)
class Furniture:
    """Where things are along the back wall, in pixels: left edges, and the middle of clock and plant."""

    notice_board: float
    map: float
    clock: float
    bookshelf: float
    bunting: float
    plant: float


@dataclass(frozen=True, slots=True)
class Classroom:
    """How a room looks.

    Attributes
    ----------
    room_id : the room's name
    wall, dado, floor, desk, chair, accent : colours
    light : colour of the daylight, as factors on blue, green, red
    windows_left : whether the daylight comes from the left of the picture
    furniture : where things are along the back wall
    """

    room_id: str
    wall: Colour
    dado: Colour
    floor: Colour
    desk: Colour
    chair: Colour
    accent: Colour
    light: Colour
    windows_left: bool
    furniture: Furniture


def paint_room(room: Classroom) -> Canvas:
    """Paint the empty room: walls, windows, what hangs on the walls, and the floor."""
    canvas = Canvas.plain(WIDTH, HEIGHT, room.wall)
    _wall(canvas, room)
    _floor(canvas, room)
    _windows(canvas, room)
    if not room.windows_left:
        canvas = Canvas(np.ascontiguousarray(canvas.pixels[:, ::-1]))
    places = room.furniture
    _notice_board(canvas, room, places.notice_board)
    _map(canvas, places.map)
    _clock(canvas, room, places.clock)
    _bookshelf(canvas, room, places.bookshelf)
    _bunting(canvas, room, places.bunting)
    _plant(canvas, places.plant)
    return canvas


ROOMS: Final = {
    "101": Classroom(
        room_id="101",
        wall=rgb("f3e9d8"),
        dado=rgb("c5d3c8"),
        floor=rgb("c9a57d"),
        desk=rgb("dcb98c"),
        chair=rgb("4f7f8f"),
        accent=rgb("d9694f"),
        light=(0.97, 1.0, 1.05),
        windows_left=True,
        furniture=Furniture(330, 760, 1190, 1290, 250, 1786),
    ),
    "102": Classroom(
        room_id="102",
        wall=rgb("e6edf0"),
        dado=rgb("d8b98f"),
        floor=rgb("b3a394"),
        desk=rgb("e6d2b0"),
        chair=rgb("c7764f"),
        accent=rgb("3f7fae"),
        light=(1.04, 1.01, 0.98),
        windows_left=False,
        furniture=Furniture(1240, 640, 1150, 190, 170, 96),
    ),
}
"""The rooms of the demo school."""


def light_map(room: Classroom) -> Floats:
    """Return the factors of the room's light on blue, green, red for each pixel, (1080, 1920, 3)."""
    across = np.linspace(1.0, 0.0, WIDTH, dtype=np.float32)
    down = np.linspace(0.0, 1.0, HEIGHT, dtype=np.float32)
    if not room.windows_left:
        across = across[::-1]
    daylight = across[None, :] ** 1.5 * (1.0 - 0.35 * down[:, None])
    lamps = 0.94 + 0.08 * (1.0 - np.abs(down[:, None] - 0.45))
    tint = np.asarray(room.light, np.float32) - 1.0
    return np.asarray((lamps + 0.13 * daylight)[..., None] * (1.0 + tint * daylight[..., None]), np.float32)


def paint_chair(canvas: Canvas, seat: Seat, room: Classroom) -> None:
    """Paint a chair's back, which a sitting student hides for the most part."""
    u, x, y = seat.unit, seat.x, seat.y
    back = rounded(rectangle(x - 0.98 * u, y + 0.72 * u, x + 0.98 * u, y + 2.1 * u), 2)
    canvas.fill(moved(back, 0.1 * u, 0.12 * u), (30, 30, 40), strength=0.22, soft=0.12 * u)
    canvas.fill(back, lit(room.chair, 0.78))
    canvas.fill(moved(back, 0, -0.05 * u), room.chair, fade=(1.1, 0.8))
    slot = rounded(rectangle(x - 0.42 * u, y + 0.9 * u, x + 0.42 * u, y + 1.06 * u), 2)
    canvas.fill(slot, lit(room.chair, 0.55))


def paint_desk(canvas: Canvas, seat: Seat, room: Classroom) -> None:
    """Paint a desk: top, edge and front."""
    u, x = seat.unit, seat.x
    back, front = seat.y + 1.72 * u, seat.y + 2.2 * u
    edge, foot = front + 0.09 * u, front + 0.95 * u
    canvas.fill(
        rectangle(x - 1.5 * u, edge, x + 1.5 * u, foot + 0.12 * u), (25, 25, 35), strength=0.3, soft=0.16 * u
    )
    for side in (-1, 1):
        leg = rectangle(x + side * 1.36 * u - 0.045 * u, edge, x + side * 1.36 * u + 0.045 * u, foot)
        canvas.fill(leg, (105, 100, 98), fade=(0.9, 0.6))
    panel = rectangle(x - 1.3 * u, edge, x + 1.3 * u, edge + 0.55 * u)
    canvas.fill(panel, lit(room.desk, 0.62), fade=(0.82, 1.05))
    top = points((x - 1.34 * u, back), (x + 1.34 * u, back), (x + 1.55 * u, front), (x - 1.55 * u, front))
    canvas.fill(top, room.desk, fade=(0.9, 1.06))
    canvas.fill(rectangle(x - 1.55 * u, front, x + 1.55 * u, edge), lit(room.desk, 0.74))
    canvas.fill(
        rectangle(x - 1.55 * u, front - 0.02 * u, x + 1.55 * u, front + 0.015 * u), lit(room.desk, 1.18)
    )


def paint_things(canvas: Canvas, seat: Seat, room: Classroom) -> None:
    """Paint what lies on a desk: always the same at a seat of a room."""
    u, x, y = seat.unit, seat.x, seat.y
    chance = dice("things", room.room_id, seat.number)
    side = 1 if chance.random() < 0.5 else -1
    _open_book(canvas, x - side * 0.08 * u, y + 2.1 * u, u)
    thing = int(chance.integers(4))
    if thing == 0:
        _bottle(
            canvas,
            x + side * 1.12 * u,
            y + 1.98 * u,
            u,
            rgb(str(chance.choice(["7cc6d6", "e98a6d", "9ccf8a"]))),
        )
    elif thing == 1:
        _pencils(canvas, x + side * 1.12 * u, y + 1.98 * u, u, room.accent)
    elif thing == 2:
        _books(canvas, x + side * 1.06 * u, y + 2.06 * u, u, chance)
    pen = (x + side * 0.46 * u, y + 2.17 * u)
    canvas.line([pen, (pen[0] + 0.32 * u, pen[1] - 0.05 * u)], 0.045 * u, rgb("e2b33c"))


def _open_book(canvas: Canvas, x: float, y: float, u: float) -> None:
    for side in (-1, 1):
        page = points(
            (x, y - 0.13 * u),
            (x + side * 0.34 * u, y - 0.14 * u),
            (x + side * 0.39 * u, y + 0.07 * u),
            (x, y + 0.08 * u),
        )
        canvas.fill(moved(page, 0.0, 0.03 * u), (40, 50, 60), strength=0.3, soft=0.02 * u)
        canvas.fill(page, rgb("fbf8ef"), across=(1.0, 0.95) if side < 0 else (0.95, 1.0))
        for line in (-0.08, -0.03, 0.02):
            start, end = x + side * 0.06 * u, x + side * 0.3 * u
            canvas.line([(start, y + line * u), (end, y + line * u)], 0.012 * u, rgb("9fb0c4"), 0.8)


def _bottle(canvas: Canvas, x: float, y: float, u: float, colour: Colour) -> None:
    canvas.fill(ellipse(x, y, 0.15 * u, 0.05 * u), (20, 20, 30), strength=0.35, soft=0.03 * u)
    body = rounded(rectangle(x - 0.12 * u, y - 0.52 * u, x + 0.12 * u, y + 0.02 * u), 2)
    canvas.fill(body, colour, across=(1.15, 0.75))
    canvas.fill(
        rectangle(x - 0.06 * u, y - 0.62 * u, x + 0.06 * u, y - 0.48 * u), rgb("f4f4f0"), across=(1.0, 0.8)
    )


def _pencils(canvas: Canvas, x: float, y: float, u: float, colour: Colour) -> None:
    canvas.fill(ellipse(x, y, 0.17 * u, 0.06 * u), (20, 20, 30), strength=0.35, soft=0.03 * u)
    for lean, paint in ((-0.12, "e2b33c"), (-0.03, "c8553d"), (0.05, "4f9d69"), (0.13, "38618c")):
        canvas.line(
            [(x + 0.4 * lean * u, y - 0.1 * u), (x + 1.2 * lean * u, y - 0.55 * u)], 0.05 * u, rgb(paint)
        )
    cup = points(
        (x - 0.15 * u, y - 0.3 * u), (x + 0.15 * u, y - 0.3 * u), (x + 0.13 * u, y), (x - 0.13 * u, y)
    )
    canvas.fill(cup, colour, across=(1.1, 0.75))


def _books(canvas: Canvas, x: float, y: float, u: float, chance: np.random.Generator) -> None:
    canvas.fill(ellipse(x, y + 0.02 * u, 0.36 * u, 0.07 * u), (20, 20, 30), strength=0.35, soft=0.04 * u)
    for level, paint in enumerate(chance.permutation(["588b8b", "c8553d", "f2d388", "38618c", "8e5572"])[:3]):
        shift, foot = chance.uniform(-0.05, 0.05) * u, y - 0.1 * level * u
        block = rectangle(x - 0.3 * u + shift, foot - 0.1 * u, x + 0.3 * u + shift, foot)
        canvas.fill(block, rgb(str(paint)), fade=(1.15, 0.8))
        canvas.fill(
            rectangle(x - 0.22 * u + shift, foot - 0.07 * u, x - 0.1 * u + shift, foot - 0.03 * u),
            rgb("f1e3c6"),
        )


def _wall(canvas: Canvas, room: Classroom) -> None:
    canvas.fill(rectangle(0, 0, WIDTH, _FLOOR), room.wall, fade=(0.93, 1.03))
    canvas.fill(rectangle(0, 262, WIDTH, _FLOOR), room.dado, fade=(1.0, 0.9))
    canvas.fill(rectangle(0, 256, WIDTH, 263), lit(room.wall, 1.06))
    canvas.fill(rectangle(0, 263, WIDTH, 268), (0, 0, 0), strength=0.12, soft=2)
    canvas.fill(rectangle(0, 338, WIDTH, _FLOOR), lit(room.dado, 0.72))


def _floor(canvas: Canvas, room: Classroom) -> None:
    canvas.fill(rectangle(0, _FLOOR, WIDTH, HEIGHT), room.floor, fade=(0.86, 1.04))
    vanishing_x, vanishing_y = WIDTH / 2, -520.0
    for board in range(-24, 25):
        foot = vanishing_x + board * 118.0
        share = (_FLOOR - vanishing_y) / (HEIGHT - vanishing_y)
        head = vanishing_x + (foot - vanishing_x) * share
        seam = points((head - 0.6, _FLOOR), (head + 0.6, _FLOOR), (foot + 1.4, HEIGHT), (foot - 1.4, HEIGHT))
        canvas.fill(seam, lit(room.floor, 0.78), strength=0.5)
    canvas.fill(rectangle(-20, _FLOOR - 6, WIDTH + 20, _FLOOR + 26), (20, 25, 30), strength=0.28, soft=14)


def _framed(
    canvas: Canvas, left: float, top: float, right: float, bottom: float, frame: Colour, face: Colour
) -> None:
    canvas.fill(rectangle(left + 4, top + 7, right + 4, bottom + 9), (20, 20, 25), strength=0.25, soft=6)
    canvas.fill(rectangle(left, top, right, bottom), frame, fade=(1.1, 0.9))
    canvas.fill(rectangle(left + 7, top + 7, right - 7, bottom - 7), face, fade=(0.97, 1.02))


def _notice_board(canvas: Canvas, room: Classroom, left: float) -> None:
    top, right, bottom = 58.0, left + 360.0, 236.0
    _framed(canvas, left, top, right, bottom, rgb("9b7448"), rgb("cfa977"))
    chance = dice("notices")
    papers = (
        rgb("fdfdf6"),
        rgb("ffe08a"),
        rgb("bfe3d0"),
        rgb("f7b9a8"),
        rgb("b9d7f2"),
        rgb("fdfdf6"),
        room.accent,
    )
    for column in range(6):
        for line in range(2):
            x = left + 40 + column * 56 + chance.uniform(-6, 6)
            y = top + 52 + line * 76 + chance.uniform(-6, 6)
            half_width, half_height = chance.uniform(18, 24), chance.uniform(22, 30)
            paper = papers[int(chance.integers(len(papers)))]
            turn = np.radians(chance.uniform(-7, 7))
            turning = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
            sheet = rectangle(-half_width, -half_height, half_width, half_height) @ turning + (x, y)
            canvas.fill(moved(sheet, 2, 4), (30, 40, 60), strength=0.3, soft=2)
            canvas.fill(sheet, paper)
            for text in range(3):
                middle = -half_height * 0.35 + text * 9
                mark = rectangle(
                    -half_width * 0.7, middle, half_width * (0.7 - 0.25 * (text == 2)), middle + 3
                )
                canvas.fill(mark @ turning + (x, y), lit(paper, 0.72))
            canvas.fill(ellipse(x, y - half_height + 5, 3.2, 3.2), rgb("d64545"))


def _map(canvas: Canvas, left: float) -> None:
    top, right, bottom = 50.0, left + 336.0, 232.0
    _framed(canvas, left, top, right, bottom, rgb("6b4f3a"), rgb("a9d3e6"))
    width, height = right - left, bottom - top
    land = rgb("9dbf7f")
    continents = (
        ((0.10, 0.22), (0.30, 0.16), (0.36, 0.30), (0.27, 0.44), (0.20, 0.50), (0.12, 0.38)),
        ((0.25, 0.52), (0.34, 0.56), (0.36, 0.68), (0.30, 0.90), (0.26, 0.74)),
        ((0.45, 0.42), (0.56, 0.42), (0.62, 0.55), (0.55, 0.82), (0.50, 0.62), (0.44, 0.54)),
        ((0.46, 0.22), (0.58, 0.16), (0.60, 0.34), (0.48, 0.38)),
        ((0.58, 0.14), (0.90, 0.16), (0.92, 0.34), (0.80, 0.52), (0.70, 0.56), (0.62, 0.40)),
        ((0.80, 0.66), (0.92, 0.66), (0.92, 0.82), (0.82, 0.82)),
    )
    for index, corners in enumerate(continents):
        outline = rounded(points(*((left + a * width, top + b * height) for a, b in corners)))
        tint = mixed(land, rgb("e4c27a"), (index % 3) * 0.4)
        canvas.fill(moved(outline, 1, 2), rgb("6f9fb5"), strength=0.5, soft=2)
        canvas.fill(outline, tint)
    for share in (0.25, 0.5, 0.75):
        canvas.line(
            [(left + 8, top + share * height), (right - 8, top + share * height)], 1.2, rgb("8ab6cc"), 0.6
        )
        canvas.line(
            [(left + share * width, top + 8), (left + share * width, bottom - 8)], 1.2, rgb("8ab6cc"), 0.6
        )


def _clock(canvas: Canvas, room: Classroom, x: float) -> None:
    y = 104.0
    canvas.fill(ellipse(x + 3, y + 6, 42, 42), (20, 20, 25), strength=0.3, soft=5)
    canvas.fill(ellipse(x, y, 42, 42), room.accent)
    canvas.fill(ellipse(x, y, 35, 35), rgb("fbfaf5"))
    for hour in range(12):
        angle = np.pi * hour / 6
        canvas.fill(ellipse(x + 29 * np.sin(angle), y - 29 * np.cos(angle), 2.2, 2.2), rgb("555555"))
    canvas.line([(x, y), (x + 14, y + 11)], 4.5, rgb("333333"))
    canvas.line([(x, y), (x + 3, y - 27)], 3, rgb("333333"))
    canvas.fill(ellipse(x, y, 4, 4), room.accent)


def _bookshelf(canvas: Canvas, room: Classroom, left: float) -> None:
    top, right = 66.0, left + 350.0
    wood = mixed(room.desk, rgb("8a6440"), 0.45)
    canvas.fill(rectangle(left + 6, top + 8, right + 10, 350), (20, 20, 25), strength=0.28, soft=8)
    canvas.fill(rectangle(left, top, right, 346), wood, fade=(1.05, 0.9))
    spines = [
        rgb(code) for code in ("c8553d", "588b8b", "f2d388", "38618c", "a3b18a", "8e5572", "e9edc9", "d4a373")
    ]
    chance = dice("books")
    for shelf in range(3):
        roof, ground = top + 12 + shelf * 92, top + 96 + shelf * 92
        canvas.fill(rectangle(left + 11, roof, right - 11, ground), lit(wood, 0.5), fade=(0.75, 1.15))
        x = left + 18
        while x < right - 34:
            thick, tall = chance.uniform(11, 21), chance.uniform(52, 74)
            if chance.random() < 0.12:
                x += thick * 1.5
                continue
            spine = spines[int(chance.integers(len(spines)))]
            canvas.fill(rectangle(x, ground - tall, x + thick, ground), spine, across=(1.08, 0.82))
            canvas.fill(
                rectangle(x + 2, ground - tall * 0.8, x + thick - 2, ground - tall * 0.7), lit(spine, 1.3)
            )
            x += thick + chance.uniform(0.5, 2.0)


def _bunting(canvas: Canvas, room: Classroom, left: float) -> None:
    colours = (room.accent, rgb("f4d06f"), rgb("8fc1b5"), rgb("f08a7a"), rgb("9db4e0"))
    for span in range(4):
        start, end = left + span * 360, left + (span + 1) * 360
        share = np.linspace(0, 1, 9)
        xs, ys = start + (end - start) * share, 4 + 30 * 4 * share * (1 - share)
        canvas.line(list(zip(xs.tolist(), ys.tolist(), strict=True)), 2.0, rgb("8a8578"))
        for flag in range(8):
            x, y = float(xs[flag] + 22), float((ys[flag] + ys[flag + 1]) / 2)
            pennant = points((x - 15, y), (x + 15, y), (x, y + 26))
            canvas.fill(moved(pennant, 2, 4), (30, 30, 40), strength=0.18, soft=2)
            canvas.fill(pennant, colours[(span * 8 + flag) % len(colours)], fade=(1.05, 0.9))


def _windows(canvas: Canvas, room: Classroom) -> None:
    """Paint the side wall with its windows, foreshortened, and the light they throw."""
    wall = points((0, 0), (212, 0), (212, _FLOOR), (0, 610))
    canvas.fill(wall, lit(room.wall, 0.9), across=(0.98, 0.9))
    canvas.fill(points((0, 432), (212, 266), (212, _FLOOR), (0, 610)), lit(room.dado, 0.86))
    for near, far in ((-30.0, 72.0), (96.0, 190.0)):

        def at(x: float, share: float) -> tuple[float, float]:
            top, bottom = 8.0 + 0.06 * x, 415.0 - 0.83 * x
            return x, top + (bottom - top) * share

        frame = points(at(near, 0), at(far, 0), at(far, 1), at(near, 1))
        canvas.fill(frame, rgb("f6f3ea"))
        middle = (near + far) / 2
        for left, right in ((near + 7, middle - 3), (middle + 3, far - 6)):
            for top, bottom in ((0.04, 0.48), (0.51, 0.95)):
                pane = points(at(left, top), at(right, top), at(right, bottom), at(left, bottom))
                canvas.fill(pane, mixed(rgb("bfe2f5"), rgb("fdfbe8"), 0.35), fade=(1.0, 1.12))
                hill = points(
                    at(left, bottom - 0.13), at(right, bottom - 0.2), at(right, bottom), at(left, bottom)
                )
                if bottom > 0.9:
                    canvas.fill(hill, rgb("a8cf9a"), strength=0.8, soft=2)
    canvas.fill(points((212, 0), (216, 0), (216, _FLOOR), (212, _FLOOR)), (0, 0, 0), strength=0.14, soft=3)
    for offset in (0.0, 330.0):
        beam = points((90 + offset, 380), (300 + offset, 380), (720 + offset, 1080), (330 + offset, 1080))
        canvas.fill(beam, rgb("fff4d0"), strength=0.16, soft=26)


def _plant(canvas: Canvas, x: float) -> None:
    ground = 420.0
    canvas.fill(ellipse(x, ground + 2, 62, 14), (20, 20, 25), strength=0.35, soft=8)
    chance = dice("leaves")
    for _ in range(30):
        lean, length = chance.uniform(-1.0, 1.0), chance.uniform(0.7, 1.0)
        root, droop = (x + 26 * lean, ground - 84), 70 * lean**2
        bend = (x + 62 * lean, ground - 84 - 95 * length)
        tip = (x + 118 * lean, ground - 84 - 165 * length + droop)
        leaf = rounded(stroke([root, bend, tip], [7, 20, 2]), 3)
        canvas.fill(leaf, mixed(rgb("3f7d4e"), rgb("86b866"), float(chance.random())), fade=(1.15, 0.75))
    pot = points((x - 46, ground - 84), (x + 46, ground - 84), (x + 34, ground + 4), (x - 34, ground + 4))
    canvas.fill(pot, rgb("c9744f"), across=(1.1, 0.75))
    canvas.fill(rectangle(x - 51, ground - 94, x + 51, ground - 74), rgb("d58460"), across=(1.1, 0.75))
