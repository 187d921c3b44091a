"""What every face index does, whichever engine answers: the same cases for all adapters of the port.

A subclass gives the index and a bucket; faces are drawn, so nobody's vector is stored anywhere.
"""

import uuid
from collections.abc import Callable, Mapping
from functools import cache

import cv2
import numpy as np
import pytest

from attendance.domain.errors import (
    NotFoundError,
    PictureTooLargeError,
    PictureUnreadableError,
    PortraitRefusedError,
)
from attendance.domain.policy import Engine
from attendance.domain.sightings import Box, Candidate
from attendance.ports import FaceIndex
from tests.fakes.drawn_faces import STRANGERS, draw_crowd, draw_face

ANNA, BEN, CARL, DORA = STRANGERS
WHOLE = Box(0.22, 0.15, 0.56, 0.72)
"""About where the face of a drawn portrait lies."""
SAME = 99.0
"""Percent: two pictures of one drawn face are above; two drawn faces are below."""

Bucket = Callable[[Mapping[str, bytes]], FaceIndex]
"""Puts pictures by key and gives the index over them."""


@cache
def portrait(seed: int, noise: int = 0) -> bytes:
    return png(draw_face(seed, noise=noise))


@cache
def crowd(*seeds: int) -> bytes:
    return png(draw_crowd(list(seeds), 200))


