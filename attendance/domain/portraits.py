"""Enrolment photos and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from attendance.domain.errors import PortraitRefusedError
from attendance.domain.sightings import Box

PortraitStatus = Literal["waiting", "enrolled", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class Portrait:
    """One enrolment photo of a student.

    Parameters
    ----------
    codes, message
        Why it was refused or failed, or what is to be known of it though it is enrolled: machine codes, and a
        sentence for a person, which names no other student.
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
    box: Box

    @property
    def off_centre(self) -> float:
        """How far its middle is from the picture's, as a share of the picture; 0.5 is at the edge."""
        across = self.box.left + self.box.width / 2 - 0.5
        down = self.box.top + self.box.height / 2 - 0.5
        return max(abs(across), abs(down))

    @property
    def area(self) -> float:
        """Share of the picture that the face takes."""
        return self.box.width * self.box.height


# SFace finds as many from 32 px up as from 80 px.
_MIN_WIDTH_PX = 40
# Heads turned by 45 to 60 degrees are still found among their other photos (median cosine 0.57, 0.68 for
# those who look straight); from about 70 one eye hides the other, and the landmarks are guesses.
_MAX_YAW = 70
_MIN_PITCH, _MAX_PITCH = -45, 45
_MAX_ROLL = 30
_MIN_CONFIDENCE = 80
_MIN_SHARPNESS = 10
_MIN_BRIGHTNESS, _MAX_BRIGHTNESS = 15, 95

# A bystander is small, or stands at the side of one who is in the middle. Of 109 press photos with several
# faces these rules choose a face in 107, and in none of those a bystander's.
_DOMINANT_AREA = 3.0
_MIDDLE = 0.2
_MAX_BYSTANDER_AREA = 2.0

# Percent, Amazon's own default. Two photos of one person are nearer in 1,213 of 1,215 pairs, photos of two
# people in one of 315 (docs/adr/0010).
LEAST_LIKENESS = 75.0

_SENTENCES = {
    "FACE_PRESENT": "No face was found: use a picture that shows the face from the front, well lit.",
    "SINGLE_FACE_PRESENT": (
        "There are several faces, none of them clearly in the middle: use a picture of this student alone."
    ),
    "HEAD_SIZE": "The face is too small: move closer or use a larger picture.",
    "HEAD_POSE": "The head is turned away: look straight into the camera.",
    "SHARPNESS": "The picture is blurred: hold the camera still and take it again.",
    "UNDER_EXPOSURE_PREVENTION": "The face is too dark: face a window or switch on a light.",
    "OVER_EXPOSURE_PREVENTION": "The face is too bright: step out of direct light.",
    "UNIFIED_QUALITY_SCORE": "The face is hard to see: uncover it and take the picture again.",
    "SAME_PERSON": (
        "This does not look like the student's other photos: make sure that all of them show the same person,"
        " with nothing over the face."
    ),
    "LOOK_ALIKE": (
        "Another student looks much like this one. Where the camera sees either, a teacher is asked. If they"
        " are no twins or siblings, look whether one of them has the other's photo."
    ),
    "SAME_PICTURE": (
        "This very picture is enrolled for another student too: one of the two has the wrong photo. Until"
        " that is mended, a teacher is asked wherever the camera sees either."
    ),
}


def subject_of(faces: Sequence[PortraitFace]) -> PortraitFace | None:
    """The face that a portrait is of: alone, much larger than all others, or alone in the middle."""
    if not faces:
        return None
    first, *others = sorted(faces, key=lambda face: face.area, reverse=True)
    if all(first.area >= _DOMINANT_AREA * other.area for other in others):
        return first
    middle = [face for face in faces if face.off_centre <= _MIDDLE]
    if len(middle) == 1 and first.area <= _MAX_BYSTANDER_AREA * middle[0].area:
        return middle[0]
    return None


def portrait_faults(faces: Sequence[PortraitFace]) -> tuple[str, ...]:
    """Codes of what keeps a portrait from becoming a face reference; none: it is good enough.

    The codes are named after the components of ISO/IEC 29794-5.
    """
    if not faces:
        return ("FACE_PRESENT",)
    face = subject_of(faces)
    if face is None:
        return ("SINGLE_FACE_PRESENT",)
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


def require_subject(faces: Sequence[PortraitFace]) -> PortraitFace:
    """The face that a portrait is of.

    Raises
    ------
    PortraitRefusedError
        The gate refuses it: every code, and one sentence a code.
    """
    codes = portrait_faults(faces)
    subject = subject_of(faces)
    if codes or subject is None:
        raise refusal(codes)
    return subject


def refusal(codes: Sequence[str]) -> PortraitRefusedError:
    """The error that refuses a portrait: its codes, and one sentence a code."""
    return PortraitRefusedError(tuple(codes), sentences_of(codes))


def sentences_of(codes: Sequence[str]) -> str:
    return " ".join(_SENTENCES[code] for code in codes)
