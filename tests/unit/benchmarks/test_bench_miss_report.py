"""The report of an evaluation: every kind of miss with its pictures, and names that cannot break the page."""

import base64
import re
from datetime import UTC, date, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from attendance.contracts.workflow import (
    CaptureCandidates,
    CaptureSightings,
    SearchedFace,
    SearchedFaces,
    StoredBox,
    StoredCandidate,
    StoredSighting,
)
from attendance.domain.registers import Evidence, Mark, Register, Review
from attendance.domain.sightings import Box
from benchmarks.class_sets import STRANGER, ClassSet, LabelledCapture, LabelledFace
from benchmarks.judging import misidentified
from benchmarks.measured_class import TakenRoll
from benchmarks.miss_report import MissReport
from tests.fakes.drawn_faces import STRANGERS, draw_crowd, draw_face

SIDE = 128
STUDENTS = {"a": "Anna", "b": "Ben <script>alert('b')</script>", "c": "Carl & Co", "d": "Dora"}
MEETING = "class.2026-01-05.lesson"
SEEN_AT = datetime(2026, 1, 5, 9, 10, tzinfo=UTC)


def place(seat: int) -> StoredBox:
    """The drawn face of a seat, of four side by side."""
    return StoredBox(left=(seat + 0.25) / 4, top=0.2, width=0.5 / 4, height=0.6)


def labelled(seat: int, who: str) -> LabelledFace:
    box = place(seat)
    return LabelledFace(1, box.left * 4 * SIDE, box.top * SIDE, box.width * 4 * SIDE, box.height * SIDE, who)


def candidates_at(seat: int, *near: tuple[str, float], outcome: str = "searched") -> SearchedFace:
    return SearchedFace(
        index=seat,
        box=place(seat),
        confidence=90.0,
        frame=1,
        outcome=outcome,
        candidates=tuple(StoredCandidate(student_id=who, similarity=percent) for who, percent in near),
    )


def sighting(seat: int, student_id: str, band: str = "recognised") -> StoredSighting:
    return StoredSighting(
        student_id=student_id,
        frame=1,
        face=seat,
        box=place(seat),
        similarity=88.0,
        band=band,
        on_roster=True,
        certainty=9.25,
        needed=8.5,
    )


def doubt(student_id: str) -> Mark:
    evidence = Evidence(
        "capture", SEEN_AT, 1, 0, Box(0.1, 0.1, 0.1, 0.1), 80.0, False, 1, certainty=6.1, needed=8.5
    )
    return Mark(student_id, review=Review(evidence))


class Room:
    """A class of four with drawn portraits, and one frame of four drawn faces."""

    def __init__(
        self, folder: Path, present: dict[str, bool], faces: tuple[LabelledFace, ...] | None
    ) -> None:
        frame = folder / "frame.png"
        cv2.imwrite(str(frame), draw_crowd(list(STRANGERS), SIDE))
        portraits = {}
        for student_id, seed in zip(STUDENTS, STRANGERS, strict=True):
            path = folder / f"{student_id}.png"
            cv2.imwrite(str(path), draw_face(seed, SIDE))
            portraits[student_id] = (path,)
        self.capture = LabelledCapture("c1", 4 * SIDE, SIDE, 1, {1: frame}, present, faces)
        self.report = MissReport(ClassSet("drawn <class>", STUDENTS, portraits, (self.capture,)))
        self.folder = folder

    def take(
        self,
        marks: list[Mark],
        *,
        searched: tuple[SearchedFace, ...] = (),
        sightings: tuple[StoredSighting, ...] = (),
    ) -> None:
        register = Register(
            school_id="measured",
            meeting_id=MEETING,
            section_id="class",
            room_id="room",
            date=date(2026, 1, 5),
            period_id="lesson",
            starts_at=SEEN_AT,
            ends_at=SEEN_AT,
            policy_version="test",
            status="provisional",
            marks={mark.student_id: mark for mark in marks},
        )
        given = CaptureSightings(meeting_id=MEETING, policy_version="test", sightings=sightings, unknown=())
        found = CaptureCandidates(engine="drawn/1", faces=searched)
        taken = TakenRoll(register, found, given, SearchedFaces(faces=4, searched=4, calls=4), MEETING)
        self.report.add(self.capture, taken, misidentified(self.capture, given))

    def page(self) -> str:
        return self.report.write(self.folder / "misses").read_text(encoding="utf-8")


def pictures_in(page: str) -> list[np.ndarray]:
    found = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page)
    return [cv2.imdecode(np.frombuffer(base64.b64decode(one), np.uint8), cv2.IMREAD_COLOR) for one in found]


def test_a_class_without_a_miss_has_an_empty_report(tmp_path: Path) -> None:
    room = Room(tmp_path, {"a": True, "b": False}, (labelled(0, "a"),))
    room.take([Mark("a", status="present"), Mark("b")], sightings=(sighting(0, "a"),))
    assert room.report.misses == []
    assert "0 misses" in room.page()


def test_a_missed_student_is_shown_with_the_portrait_and_the_face_and_how_near_it_came(
    tmp_path: Path,
) -> None:
    room = Room(tmp_path, {"a": True}, (labelled(0, "a"),))
    room.take([Mark("a")], searched=(candidates_at(0, ("b", 70.0), ("a", 60.4)),))

    (miss,) = room.report.misses
    assert (miss.kind, miss.who) == ("missed", "Anna (a)")
    assert miss.explanation == "frame 1: 60 %, place 2"
    assert [shown.caption for shown in miss.shown] == ["enrolled", "frame 1: 60 %, place 2, 64 px"]
    assert len(pictures_in(room.page())) == 2


