from dataclasses import replace

import pytest

from faces import FaceQuality, HeadPose
from local.rekognition.bars import reasons_against

GOOD = FaceQuality(
    width=120,
    eye_distance=50,
    sharpness=90,
    brightness=50,
    contrast=30,
    pose=HeadPose(0, 0, 0),
    score=0.93,
)
POOR = {
    "EXTREME_POSE": replace(GOOD, pose=HeadPose(-80, 0, 0)),
    "LOW_BRIGHTNESS": replace(GOOD, brightness=3),
    "LOW_SHARPNESS": replace(GOOD, sharpness=2),
    "LOW_CONFIDENCE": replace(GOOD, score=0.5),
    "SMALL_BOUNDING_BOX": replace(GOOD, width=10),
}


@pytest.mark.parametrize("bar", ["NONE", "AUTO", "LOW", "MEDIUM", "HIGH"])
def test_a_good_face_passes_every_bar(bar):
    assert reasons_against(GOOD, bar) == []


@pytest.mark.parametrize("reason", POOR)
@pytest.mark.parametrize("bar", ["AUTO", "LOW", "MEDIUM", "HIGH"])
def test_a_poor_face_is_refused_for_its_own_reason(reason, bar):
    assert reasons_against(POOR[reason], bar) == [reason]


@pytest.mark.parametrize("reason", POOR)
def test_without_a_filter_everything_passes(reason):
    assert reasons_against(POOR[reason], "NONE") == []


def test_looking_down_is_a_pose_too():
    assert reasons_against(replace(GOOD, pose=HeadPose(0, -50, 0)), "MEDIUM") == ["EXTREME_POSE"]


def test_a_higher_bar_refuses_more():
    middling = replace(GOOD, width=30, sharpness=30, brightness=15, pose=HeadPose(45, 0, 0), score=0.8)
    counts = [len(reasons_against(middling, bar)) for bar in ("NONE", "LOW", "MEDIUM", "HIGH")]
    assert counts == [0, 0, 0, 5]
