"""A camera's folder holds bursts in the order of names, with the truth beside it."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from demo.cameras import compose_capture, cut_heads, prepare_cameras, write_camera_folder
from demo.heads import Head
from demo.portraits import PortraitFolder, PortraitsDamagedError
from demo.school import School, Section, Student, demo_school
from faces import FaceEngine
from tests.fakes.drawn_faces import STRANGERS, draw_face

Heads = dict[str, Head | None]


@pytest.fixture(scope="module")
def portraits(tmp_path_factory: pytest.TempPathFactory) -> PortraitFolder:
    """Four drawn faces, and a picture without one."""
    folder = tmp_path_factory.mktemp("portraits")
    (folder / "female").mkdir()
    for number, seed in enumerate(STRANGERS, start=1):
        cv2.imwrite(str(folder / "female" / f"{number}.jpg"), draw_face(seed, 128))
    wall = draw_face(STRANGERS[0], 128)
    wall[:] = 128
    cv2.imwrite(str(folder / "female" / "5.jpg"), wall)
    return PortraitFolder(folder)


@pytest.fixture(scope="module")
def section() -> Section:
    students = tuple(
        Student(f"s-{index}", f"Student {index}", f"female/{portrait}.jpg", seat)
        for index, (portrait, seat) in enumerate([(1, 1), (2, 2), (3, 3), (5, 6)])
    )
    return Section("bio", "Biology", "101", "t-1", students, "female/4.jpg", (4, 5))


@pytest.fixture(scope="module")
def school(section: Section) -> School:
    whole = demo_school()
    return replace(whole, devices=whole.devices[:1], sections=(section,))


@pytest.fixture(scope="module")
def heads(portraits: PortraitFolder) -> Heads:
    return cut_heads(portraits, portraits.names(), FaceEngine())


def test_a_portrait_without_a_face_gives_no_head(heads: Heads) -> None:
    assert {name for name, head in heads.items() if head is None} == {"female/5.jpg"}


def test_captures_differ_in_attendance_by_a_student_at_most(section: Section, heads: Heads) -> None:
    everybody = {student.student_id for student in section.students}
    captures = [compose_capture(section, heads, seed=5, number=n, frames=1) for n in range(1, 6)]

    assert all(capture.present | capture.absent == everybody for capture in captures)
    assert all(not capture.present & capture.absent for capture in captures)
    assert len(frozenset.intersection(*(capture.absent for capture in captures))) >= 2
    assert {len(capture.absent) for capture in captures} == {2, 3}


def test_whoever_is_absent_is_in_no_frame_and_the_stranger_is_enrolled_nowhere(
    section: Section, heads: Heads
) -> None:
    for number in range(1, 5):
        capture = compose_capture(section, heads, seed=5, number=number, frames=2)
        for frame in capture.frames:
            seen = [placed.student_id for placed in frame.truth]
            assert {student for student in seen if student} == capture.present
            assert seen.count(None) == (0 if number == 4 else 1)


def test_files_in_the_order_of_names_are_the_captures_in_order(
    tmp_path: Path, section: Section, heads: Heads
) -> None:
    folder = tmp_path / "cam"

    captures = write_camera_folder(folder, section, heads, seed=5, captures=2, frames=2)

    written = sorted(folder.iterdir())
    assert [path.name for path in written] == ["0001-01.jpg", "0001-02.jpg", "0002-01.jpg", "0002-02.jpg"]
    assert [path.read_bytes() for path in written] == [
        frame.jpeg for capture in captures for frame in capture.frames
    ]


def test_the_truth_beside_the_folder_names_every_face_and_warns_of_accuracy(
    tmp_path: Path, section: Section, heads: Heads
) -> None:
    captures = write_camera_folder(tmp_path / "cam", section, heads, seed=5, captures=1, frames=1)

    truth = json.loads((tmp_path / "cam.truth.json").read_text())

    assert "no accuracy" in truth["notice"]
    (told,) = truth["captures"]
    assert told["present"] == sorted(captures[0].present)
    assert [face["student_id"] for face in told["frames"][0]["faces"]] == [
        placed.student_id for placed in captures[0].frames[0].truth
    ]


def test_an_older_folder_is_replaced_as_a_whole(tmp_path: Path, section: Section, heads: Heads) -> None:
    folder = tmp_path / "cam"
    folder.mkdir()
    (folder / "old.jpg").write_bytes(b"old")

    write_camera_folder(folder, section, heads, seed=5, captures=1, frames=1)

    assert [path.name for path in folder.iterdir()] == ["0001-01.jpg"]
    assert {path.name for path in tmp_path.iterdir()} == {"cam", "cam.truth.json"}


def test_cameras_are_composed_once_and_again_when_the_seed_changes(
    tmp_path: Path, school: School, portraits: PortraitFolder
) -> None:
    folders = prepare_cameras(school, portraits, tmp_path, seed=1, captures=1, frames=1)
    picture = folders["demo-101-1"] / "0001-01.jpg"
    first = picture.read_bytes()
    picture.write_bytes(b"marked")

    prepare_cameras(school, portraits, tmp_path, seed=1, captures=1, frames=1)
    assert picture.read_bytes() == b"marked"

    prepare_cameras(school, portraits, tmp_path, seed=2, captures=1, frames=1)
    assert picture.read_bytes() not in (b"marked", first)


def test_a_change_of_the_roster_composes_the_pictures_anew(
    tmp_path: Path, school: School, portraits: PortraitFolder
) -> None:
    section = school.sections[0]
    smaller = replace(school, sections=(replace(section, students=section.students[:3]),))
    folders = prepare_cameras(school, portraits, tmp_path, captures=1, frames=1)
    first = (folders["demo-101-1"] / "0001-01.jpg").read_bytes()

    prepare_cameras(smaller, portraits, tmp_path, captures=1, frames=1)

    assert (folders["demo-101-1"] / "0001-01.jpg").read_bytes() != first


def test_a_folder_whose_truth_is_damaged_is_composed_anew(
    tmp_path: Path, school: School, portraits: PortraitFolder
) -> None:
    folders = prepare_cameras(school, portraits, tmp_path, captures=1, frames=1)
    (tmp_path / "demo-101-1.truth.json").write_text("{")
    picture = folders["demo-101-1"] / "0001-01.jpg"
    picture.write_bytes(b"marked")

    prepare_cameras(school, portraits, tmp_path, captures=1, frames=1)

    assert picture.read_bytes() != b"marked"


def test_a_missing_portrait_is_said_by_name(tmp_path: Path, school: School) -> None:
    with pytest.raises(PortraitsDamagedError, match=r"female/1\.jpg"):
        prepare_cameras(school, PortraitFolder(tmp_path), tmp_path / "cameras")
