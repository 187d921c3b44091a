"""Tables of photos of named people: what is read, and what is said of a bad one; all faces are drawn."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.people import PeopleError, Photo, by_identity, near_students, read_photos, see_photo
from faces import FaceEngine, Gallery
from tests.fakes.drawn_faces import STRANGERS, draw_face
from tests.fakes.known_people import directions, look_like, seen_photo

HEADER = "identity,path,role,split\n"


def table_of(folder: Path, text: str, photos: tuple[str, ...] = ("a.jpg", "b.jpg", "c.jpg")) -> Path:
    for name in photos:
        (folder / name).write_bytes(b"")
    table = folder / "people.csv"
    table.write_text(text, encoding="utf-8")
    return table


def test_the_photos_of_a_half_are_read_with_their_place_beside_the_table(tmp_path: Path) -> None:
    text = "Anna,a.jpg,member,far\nBen,b.jpg,stranger,far\nCarl,c.jpg,member,calibrate\n"
    table = table_of(tmp_path, HEADER + text)

    assert read_photos(table, "far") == [
        Photo("Anna", True, tmp_path / "a.jpg"),
        Photo("Ben", False, tmp_path / "b.jpg"),
    ]
    assert read_photos(table, "calibrate") == [Photo("Carl", True, tmp_path / "c.jpg")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADER, "has no photos of the half 'far'"),
        (HEADER + "Anna,a.jpg,member,calibrate\n", "has no photos of the half 'far'"),
        ("name,file\nAnna,a.jpg\n", "line 2: a photo needs identity, path, role and split"),
        (HEADER + "Anna,a.jpg,member\n", "line 2: a photo needs identity, path, role and split"),
        (HEADER + "Anna,a.jpg,member,far\nBen,,member,far\n", "line 3: a photo needs"),
        (HEADER + "Anna,a.jpg,guest,far\n", "line 2: role is one of .* not 'guest'"),
        (HEADER + "Anna,a.jpg,member,near\n", "line 2: .*split one of .* not 'near'"),
        (HEADER + "Anna,a.jpg,member,far\nAnna,b.jpg,member,calibrate\n", "line 3: Anna is in both halves"),
        (HEADER + "Anna,a.jpg,member,far\nBen,none.jpg,member,far\n", "1 photos .* not there.*none.jpg"),
        (HEADER + "Anna,a.jpg,member,far\n" + "x" * 200_000, "cannot be read as a table of photos"),
    ],
    ids=[
        "empty",
        "other half only",
        "other columns",
        "short row",
        "empty cell",
        "role",
        "split",
        "both halves",
        "no such photo",
        "no table at all",
    ],
)
def test_what_is_wrong_with_a_table_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PeopleError, match=said):
        read_photos(table_of(tmp_path, text), "far")


def test_a_missing_table_and_one_in_another_encoding_are_said(tmp_path: Path) -> None:
    with pytest.raises(PeopleError, match=r"none\.csv cannot be read"):
        read_photos(tmp_path / "none.csv", "far")
    latin = tmp_path / "latin.csv"
    latin.write_bytes((HEADER + "Zoë,a.jpg,member,far\n").encode("latin-1"))
    with pytest.raises(PeopleError, match=r"latin\.csv cannot be read"):
        read_photos(latin, "far")


def test_only_members_are_grouped_by_identity() -> None:
    anna, ben = directions(2)
    seen = [
        seen_photo("anna", anna, is_member=True),
        seen_photo("ben", ben, is_member=False),
        seen_photo("anna", anna, is_member=True),
    ]
    assert by_identity(seen) == {"anna": [seen[0], seen[2]]}


def test_a_look_is_near_its_own_student_first_and_stands_before_the_crowd_of_the_others() -> None:
    vectors = directions(12)
    templates = Gallery((f"s{number}", vector) for number, vector in enumerate(vectors))

    candidates, view = near_students(templates, look_like(vectors[3]), floor=0.0, limit=2)

    assert len(candidates) == 2
    assert (candidates[0].student_id, candidates[0].similarity) == ("s3", pytest.approx(100.0))
    assert view.crowd == pytest.approx(candidates[1].similarity)


def test_candidates_below_the_floor_are_left_out() -> None:
    vectors = directions(3)
    templates = Gallery((f"s{number}", vector) for number, vector in enumerate(vectors))
    candidates, _ = near_students(templates, look_like(vectors[0]), floor=50.0, limit=10)
    assert [candidate.student_id for candidate in candidates] == ["s0"]


@pytest.fixture(scope="module")
def engine() -> FaceEngine:
    return FaceEngine()


def photo_of(path: Path, pixels: np.ndarray) -> Photo:
    cv2.imwrite(str(path), pixels)
    return Photo("anna", True, path)


def test_a_photo_is_seen_as_a_portrait_and_in_scenes_that_repeat_with_their_seed(
    tmp_path: Path, engine: FaceEngine
) -> None:
    photo = photo_of(tmp_path / "anna.png", draw_face(STRANGERS[0]))

    first, again = (see_photo(engine, photo, bursts=2, frames=3, seed=5) for _ in range(2))

    assert first is not None
    assert again is not None
    assert np.linalg.norm(first.reference) == pytest.approx(1.0, abs=1e-5)
    assert len(first.bursts) == 2
    assert all(len(burst) <= 3 for burst in first.bursts)
    assert any(first.bursts), "a drawn face is seen in some scene"
    assert [[look.view for look in burst] for burst in first.bursts] == [
        [look.view for look in burst] for burst in again.bursts
    ]


def test_a_photo_without_a_face_is_no_portrait(tmp_path: Path, engine: FaceEngine) -> None:
    photo = photo_of(tmp_path / "wall.png", np.full((200, 200, 3), 127, np.uint8))
    assert see_photo(engine, photo, bursts=1, frames=1, seed=0) is None
