"""Enrolment photos and what became of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

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
