"""Enrolment photos and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from attendance.domain.errors import PortraitRefusedError

PortraitStatus = Literal["waiting", "enrolled", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class Portrait:
    """One enrolment photo of a student.

    Parameters
    ----------
    codes, message
        Why it was refused or failed: machine codes, and a sentence for a person.
    face_reference_id
        The reference in the face index, once enrolled.
    """

    school_id: str
    student_id: str
    portrait_id: str
    requested_at: datetime
    status: PortraitStatus = "waiting"
    codes: tuple[str, ...] = ()
    message: str | None = None
    face_reference_id: str | None = None


@dataclass(frozen=True, slots=True)
class PortraitFace:
    """A face of a portrait, as the enrolment gate looks at it.

    Parameters
    ----------
    width_px
        Width of the face in pixels.
    yaw, pitch, roll
        Degrees; 0 looks straight into the camera.
    brightness, sharpness, confidence
        Percent, as Rekognition gives them.
    """

    width_px: float
    yaw: float
    pitch: float
    roll: float
    brightness: float
    sharpness: float
    confidence: float


# Pose as Rekognition recommends for face input. Width: SFace finds as many from 32 px up as from 80 px.
_MIN_WIDTH_PX = 40
_MAX_YAW = 45
_MIN_PITCH, _MAX_PITCH = -30, 45
_MAX_ROLL = 30
_MIN_CONFIDENCE = 80
_MIN_SHARPNESS = 10
_MIN_BRIGHTNESS, _MAX_BRIGHTNESS = 15, 95

_SENTENCES = {
    "FACE_PRESENT": "No face was found: use a picture that shows the face from the front, well lit.",
    "SINGLE_FACE_PRESENT": "There is more than one face: use a picture of this student alone.",
    "HEAD_SIZE": "The face is too small: move closer or use a larger picture.",
    "HEAD_POSE": "The head is turned away: look straight into the camera.",
    "SHARPNESS": "The picture is blurred: hold the camera still and take it again.",
    "UNDER_EXPOSURE_PREVENTION": "The face is too dark: face a window or switch on a light.",
    "OVER_EXPOSURE_PREVENTION": "The face is too bright: step out of direct light.",
    "UNIFIED_QUALITY_SCORE": "The face is hard to see: uncover it and take the picture again.",
}


def portrait_faults(faces: Sequence[PortraitFace]) -> tuple[str, ...]:
    """Codes of what keeps a portrait from becoming a face reference; none: it is good enough.

    The codes are named after the components of ISO/IEC 29794-5.
    """
    if not faces:
        return ("FACE_PRESENT",)
    if len(faces) > 1:
        return ("SINGLE_FACE_PRESENT",)
    face = faces[0]
    is_turned = (
        abs(face.yaw) > _MAX_YAW or not _MIN_PITCH <= face.pitch <= _MAX_PITCH or abs(face.roll) > _MAX_ROLL
    )
    faults = {
        "HEAD_SIZE": face.width_px < _MIN_WIDTH_PX,
        "HEAD_POSE": is_turned,
        "SHARPNESS": face.sharpness < _MIN_SHARPNESS,
        "UNDER_EXPOSURE_PREVENTION": face.brightness < _MIN_BRIGHTNESS,
        "OVER_EXPOSURE_PREVENTION": face.brightness > _MAX_BRIGHTNESS,
        "UNIFIED_QUALITY_SCORE": face.confidence < _MIN_CONFIDENCE,
    }
    return tuple(code for code, is_fault in faults.items() if is_fault)


def require_portrait(faces: Sequence[PortraitFace]) -> None:
    """Raises PortraitRefusedError, with every code and one sentence a code, where the gate refuses."""
    codes = portrait_faults(faces)
    if codes:
        raise PortraitRefusedError(codes, " ".join(_SENTENCES[code] for code in codes))