def png(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()


PICTURES = {
    **{f"{seed}-{noise}": portrait(seed, noise) for seed in (ANNA, BEN, CARL) for noise in range(3)},
    "anna-ben-dora": crowd(ANNA, BEN, DORA),
    "nobody": png(np.full((240, 320, 3), 127, np.uint8)),
    "no-picture": b"%PDF-1.7 a scanned form",
    "cut-short": portrait(ANNA)[:2000],
    "too-many-pixels": png(np.zeros((9000, 9000), np.uint8)),
}


class FaceIndexCases:
    """Collected by pytest in the subclasses, which give `bucket`."""

    calls_are_paid = True

    @pytest.fixture
    def index(self, bucket: Bucket) -> FaceIndex:
        return bucket(PICTURES)

    @pytest.fixture
    def school(self) -> str:
        """A school that nobody has heard of."""
        return f"school-{uuid.uuid4().hex[:12]}"

    @pytest.fixture
    def enrolled(self, index: FaceIndex, school: str) -> dict[str, str]:
        """References by what they are of: two of Anna, one of Ben."""
        return {
            "anna-1": index.add_reference(school, "anna", f"{ANNA}-0", WHOLE),
            "anna-2": index.add_reference(school, "anna", f"{ANNA}-1", WHOLE),
            "ben": index.add_reference(school, "ben", f"{BEN}-0", WHOLE),
        }

    def test_the_faces_of_a_picture_are_found_where_they_are(self, index: FaceIndex) -> None:
        found = index.detect("anna-ben-dora")
        middles = sorted(face.box.left + face.box.width / 2 for face in found.faces)
        assert middles == pytest.approx([1 / 6, 3 / 6, 5 / 6], abs=0.03)
        assert all(70 <= face.confidence <= 100 for face in found.faces)
        assert found.calls == (1 if self.calls_are_paid else 0)

    def test_a_picture_of_nobody_has_no_faces(self, index: FaceIndex) -> None:
        assert index.detect("nobody").faces == ()

    @pytest.mark.parametrize(
        ("key", "error"),
        [
            ("no-picture", PictureUnreadableError),
            ("cut-short", PictureUnreadableError),
            ("too-many-pixels", PictureTooLargeError),
            ("never-uploaded", NotFoundError),
        ],
    )
    def test_what_cannot_be_looked_at_is_said(
        self, index: FaceIndex, key: str, error: type[Exception]
    ) -> None:
        for look in (index.detect, index.portrait_faces):
            with pytest.raises(error):
                look(key)

    def test_a_portrait_is_measured(self, index: FaceIndex) -> None:
        (face,) = index.portrait_faces(f"{ANNA}-0")
        assert 90 <= face.width_px <= 180
        assert max(abs(face.yaw), abs(face.pitch), abs(face.roll)) < 30
        assert 0 < face.brightness < 100
        assert face.sharpness > 10
        assert face.confidence > 70
        assert face.off_centre < 0.1

    def test_before_anybody_is_enrolled_nothing_is_compared(self, index: FaceIndex, school: str) -> None:
        found = index.search(school, f"{ANNA}-0", [WHOLE, WHOLE], floor=60, limit=5)
        assert (found.engine, found.candidates) == (None, ((), ()))

    def test_no_faces_cost_nothing(self, index: FaceIndex, school: str, enrolled: dict[str, str]) -> None:
        assert index.search(school, f"{ANNA}-0", [], floor=60, limit=5).calls == 0

    def test_an_enrolled_student_is_found_and_a_stranger_is_not(
        self, index: FaceIndex, school: str, enrolled: dict[str, str]
    ) -> None:
        boxes = sorted((face.box for face in index.detect("anna-ben-dora").faces), key=lambda box: box.left)
        found = index.search(school, "anna-ben-dora", boxes, floor=SAME, limit=5)
        assert [[c.student_id for c in candidates] for candidates in found.candidates] == [
            ["anna"],
            ["ben"],
            [],
        ]
        assert found.engine == Engine("yunet-sface", "1")
        assert found.calls >= 3 if self.calls_are_paid else found.calls == 0

    def test_candidates_come_in_the_order_of_the_boxes_asked_for(
        self, index: FaceIndex, school: str, enrolled: dict[str, str]
    ) -> None:
        boxes = sorted((face.box for face in index.detect("anna-ben-dora").faces), key=lambda box: -box.left)
        found = index.search(school, "anna-ben-dora", boxes, floor=SAME, limit=5)
        assert [len(candidates) for candidates in found.candidates] == [0, 1, 1]

    def test_a_student_is_one_candidate_compared_with_all_references_at_once(
        self, index: FaceIndex, school: str, enrolled: dict[str, str]
    ) -> None:
        ((*candidates,),) = index.search(school, f"{ANNA}-2", [WHOLE], floor=1, limit=5).candidates
        assert [candidate.student_id for candidate in candidates] == ["anna", "ben"]
        alone = index.add_reference(f"{school}-b", "anna", f"{ANNA}-0", WHOLE)
        assert alone
        ((single,),) = index.search(f"{school}-b", f"{ANNA}-2", [WHOLE], floor=1, limit=5).candidates
        # Noise averages out: the mean of two noisy photos is nearer to a third than either is.
        assert candidates[0].similarity > single.similarity

    def test_the_nearest_candidates_come_first_and_no_more_than_asked_for(
        self, index: FaceIndex, school: str, enrolled: dict[str, str]
    ) -> None:
        ((first, second),) = index.search(school, f"{CARL}-0", [WHOLE], floor=1, limit=5).candidates
        assert first.similarity >= second.similarity
        assert index.search(school, f"{CARL}-0", [WHOLE], floor=1, limit=1).candidates == ((first,),)
        between = (first.similarity + second.similarity) / 2
        assert index.search(school, f"{CARL}-0", [WHOLE], floor=between, limit=5).candidates == ((first,),)

    def test_a_place_without_a_face_matches_nobody(
        self, index: FaceIndex, school: str, enrolled: dict[str, str]
    ) -> None:
        found = index.search(school, "nobody", [Box(0.4, 0.4, 0.2, 0.2)], floor=1, limit=5)
        assert found.candidates == ((),)

    def test_a_face_is_not_taken_for_its_larger_neighbour(self, bucket: Bucket, school: str) -> None:
        pixels = np.full((420, 700, 3), 127, np.uint8)
        pixels[0:400, 0:400] = draw_face(BEN, 400)
        pixels[150:246, 340:436] = draw_face(ANNA, 96)
        index = bucket({**PICTURES, "side-by-side": png(pixels)})
        index.add_reference(school, "ben", f"{BEN}-0", WHOLE)
        small = Box((340 + 96 * WHOLE.left) / 700, (150 + 96 * WHOLE.top) / 420, 54 / 700, 69 / 420)
        found = index.search(school, "side-by-side", [small], floor=SAME, limit=5)
        assert found.candidates == ((),)

    def test_schools_do_not_see_each_other(
        self, index: FaceIndex, school: str, enrolled: dict[str, str]
    ) -> None:
        index.add_reference(f"{school}-b", "carl", f"{CARL}-0", WHOLE)
        found = index.search(f"{school}-b", f"{ANNA}-0", [WHOLE], floor=1, limit=5)
        assert [candidate.student_id for candidate in found.candidates[0]] == ["carl"]

    def test_a_portrait_without_a_face_becomes_no_reference(self, index: FaceIndex, school: str) -> None:
        with pytest.raises(PortraitRefusedError, match="FACE_PRESENT"):
            index.add_reference(school, "anna", "nobody", WHOLE)
        assert candidates_of(index, school, f"{ANNA}-0") == ()

    def test_a_student_is_found_until_the_last_reference_is_gone(
        self, index: FaceIndex, school: str, enrolled: dict[str, str]
    ) -> None:
        index.remove_references(school, [enrolled["anna-1"]])
        assert {c.student_id for c in candidates_of(index, school, f"{ANNA}-2")} == {"anna", "ben"}
        index.remove_references(school, [enrolled["anna-2"]])
        assert {c.student_id for c in candidates_of(index, school, f"{ANNA}-2")} == {"ben"}

    def test_a_student_can_be_enrolled_again(
        self, index: FaceIndex, school: str, enrolled: dict[str, str]
    ) -> None:
        index.remove_references(school, [enrolled["anna-1"], enrolled["anna-2"]])
        index.add_reference(school, "anna", f"{ANNA}-1", WHOLE)
        assert candidates_of(index, school, f"{ANNA}-2")[0].student_id == "anna"

    def test_removing_what_is_not_there_changes_nothing(
        self, index: FaceIndex, school: str, enrolled: dict[str, str]
    ) -> None:
        index.remove_references(f"{school}-never", [str(uuid.uuid4())])
        index.remove_references(school, [enrolled["ben"]])
        before = candidates_of(index, school, f"{ANNA}-2")
        index.remove_references(school, [enrolled["ben"], str(uuid.uuid4())])
        assert candidates_of(index, school, f"{ANNA}-2") == before

    def test_every_reference_is_listed_with_whose_it_is(
        self, index: FaceIndex, school: str, enrolled: dict[str, str]
    ) -> None:
        listed = {known.reference_id: known.student_id for known in index.references(school)}
        assert listed == {enrolled["anna-1"]: "anna", enrolled["anna-2"]: "anna", enrolled["ben"]: "ben"}
        assert index.references(f"{school}-never") == []

    def test_single_references_near_a_portrait_are_told_apart(
        self, index: FaceIndex, school: str, enrolled: dict[str, str]
    ) -> None:
        found = index.near_references(school, f"{ANNA}-1", WHOLE, floor=1, limit=5)
        assert [match.reference.reference_id for match in found] == [
            enrolled["anna-2"],
            enrolled["anna-1"],
            enrolled["ben"],
        ]
        assert found[0].similarity == pytest.approx(100, abs=0.01)
        assert found[0].similarity > found[1].similarity > found[2].similarity
        assert index.near_references(school, f"{ANNA}-1", WHOLE, floor=SAME, limit=1) == found[:1]
        assert index.near_references(f"{school}-never", f"{ANNA}-1", WHOLE, floor=1, limit=5) == []
        assert index.near_references(school, "nobody", WHOLE, floor=1, limit=5) == []

    def test_the_neighbours_of_a_reference_are_all_but_itself(
        self, index: FaceIndex, school: str, enrolled: dict[str, str]
    ) -> None:
        found = index.neighbours(school, enrolled["anna-1"], floor=1, limit=5)
        assert [match.reference.reference_id for match in found] == [enrolled["anna-2"], enrolled["ben"]]
        assert index.neighbours(school, enrolled["anna-1"], floor=SAME, limit=5) == found[:1]
        assert index.neighbours(school, enrolled["anna-1"], floor=1, limit=1) == found[:1]
        for unknown in (school, f"{school}-never"):
            with pytest.raises(NotFoundError):
                index.neighbours(unknown, str(uuid.uuid4()), floor=1, limit=5)


def candidates_of(index: FaceIndex, school: str, key: str) -> tuple[Candidate, ...]:
    """Everybody, however unlike."""
    (found,) = index.search(school, key, [WHOLE], floor=1, limit=5).candidates
    return found
