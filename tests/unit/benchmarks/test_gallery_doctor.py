"""The gallery doctor over class sets, and the measurement of how alike photos are; all faces are drawn."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks import gallery_doctor
from benchmarks.class_sets import ClassSet
from benchmarks.gallery_doctor import check
from benchmarks.likeness import Likeness, calibration_photos, measure_likeness
from faces import FaceEngine
from tests.fakes.drawn_faces import STRANGERS, draw_face

ANNA, BEN, CARL, _ = STRANGERS


@pytest.fixture(scope="module")
def engine() -> FaceEngine:
    return FaceEngine()


def draw(path: Path, seed: int, noise: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), draw_face(seed, noise=noise))
    return path


def class_of(folder: Path, *students: tuple[str, list[tuple[int, int]]]) -> ClassSet:
    """Students with the faces, as seed and noise, that their portraits show."""
    portraits = {
        student_id: tuple(
            draw(folder / student_id / f"{number}.png", seed, noise)
            for number, (seed, noise) in enumerate(faces, start=1)
        )
        for student_id, faces in students
    }
    return ClassSet("drawn", {student_id: student_id for student_id in portraits}, portraits, ())


def test_one_photo_under_two_names_is_found_with_both_files(tmp_path: Path, engine: FaceEngine) -> None:
    report, refused = check(class_of(tmp_path, ("anna", [(ANNA, 0)]), ("ben", [(ANNA, 0)])), engine)
    (near,) = report.near
    assert {near.first.reference_id, near.second.reference_id} == {"anna/1.png", "ben/1.png"}
    assert near.similarity == pytest.approx(100.0)
    assert refused == []


def test_two_photos_of_one_student_that_show_one_face_are_no_outliers(
    tmp_path: Path, engine: FaceEngine
) -> None:
    report, _ = check(class_of(tmp_path, ("anna", [(ANNA, 0), (ANNA, 1)])), engine)
    assert report.is_sound
    assert (report.students, report.references, report.alone) == (1, 2, 0)


def test_a_portrait_that_the_gate_refuses_is_said(tmp_path: Path, engine: FaceEngine) -> None:
    blank = tmp_path / "ben" / "1.png"
    blank.parent.mkdir()
    cv2.imwrite(str(blank), np.full((300, 300, 3), 127, np.uint8))
    with_ben = ClassSet("drawn", {"ben": "Ben"}, {"ben": (blank,)}, ())
    report, refused = check(with_ben, engine)
    assert report.references == 0
    assert len(refused) == 1
    assert "ben/1.png: FACE_PRESENT" in refused[0]


def test_photos_are_compared_across_and_within_people_and_with_themselves(
    tmp_path: Path, engine: FaceEngine
) -> None:
    photos = {
        "anna": [draw(tmp_path / "a1.png", ANNA), draw(tmp_path / "a2.png", ANNA, noise=1)],
        "carl": [draw(tmp_path / "c1.png", CARL)],
    }
    likeness = measure_likeness(photos, engine)
    assert (len(likeness.two_people), len(likeness.one_person)) == (2, 1)
    assert likeness.one_person.min() > likeness.two_people.max()
    assert {how: len(found) for how, found in likeness.same_picture.items()} == {
        "quality 50": 2,
        "and halved": 2,
    }


def test_the_table_counts_what_reaches_each_bound() -> None:
    likeness = Likeness(
        two_people=np.array([20.0, 80.0, 92.0]),
        one_person=np.array([74.9, 99.3]),
        same_picture={"quality 50": np.array([99.2])},
    )
    table = likeness.table()
    assert table.headings == ("from", "two people", "one person", "one photo, quality 50")
    assert table.rows == [
        ("75.0 %", "2 of 3", "1 of 2", "1 of 1"),
        ("92.0 %", "1 of 3", "1 of 2", "1 of 1"),
        ("99.3 %", "0 of 3", "1 of 2", "0 of 1"),
    ]


def test_bounds_are_measured_on_the_calibrate_half_alone(tmp_path: Path) -> None:
    table = tmp_path / "photos.csv"
    table.write_text(
        "identity,path,role,split\nAnna,a/1.jpg,member,calibrate\nAnna,a/2.jpg,member,calibrate\n"
        "Ben,b/1.jpg,member,far\n"
    )
    assert calibration_photos(table) == {"Anna": [tmp_path / "a/1.jpg", tmp_path / "a/2.jpg"]}


def test_a_folder_that_is_no_class_set_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert gallery_doctor.main(["--set", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err
