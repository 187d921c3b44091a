"""What the states of take-roll and enrol-student hand on: keys and counts, never faces or names.

Faces, candidates and sightings lie in S3 under the capture (object_keys), as the models at the end of
this module, so that a state's payload stays far below Step Functions' 256 KiB.
"""

from typing import Annotated, Literal

from pydantic import Field

from attendance.contracts.base import CaptureId, Contract, Count, Identifier, Instant, MeetingId

Ratio = Annotated[float, Field(ge=-1, le=2)]  # a box may reach a little out of the frame
Percent = Annotated[float, Field(ge=0, le=100)]


class ObjectCreated(Contract):
    """Input of both machines, made from S3's event by the rule's input transformer."""

    bucket: str
    key: str


class OpenCaptureInput(ObjectCreated):
    """`run` is the execution's name: it owns the capture from here on."""

    run: str


class CaptureRef(Contract):
    """`frames` is how many the manifest promised."""

    school_id: Identifier
    device_id: Identifier
    capture_id: CaptureId
    room_id: Identifier
    taken_at: Instant
    frames: Annotated[int, Field(ge=1)]


class FrameRef(Contract):
    """A frame that was uploaded. Frames count from 1, in the order of the manifest; sizes are pixels."""

    frame: Annotated[int, Field(ge=1)]
    key: str
    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]


class OpenedCapture(Contract):
    """Output of OpenCapture. `already_taken`: another execution owns this capture, so this one ends."""

    outcome: Literal["opened", "already_taken"]
    capture: CaptureRef
    frames: tuple[FrameRef, ...]


class ResolveMeetingInput(Contract):
    capture: CaptureRef


class ResolvedMeeting(Contract):
    """Output of ResolveMeeting; no meeting id: the room had no lesson when the picture was taken."""

    outcome: Literal["meeting", "no_meeting"]
    meeting_id: MeetingId | None = None


class DetectFacesInput(Contract):
    capture: CaptureRef
    frame: FrameRef


class DetectedFrame(Contract):
    """Output of DetectFaces for one frame. `problem` says why a frame has no faces to offer."""

    frame: Annotated[int, Field(ge=1)]
    key: str
    faces: Count
    problem: Literal["UNREADABLE", "TOO_LARGE", "NO_FACES"] | None = None
    calls: Count = 0


class SearchFacesInput(Contract):
    capture: CaptureRef
    detected: tuple[DetectedFrame, ...]


class SearchedFaces(Contract):
    """Output of SearchFaces. `calls` counts face-index calls of this step."""

    faces: Count
    searched: Count
    calls: Count


class DecideMarksInput(Contract):
    capture: CaptureRef
    meeting_id: MeetingId
    detected: tuple[DetectedFrame, ...]


class DecidedMarks(Contract):
    recognised: Count
    doubtful: Count
    unknown_faces: Count


class RecordMarksInput(DecideMarksInput):
    """Same as DecideMarks': RecordMarks reads what it wrote."""


class RecordedRegister(Contract):
    """Output of RecordMarks. `changed` is false where the same capture had been recorded before."""

    meeting_id: MeetingId
    section_id: Identifier
    version: Annotated[int, Field(ge=1)]
    changed: bool
    students: Count
    present: Count
    doubtful: Count
    unseen: Count
    absent: Count


class PublishSummaryInput(Contract):
    capture: CaptureRef
    detected: tuple[DetectedFrame, ...]
    searched: SearchedFaces
    decided: DecidedMarks
    register_: RecordedRegister = Field(alias="register")


class Failure(Contract):
    """What a Catch adds: Step Functions' own field names."""

    error: str = Field(alias="Error")
    cause: str = Field(default="", alias="Cause")


class RecordFailureInput(Contract):
    """`state` is the state that failed; `key` the object that started the execution."""

    state: str
    bucket: str
    key: str
    run: str
    failure: Failure


class RecordedFailure(Contract):
    """Output of RecordFailure and RecordRefusal."""

    state: str
    error: str


class CheckedPortrait(Contract):
    """Output of CheckPortrait: the portrait may be indexed."""

    school_id: Identifier
    student_id: Identifier
    portrait_id: str
    bucket: str
    key: str


class IndexedPortrait(Contract):
    """Output of IndexPortrait."""

    school_id: Identifier
    student_id: Identifier
    portrait_id: str
    face_reference_id: str


class StoredBox(Contract):
    """Ratios of the frame's width and height."""

    left: Ratio
    top: Ratio
    width: Ratio
    height: Ratio


class StoredFace(Contract):
    index: Count
    box: StoredBox
    confidence: Percent


class FrameFaces(Contract):
    """work/faces-{frame}.json. Width and height in pixels, as the manifest gives them."""

    frame: Annotated[int, Field(ge=1)]
    key: str
    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]
    faces: tuple[StoredFace, ...]


class StoredCandidate(Contract):
    student_id: Identifier
    similarity: Percent


class StoredView(Contract):
    """How a face was seen when it was searched; `width_px` in pixels of the frame, the rest in percent."""

    width_px: Annotated[float, Field(ge=0)]
    confidence: Percent
    sharpness: Percent
    brightness: Percent
    contrast: Percent
    crowd: Percent | None


class SearchedFace(StoredFace):
    """`settled`: other faces of the same place had said enough."""

    frame: Annotated[int, Field(ge=1)]
    outcome: Literal["searched", "settled", "over_budget", "failed"]
    candidates: tuple[StoredCandidate, ...]
    view: StoredView | None = None


class CaptureCandidates(Contract):
    """work/candidates.json: every face of the capture with its candidates, best first, by one engine.

    `engine` is written ``name/version``; None where the school has no face references yet.
    """

    engine: str | None
    faces: tuple[SearchedFace, ...]


class StoredSighting(Contract):
    student_id: Identifier
    frame: Annotated[int, Field(ge=1)]
    face: Count
    box: StoredBox
    similarity: Percent | None
    band: Literal["recognised", "doubtful"]
    on_roster: bool
    certainty: Annotated[float, Field(ge=0)] = 0.0
    needed: Annotated[float, Field(ge=0)] = 0.0
    look_alikes: tuple[str, ...] = ()


class CaptureSightings(Contract):
    """work/sightings.json: who was given which face, and the boxes of the faces that nobody was given."""

    meeting_id: MeetingId
    policy_version: str
    sightings: tuple[StoredSighting, ...]
    unknown: tuple[SearchedFace, ...]
