"""What the API takes and gives: never domain objects, so that either may change without the other.

Instants are UTC with offset; times of day are the reader's business, in the school's `time_zone`.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from attendance.contracts.base import CaptureId, Identifier, MeetingId, Sha256
from attendance.contracts.upload import MAX_FRAME_BYTES

MarkStatus = Literal["present", "late", "left_early", "absent", "excused", "unseen"]
RegisterStatus = Literal["expected", "provisional", "confirmed", "amended", "not_taken"]
Band = Literal["recognised", "doubtful", "unknown"]
PortraitStatus = Literal["waiting", "enrolled", "refused", "failed"]

Count = Annotated[int, Field(ge=0)]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"),
]


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Body(BaseModel):
    """A misspelt field is refused rather than ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SectionRef(Answer):
    section_id: str
    name: str


class Sections(Answer):
    items: tuple[SectionRef, ...]


class Me(Answer):
    """Who is signed in, in which school, and the time zone (IANA) of its clock."""

    username: str
    school_id: str
    roles: tuple[Literal["admin", "operator", "teacher"], ...]
    time_zone: str


class Counts(Answer):
    """present counts late too; doubtful are open reviews; unseen those without one."""

    present: Count
    doubtful: Count
    unseen: Count
    absent: Count
    students: Count


class MeetingSummary(Answer):
    """A meeting and how far its register has come; `version` 0 has none yet."""

    meeting_id: MeetingId
    section: SectionRef
    room_id: str
    date: date
    period_id: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    status: RegisterStatus
    counts: Counts
    version: Count


class Meetings(Answer):
    date: date
    time_zone: str
    items: tuple[MeetingSummary, ...]


class Box(Answer):
    """Ratios (0 to 1) of the picture's width and height; a box may reach a little out of it."""

    left: float
    top: float
    width: float
    height: float


class Compared(Answer):
    """A face of a frame that was compared with the student; `similarity` in percent."""

    frame: Annotated[int, Field(ge=1)]
    face: Count
    similarity: float


class Seen(Answer):
    """What one capture says for a student.

    `frame`, `box` and `similarity` (percent, comparable within one engine) are of the best sighting, and
    `compared` tells all that were like the student. `certainty` is what they say together: minus the natural
    logarithm of the chance that somebody else's face says as much; recognising takes `needed`.
    """

    capture_id: CaptureId
    taken_at: AwareDatetime
    frame: Annotated[int, Field(ge=1)]
    box: Box
    similarity: float
    frames_seen: Count
    compared: tuple[Compared, ...]
    certainty: float
    needed: float


class Mark(Answer):
    """`review` is a doubtful candidate waiting for a person's word; `seen` the student's latest sighting."""

    student_id: str
    name: str
    status: MarkStatus
    source: Literal["camera", "teacher"]
    reason: str | None
    review: Seen | None
    seen: Seen | None


class CaptureSummary(Answer):
    """What one capture contributed to a register."""

    capture_id: CaptureId
    taken_at: AwareDatetime
    frames: Count
    readable_frames: Count
    faces: Count
    unknown_faces: Count
    unsearched_faces: Count
    problems: tuple[str, ...]


class Register(Answer):
    meeting_id: MeetingId
    section: SectionRef
    room_id: str
    date: date
    period_id: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    status: RegisterStatus
    version: Count
    policy_version: str
    counts: Counts
    marks: tuple[Mark, ...]
    captures: tuple[CaptureSummary, ...]
    may_correct: bool


class Face(Answer):
    """A face of a picture. Without a student it was given to nobody; off the roster it is a guest's."""

    box: Box
    band: Band
    student_id: str | None
    name: str | None
    similarity: float | None
    on_roster: bool


class Picture(Answer):
    """A frame; its address is good for some minutes. Width and height in pixels."""

    capture_id: CaptureId
    frame: Annotated[int, Field(ge=1)]
    url: str
    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]
    faces: tuple[Face, ...]


class PortraitPicture(Answer):
    student_id: str
    url: str