@pytest.mark.parametrize(
    ("searched", "said"),
    [
        ((), "not detected"),
        ((candidates_at(2, ("a", 90.0)),), "not detected"),
        ((candidates_at(0, ("b", 70.0)),), "not among the nearest"),
        ((candidates_at(0, outcome="settled"),), "its place was settled"),
        ((candidates_at(0, outcome="over_budget"),), "beyond the budget"),
        ((candidates_at(0, outcome="failed"),), "failed"),
    ],
)
def test_why_a_face_did_not_count_is_said(
    tmp_path: Path, searched: tuple[SearchedFace, ...], said: str
) -> None:
    room = Room(tmp_path, {"a": True}, (labelled(0, "a"),))
    room.take([Mark("a")], searched=searched)
    assert room.report.misses[0].explanation == f"frame 1: {said}"


def test_a_doubtful_student_is_shown_with_the_certainty_that_was_missing(tmp_path: Path) -> None:
    room = Room(tmp_path, {"a": True}, (labelled(0, "a"),))
    room.take([doubt("a")], searched=(candidates_at(0, ("a", 80.0)),))
    (miss,) = room.report.misses
    assert miss.kind == "doubtful"
    assert miss.explanation.endswith("certainty 6.1 of 8.5 needed")


def test_without_labelled_faces_the_miss_is_told_with_the_portrait_alone(tmp_path: Path) -> None:
    room = Room(tmp_path, {"a": True}, None)
    room.take([Mark("a")])
    (miss,) = room.report.misses
    assert miss.explanation == "Nobody wrote down where the student is in the picture."
    assert [shown.caption for shown in miss.shown] == ["enrolled"]


@pytest.mark.parametrize(
    ("mark", "band", "kind"),
    [
        (Mark("a", status="present"), "recognised", "false present"),
        (Mark("a", status="late"), "recognised", "false present"),
        (doubt("a"), "doubtful", "false doubtful"),
    ],
)
def test_an_absent_student_who_was_seen_is_shown_with_the_face_taken_for_them(
    tmp_path: Path, mark: Mark, band: str, kind: str
) -> None:
    room = Room(tmp_path, {"a": False}, None)
    room.take([mark], sightings=(sighting(2, "a", band),))

    (miss,) = room.report.misses
    assert miss.kind == kind
    assert miss.explanation == "Not in the room. Certainty 9.2 of 8.5 needed."
    assert [shown.caption for shown in miss.shown] == ["enrolled", "frame 1: 88 %"]


@pytest.mark.parametrize(("who", "told"), [("c", "Carl & Co (c)"), (STRANGER, "stranger")])
def test_a_face_given_to_somebody_else_is_shown_with_that_one_s_portrait(
    tmp_path: Path, who: str, told: str
) -> None:
    room = Room(tmp_path, {}, (labelled(2, who),))
    room.take([], sightings=(sighting(2, "a"),))

    (miss,) = room.report.misses
    assert (miss.kind, miss.who) == ("misidentified", told)
    assert miss.explanation == f"This is {told}, recognised as Anna (a)."
    assert [shown.caption for shown in miss.shown] == ["frame 1", "enrolled"]


def test_the_pictures_of_the_page_are_the_face_and_its_surroundings(tmp_path: Path) -> None:
    room = Room(tmp_path, {}, (labelled(2, STRANGER),))
    room.take([], sightings=(sighting(2, "a"),))

    cut, portrait = pictures_in(room.page())

    crowd = draw_crowd(list(STRANGERS), SIDE)
    shown = crowd[:, 2 * SIDE : 3 * SIDE]
    other = crowd[:, :SIDE]
    middle = cv2.resize(cut, (SIDE, SIDE))[32:96, 32:96].astype(float)
    assert np.abs(middle.mean((0, 1)) - shown[32:96, 32:96].mean((0, 1))).max() < 12
    assert np.abs(middle.mean((0, 1)) - other[32:96, 32:96].mean((0, 1))).max() > 12
    assert np.abs(portrait.astype(float) - draw_face(STRANGERS[0], SIDE)).mean() < 8


def test_names_are_text_and_never_markup(tmp_path: Path) -> None:
    room = Room(tmp_path, {"b": True}, (labelled(1, "b"), labelled(2, "c")))
    room.take([Mark("b")], sightings=(sighting(2, "b"),))

    page = room.page()

    assert len(room.report.misses) == 2
    assert "<script" not in page
    assert "Ben &lt;script&gt;" in page
    assert "Carl &amp; Co (c)" in page
    assert "<title>drawn &lt;class&gt;: 2 misses</title>" in page


def test_a_frame_that_cannot_be_read_leaves_the_words_and_the_portrait(tmp_path: Path) -> None:
    room = Room(tmp_path, {"a": True}, (labelled(0, "a"),))
    (tmp_path / "frame.png").write_bytes(b"")
    room.take([Mark("a")])
    (miss,) = room.report.misses
    assert [shown.caption for shown in miss.shown] == ["enrolled"]
    assert miss.explanation == "frame 1: not detected"
