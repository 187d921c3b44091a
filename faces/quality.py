"""How good a face is for recognition: size, sharpness, light and pose, in numbers that mean something."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.arrays import Floats, Pixels, Points

_MODEL: Final[Points] = np.array(
    [
        [-18.5, 0.0, 0.0],
        [18.5, 0.0, 0.0],
        [0.0, 21.3, 13.0],
        [-15.9, 37.8, 0.0],
        [15.9, 37.8, 0.0],
    ]
)
"""A face seen from the front: x to the right of the picture, y down, z towards the camera, the eyes 63 mm
apart in an adult. Across and down it is the mean of the landmarks that YuNet finds in news photos, made
symmetric, so that who looks into the camera has a pitch of 0; the nose tip stands 22 mm out."""

_FACE_ROWS: Final = slice(22, 101)
_FACE_COLUMNS: Final = slice(22, 90)

_AVERAGED: Final = 9
_BLURRED: Final = 0.2
_CRISP: Final = 0.5


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
    people by some degrees of pitch, and YuNet's first landmarks of a rolled face understate its roll by a
    quarter.
    """
    flat = landmarks - landmarks.mean(axis=0)
    model = _MODEL - _MODEL.mean(axis=0)
    projection = np.linalg.lstsq(model, flat, rcond=None)[0].T
    left, _, right = np.linalg.svd(projection, full_matrices=False)
    across, down = left @ right
    towards = np.cross(across, down)
    yaw = np.arcsin(np.clip(-towards[0], -1.0, 1.0))
    pitch = np.arctan2(towards[1], towards[2])
    roll = np.arctan2(down[0], across[0])
    return HeadPose(*(float(np.degrees(angle)) for angle in (yaw, pitch, roll)))


def sharpness(chip: Pixels) -> float:
    """Return how much detail would be lost if an aligned chip, (112, 112, 3), were blurred, 0..100.

    The blur metric of Crete et al. (Human Vision and Electronic Imaging XII, 2007) on the slightly smoothed
    face. Medians over 80 photos whose faces are 92 px wide: 98 as they are, 80 made 48 px wide, 51 made 24;
    45 with a Gaussian blur of 2 px, 17 with 3; 57 with a motion blur of 7 px. Strong noise passes for detail.
    """
    grey = np.asarray(cv2.GaussianBlur(_face_of(chip), (0, 0), 0.8), np.float32)
    kept = min(_detail_lost(grey), _detail_lost(grey.T))
    return float(np.clip((kept - _BLURRED) / (_CRISP - _BLURRED), 0.0, 1.0) * 100)


def _detail_lost(grey: Floats) -> float:
    """Return which part of the differences between neighbours in a row goes when the row is averaged."""
    before = np.abs(np.diff(grey, axis=1))
    after = np.abs(np.diff(cv2.blur(np.ascontiguousarray(grey), (_AVERAGED, 1)), axis=1))
    total = float(before.sum())
    return float(np.maximum(before - after, 0.0).sum()) / total if total > 0 else 0.0


def light(chip: Pixels) -> tuple[float, float]:
    """Return brightness and contrast of an aligned chip, (112, 112, 3), each 0..100."""
    grey = _face_of(chip)
    return float(grey.mean()) / 2.55, min(100.0, float(grey.std()) / 1.275)


def _face_of(chip: Pixels) -> NDArray[np.float32]:
    """Return the luminance of the part of a chip that is face, not hair or background."""
    grey = cv2.cvtColor(chip, cv2.COLOR_BGR2GRAY)
    return grey[_FACE_ROWS, _FACE_COLUMNS].astype(np.float32)
