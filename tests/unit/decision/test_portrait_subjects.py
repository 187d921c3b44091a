"""Which face of a portrait is the student's."""

import pytest

from attendance.domain.errors import PortraitRefusedError
from attendance.domain.portraits import PortraitFace, portrait_faults, require_subject, subject_of
from attendance.domain.sightings import Box


def face(x: float, y: float, width: float, *, yaw: float = 0.0) -> PortraitFace:
    """A good face whose middle is at x, y (ratios of a square picture)."""
    box = Box(x - width / 2, y - width / 2, width, width)
    return PortraitFace(
        width_px=width * 400,
        yaw=yaw,
        pitch=0.0,
        roll=0.0,
        brightness=50.0,
        sharpness=80.0,
        confidence=95.0,
        box=box,
    )


def test_a_face_alone_is_the_subject_wherever_it_is():
    alone = face(0.2, 0.8, 0.3)
    assert subject_of([alone]) is alone


def test_someone_small_in_the_background_is_a_bystander():
    subject, bystander = face(0.2, 0.5, 0.4), face(0.6, 0.4, 0.2)
    assert subject_of([bystander, subject]) is subject


def test_someone_at_the_side_is_a_bystander_even_if_a_little_larger():
    subject, bystander = face(0.5, 0.5, 0.35), face(0.85, 0.5, 0.38)
    assert subject_of([bystander, subject]) is subject


@pytest.mark.parametrize(
    "faces",
    [
        pytest.param([face(0.45, 0.5, 0.3), face(0.6, 0.5, 0.3)], id="two in the middle"),
        pytest.param([face(0.2, 0.5, 0.3), face(0.8, 0.5, 0.3)], id="nobody in the middle"),
        pytest.param([face(0.5, 0.5, 0.2), face(0.15, 0.5, 0.3)], id="a much larger one at the side"),
    ],
)
def test_a_portrait_without_a_clear_subject_is_refused(faces):
    with pytest.raises(PortraitRefusedError) as refused:
        require_subject(faces)
    assert refused.value.codes == ("SINGLE_FACE_PRESENT",)


def test_the_quality_of_a_bystander_does_not_matter():
    assert portrait_faults([face(0.5, 0.5, 0.35), face(0.9, 0.5, 0.2, yaw=80.0)]) == ()


def test_a_turned_head_is_accepted_until_one_eye_hides_the_other():
    require_subject([face(0.5, 0.5, 0.4, yaw=-65.0)])
    with pytest.raises(PortraitRefusedError):
        require_subject([face(0.5, 0.5, 0.4, yaw=75.0)])