class Pictures(Answer):
    """Of the latest capture. A capture without pictures: they have been deleted, as happens after days.

    `review_pictures` are of earlier captures that raised a doubt which is still open.
    """

    capture: CaptureSummary | None
    pictures: tuple[Picture, ...]
    review_pictures: tuple[Picture, ...]
    portraits: tuple[PortraitPicture, ...]


class MarkChange(Answer):
    student_id: str
    name: str
    before: MarkStatus
    after: MarkStatus


class Change(Answer):
    """A line of the register's ledger: who, when, what before and after, and why."""

    version: Annotated[int, Field(ge=1)]
    kind: Literal["capture", "correction"]
    actor: str
    at: AwareDatetime
    reason: str | None
    status_before: RegisterStatus
    status_after: RegisterStatus
    marks: tuple[MarkChange, ...]


class Changes(Answer):
    items: tuple[Change, ...]


class Correction(Body):
    status: MarkStatus
    reason: Line | None = None


class Room(Answer):
    room_id: str
    cameras: tuple[str, ...]
    meeting_id: MeetingId | None
    section: SectionRef | None


class Rooms(Answer):
    items: tuple[Room, ...]


class CaptureRequest(Body):
    """`request_id` is the caller's: the same request sent again is the same capture."""

    room_id: Identifier
    request_id: Identifier


class CaptureState(Answer):
    """How far a capture has come: `status` as the device tells it, `stage` as the workflow does."""

    capture_id: CaptureId
    room_id: str
    device_id: str
    trigger: Literal["scheduled", "adhoc"]
    requested_at: AwareDatetime
    expires_at: AwareDatetime
    taken_at: AwareDatetime | None
    status: Literal["CREATED", "IN_PROGRESS", "SUCCEEDED", "FAILED", "REJECTED", "CANCELLED", "TIMED_OUT"]
    stage: Literal["waiting", "taking", "recorded", "no_meeting", "failed"]
    reason: str | None
    meeting_id: MeetingId | None


class Captures(Answer):
    """One for each camera of the room."""

    items: tuple[CaptureState, ...]


class StudentRef(Answer):
    student_id: str
    name: str


class Students(Answer):
    """`next_cursor` goes into `cursor` for the next page; null on the last."""

    items: tuple[StudentRef, ...]
    next_cursor: str | None


class Consent(Answer):
    given_by: str
    given_on: date
    text_version: str
    expires_on: date | None
    withdrawn_on: date | None
    is_valid: bool


class Portrait(Answer):
    """`message` is a sentence for the person who took the picture.

    An enrolled portrait has one where the face looks like another student's.
    """

    portrait_id: str
    status: PortraitStatus
    codes: tuple[str, ...]
    message: str | None
    requested_at: AwareDatetime


class LookAlike(Answer):
    """Another student whom the cameras may take this one for: where they see either, a teacher is asked.

    `similarity` is percent. `is_same_picture`: one picture under both names, of which one is then wrong.
    """

    student_id: str
    name: str
    similarity: Annotated[float, Field(ge=0, le=100)]
    is_same_picture: bool


class StudentRecord(Answer):
    student_id: str
    name: str
    consent: Consent | None
    portraits: tuple[Portrait, ...]
    look_alikes: tuple[LookAlike, ...]


class GivenConsent(Body):
    """`given_by` is the person who agreed: the student, or a guardian."""

    given_by: Line
    text_version: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


class NewStudent(Body):
    """Without consent the student is marked by hand. `student_id` is made up where it is left out."""

    student_id: Identifier | None = None
    name: Line
    section_id: Identifier
    consent: GivenConsent | None = None


class NewPortrait(Body):
    """The picture that will be uploaded: length, checksum and type become part of the address's signature."""

    bytes: Annotated[int, Field(ge=1, le=MAX_FRAME_BYTES)]
    sha256: Sha256
    content_type: Literal["image/jpeg"] = "image/jpeg"


class Upload(Answer):
    """PUT the picture to `url` with exactly these headers, once."""

    url: str
    headers: dict[str, str]


class RequestedPortrait(Answer):
    portrait_id: str
    upload: Upload
