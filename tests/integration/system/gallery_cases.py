"""What enrolment and the operator's check make of look-alikes, on the running system, whoever finds faces.

Students of the class are enrolled already; a test file gives `played`.
"""

import os
import subprocess
import sys
import uuid
from dataclasses import dataclass

import pytest
from played_school import PlayedSchool, eventually

from local.emulator.settings import REPOSITORY


@dataclass(frozen=True)
class Double:
    """A student who was enrolled with the picture of another one, the `original`, of the class."""

    student_id: str
    portrait_id: str
    original: str


class GalleryCases:
    """Collected by pytest in the subclasses."""

    @pytest.fixture
    def double(self, played: PlayedSchool) -> Double:
        student_id, original = f"s-double-{uuid.uuid4().hex[:6]}", max(played.students)
        played.add_student(played.add_room(), student_id)
        return Double(student_id, played.send_portrait(student_id, played.portrait_of(original)), original)

    def test_one_picture_under_two_names_is_enrolled_and_told(
        self, played: PlayedSchool, double: Double
    ) -> None:
        settled = played.settled_portrait(double.student_id, double.portrait_id)

        assert (settled.status, settled.codes) == ("enrolled", ("SAME_PICTURE",))
        assert "one of the two has the wrong photo" in settled.message
        both = {double.student_id, double.original}
        for student_id in both:
            (other,) = both - {student_id}
            told = eventually(lambda who=student_id, about=other: look_alikes(played, who).get(about))
            assert told == (f"Student {other}", True)

    def test_a_photo_of_somebody_else_is_refused_and_not_stored(self, played: PlayedSchool) -> None:
        student_id, somebody_else = max(played.students), min(played.students)

        sent = played.send_portrait(student_id, played.portrait_of(somebody_else))

        settled = played.settled_portrait(student_id, sent)
        assert (settled.status, settled.codes) == ("refused", ("SAME_PERSON",))
        assert "make sure that all of them show the same person" in settled.message
        assert student_id not in look_alikes(played, somebody_else)

    def test_the_check_of_the_gallery_names_both_and_forgetting_one_ends_the_pair(
        self, played: PlayedSchool, double: Double
    ) -> None:
        played.settled_portrait(double.student_id, double.portrait_id)
        eventually(lambda: look_alikes(played, double.student_id))
        (right,) = references_of(played, double.original)
        (wrong,) = references_of(played, double.student_id)

        found = check_gallery(played)

        assert found.returncode == 1, found.stderr
        named = (f"{double.original}'s {right}", f"{double.student_id}'s {wrong}")
        assert any(
            "too near" in line and all(name in line for name in named) for line in found.stdout.splitlines()
        )

        mended = check_gallery(played, "--forget", wrong)

        assert double.student_id not in mended.stdout
        assert double.student_id not in look_alikes(played, double.original)
        told = played.settled_portrait(double.student_id, double.portrait_id)
        assert (told.status, told.codes) == ("refused", ("REFERENCE_REMOVED",))


def look_alikes(played: PlayedSchool, student_id: str) -> dict[str, tuple[str, bool]]:
    """What the API tells an admin: names, and whether it is one picture, by student."""
    shown = played.admin.call("GET", f"/v1/students/{student_id}").body["look_alikes"]
    return {other["student_id"]: (other["name"], other["is_same_picture"]) for other in shown}


def references_of(played: PlayedSchool, student_id: str) -> list[str]:
    portraits = played.stores.students.portraits(played.school_id, student_id)
    return [p.face_reference_id for p in portraits if p.face_reference_id is not None]


def check_gallery(played: PlayedSchool, *options: str) -> subprocess.CompletedProcess[str]:
    """What `make gallery` runs."""
    settings = played.system.settings.model_dump(mode="json")
    return subprocess.run(
        [sys.executable, "-m", "local", "gallery", played.school_id, *options],
        check=False,
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=os.environ | {f"ROLLCALL_{name.upper()}": str(value) for name, value in settings.items()},
    )
