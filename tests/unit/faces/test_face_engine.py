import csv
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from faces import Box, FaceEngine, Picture, read_picture
from faces.detector import SCORE_FLOOR, Detector
from faces.engine import CONFIRMED_FLOOR, UNSURE_FLOOR
from faces.models import model_directory
from tests.fakes.drawn_faces import STRANGERS, draw_crowd, draw_face


def largest_vector(engine: FaceEngine, picture: Picture) -> np.ndarray:
    return engine.embed(picture, engine.detect(picture)[0])


def test_each_face_of_a_crowd_is_found_once(engine):
    faces = engine.detect(Picture.of(draw_crowd([0, 1, 2, 3, 4])))
    assert sorted(int(face.box.centre[0] // 128) for face in faces) == [0, 1, 2, 3, 4]


def test_faces_come_largest_first(engine):
    canvas = np.full((300, 700, 3), 90, np.uint8)
    for x, side in [(0, 96), (120, 256), (420, 160)]:
        canvas[:side, x : x + side] = draw_face(1, side)
    widths = [face.box.width for face in engine.detect(Picture.of(canvas))]
    assert len(widths) == 3
    assert widths == sorted(widths, reverse=True)


def test_landmarks_lie_where_a_face_has_them(engine):
    face = engine.detect(Picture.of(draw_face(1)))[0]
    left_eye, right_eye, nose, left_mouth, right_mouth = face.landmarks
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_mouth[0] < right_mouth[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])
    assert 0.7 <= face.score <= 1


def test_a_picture_without_faces_has_none(engine):
    assert engine.detect(Picture.of(np.full((480, 640, 3), 127, np.uint8))) == []


def test_coordinates_are_those_of_the_original_when_it_was_scaled_down(engine):
    picture = Picture.of(cv2.resize(draw_face(1), (1000, 1000)))
    shrunk = Picture(cv2.resize(picture.pixels, (250, 250), interpolation=cv2.INTER_AREA), 1000, 1000)
    full, small = engine.detect(picture)[0], engine.detect(shrunk)[0]
    assert small.box.overlap(full.box) > 0.85
    assert engine.embed(shrunk, small) @ engine.embed(picture, full) > 0.9


def test_vectors_have_unit_length(engine):
    vector = largest_vector(engine, Picture.of(draw_face(0)))
    assert vector.shape == (128,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_the_same_face_is_nearer_than_any_other(engine):
    vectors = {seed: largest_vector(engine, Picture.of(draw_face(seed))) for seed in STRANGERS}
    again = {seed: largest_vector(engine, Picture.of(draw_face(seed, noise=1))) for seed in STRANGERS}
    for seed in STRANGERS:
        assert vectors[seed] @ again[seed] > 0.9
        assert all(vectors[seed] @ again[other] < 0.75 for other in STRANGERS if other != seed)


def test_the_same_picture_gives_the_same_vector(engine):
    picture = Picture.of(draw_face(0))
    assert np.array_equal(largest_vector(engine, picture), largest_vector(engine, picture))


def test_one_engine_serves_several_threads(engine):
    pictures = [Picture.of(draw_face(seed, side=128 + 16 * seed)) for seed in range(4)]
    alone = [largest_vector(engine, picture) for picture in pictures]
    together: dict[tuple[int, int], np.ndarray] = {}

    def work(thread: int) -> None:
        for number, picture in enumerate(pictures):
            together[thread, number] = largest_vector(engine, picture)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(together) == 24
    assert all(np.array_equal(vector, alone[number]) for (_, number), vector in together.items())


def test_quality_tells_dark_and_blurred_from_good(engine):
    good = draw_face(1)
    variants = {
        "good": good,
        "dark": (good * 0.3).astype(np.uint8),
        "blurred": cv2.GaussianBlur(good, (0, 0), 6),
    }
    found = {}
    for name, pixels in variants.items():
        picture = Picture.of(pixels)
        found[name] = engine.assess(picture, engine.detect(picture)[0])
    assert found["dark"].brightness < 0.4 * found["good"].brightness
    assert found["blurred"].sharpness < 0.5 * found["good"].sharpness
    assert found["good"].width == pytest.approx(128, abs=15)
    assert abs(found["good"].pose.yaw) < 10


@pytest.mark.parametrize("degrees", [-25, 25])
def test_quality_tells_how_a_face_is_rolled(engine, degrees):
    turn = cv2.getRotationMatrix2D((128, 128), -degrees, 1)  # OpenCV counts anticlockwise
    picture = Picture.of(cv2.warpAffine(draw_face(1), turn, (256, 256), borderMode=cv2.BORDER_REPLICATE))
    assert engine.assess(picture, engine.detect(picture)[0]).pose.roll == pytest.approx(degrees, abs=6)


def test_boxes_overlap_as_areas_do():
    assert Box(0, 0, 10, 10).overlap(Box(0, 0, 10, 10)) == 1
    assert Box(0, 0, 10, 10).overlap(Box(5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert Box(0, 0, 10, 10).overlap(Box(20, 20, 10, 10)) == 0
    assert Box(0, 0, 0, 0).overlap(Box(0, 0, 0, 0)) == 0


@pytest.mark.shared_data
def test_people_are_told_apart(engine, shared_faces: Path):
    with (shared_faces / "lfw-cal.csv").open() as file:
        rows = [r for r in csv.DictReader(file) if (r["split"], r["role"]) == ("calibrate", "member")]
    names = sorted({row["identity"] for row in rows})[:20]
    vectors: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for row in rows:
        if row["identity"] in vectors:
            picture = read_picture((shared_faces / row["path"]).read_bytes())
            middle = Box(picture.width * 0.3, picture.height * 0.3, picture.width * 0.4, picture.height * 0.4)
            face = max(engine.detect(picture), key=lambda face: face.box.overlap(middle))
            vectors[row["identity"]].append(engine.embed(picture, face))
    own = [vectors[name][0] @ other for name in names for other in vectors[name][1:]]
    foreign = [vectors[a][0] @ other for a in names for b in names if a != b for other in vectors[b]]
    assert np.mean(np.array(own) >= 0.363) >= 0.95
    assert np.mean(np.array(foreign) >= 0.45) == 0


@pytest.mark.parametrize("side", [512, 1200, 2400, 3800])
def test_a_face_that_fills_a_large_picture_is_found_once(engine, side):
    portrait = cv2.resize(draw_face(1), (side, side), interpolation=cv2.INTER_CUBIC)
    faces = engine.detect(Picture.of(portrait))
    assert len(faces) == 1
    assert faces[0].box.width == pytest.approx(side / 2, rel=0.1)


def test_a_large_face_does_not_hide_small_ones(engine):
    canvas = np.full((1200, 2000, 3), 90, np.uint8)
    canvas[100:1100, 100:1100] = cv2.resize(draw_face(1), (1000, 1000), interpolation=cv2.INTER_CUBIC)
    for number, (x, y) in enumerate([(1300, 200), (1600, 200), (1300, 600), (1050, 1090)]):
        canvas[y : y + 80, x : x + 80] = draw_face(number + 2, 80)
    assert [round(face.box.width, -2) for face in engine.detect(Picture.of(canvas))] == [500, 0, 0, 0, 0]


def rolled(seed: int, degrees: float, side: int = 128) -> Picture:
    canvas = np.full((side * 2, side * 2, 3), 110, np.uint8)
    canvas[side // 2 : side * 3 // 2, side // 2 : side * 3 // 2] = draw_face(seed, side)
    turn = cv2.getRotationMatrix2D((side, side), degrees, 1)
    return Picture.of(cv2.warpAffine(canvas, turn, canvas.shape[:2], borderMode=cv2.BORDER_REPLICATE))


@pytest.mark.parametrize("degrees", [-25, 25])
def test_a_rolled_face_keeps_its_vector(engine, degrees):
    upright = largest_vector(engine, rolled(50, 0))
    assert largest_vector(engine, rolled(50, degrees)) @ upright > 0.85


def two_eyes_in_an_oval(radius: int) -> Picture:
    """Draw what YuNet is not sure of."""
    pixels = np.full((200, 200, 3), 150, np.uint8)
    cv2.ellipse(pixels, (100, 100), (radius, int(radius * 1.3)), 0, 0, 360, (90, 120, 160), -1)
    for side in (-1, 1):
        eye = (int(100 + side * radius * 0.36), int(100 - radius * 0.27))
        cv2.circle(pixels, eye, max(2, radius // 7), (30, 30, 30), -1)
    return Picture.of(cv2.GaussianBlur(pixels, (0, 0), 1.5))


def test_an_unsure_first_look_is_confirmed_or_not_by_a_second_one(engine):
    first_look = Detector(model_directory(), UNSURE_FLOOR)
    small, large = two_eyes_in_an_oval(14), two_eyes_in_an_oval(40)
    for picture in (small, large):
        assert [face.score < SCORE_FLOOR for face in first_look.detect(picture)] == [True]
    (confirmed,) = engine.detect(small)
    assert confirmed.score >= CONFIRMED_FLOOR
    assert confirmed.box == first_look.detect(small)[0].box
    assert engine.detect(large) == []
