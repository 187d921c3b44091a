"""How good a face is for recognition: size, sharpness, light and pose, in numbers that mean something."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from faces.align import CHIP_SIDE, TEMPLATE
from faces.arrays import Pixels, Points

_NOSE_DEPTH: Final = 13.0
_MODEL: Final = np.column_stack([TEMPLATE - TEMPLATE.mean(axis=0), [0.0, 0.0, _NOSE_DEPTH, 0.0, 0.0]])
"""A frontal face in three dimensions, in pixels of the chip (the eyes 35 apart, 63 mm in an adult): the
template, with the nose tip 23 mm before the plane of eyes and mouth."""

_FACE: Final = slice(round(CHIP_SIDE * 0.2), round(CHIP_SIDE * 0.9))
_SHARP: Final = 12.0


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Where a head turns, in degrees; 0, 0, 0 faces the camera.

    Attributes
    ----------
    yaw : positive when the face turns to the right of the picture
    pitch : positive when it looks up
    roll : positive when it leans clockwise as seen in the picture
    """

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """How good a face is for recognition.

    Attributes
    ----------
    width : pixels of the original across the face's box
    eye_distance : pixels of the original between the eyes
    sharpness : 0..100, the fine detail in the aligned face
    brightness : 0..100, the mean luminance of the aligned face
    contrast : 0..100, the spread of its luminance
    pose : estimated from the five landmarks
    score : the detector's confidence, 0..1
    """

    width: float
    eye_distance: float
    sharpness: float
    brightness: float
    contrast: float
    pose: HeadPose
    score: float


def head_pose(landmarks: Points) -> HeadPose:
    """Estimate where a head turns from its five landmarks, (5, 2).

    A face of average proportions is fitted under weak perspective, in closed form; proportions differ between
    people by some degrees of pitch.
    """
    flat = landmarks - landmarks.mean(axis=0)
    model = _MODEL - _MODEL.mean(axis=0)
    projection = np.linalg.lstsq(model, flat, rcond=None)[0].T
    left, _, right = np.linalg.svd(projection, full_matrices=False)
    across, down = left @ right
    forward = np.cross(across, down)
    turn = np.stack([across, down, forward])
    facing = turn[:, 2]
    yaw = np.arctan2(facing[0], facing[2])
    pitch = np.arcsin(np.clip(-facing[1], -1.0, 1.0))
    eyes = landmarks[1] - landmarks[0]
    mouth = landmarks[4] - landmarks[3]
    roll = np.arctan2(*(eyes + mouth)[::-1])
    return HeadPose(*(float(np.degrees(angle)) for angle in (yaw, pitch, roll)))


def sharpness(chip: Pixels) -> float:
    """Return how much fine detail an aligned chip, (112, 112, 3), holds, 0..100."""
    grey = cv2.cvtColor(chip, cv2.COLOR_BGR2GRAY)[_FACE, _FACE].astype(np.float32)
    spread = float(grey.std())
    if spread < 1.0:
        return 0.0
    detail = float(cv2.Laplacian(grey, cv2.CV_32F).std())
    return min(100.0, 100.0 * detail / spread / _SHARP * 10)


def light(chip: Pixels) -> tuple[float, float]:
    """Return brightness and contrast of an aligned chip, each 0..100."""
    grey = cv2.cvtColor(chip, cv2.COLOR_BGR2GRAY)[_FACE, _FACE].astype(np.float32)
    return float(grey.mean()) / 2.55, min(100.0, float(grey.std()) / 1.275)
