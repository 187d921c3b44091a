"""Events on the bus and on SNS: ids and counts, no names."""

from typing import Annotated, Literal

from pydantic import Field

from attendance.contracts.base import CaptureId, Contract, Count, Identifier, MeetingId


class RegisterUpdated(Contract):
    schema_name: Literal["RegisterUpdated.v1"] = Field(default="RegisterUpdated.v1", alias="schema")
    school_id: Identifier
    meeting_id: MeetingId
    section_id: Identifier
    room_id: Identifier
    version: Annotated[int, Field(ge=1)]
    status: Literal["expected", "provisional", "confirmed", "amended", "not_taken"]
    students: Count
    present: Count
    doubtful: Count
    unseen: Count
    absent: Count


class CaptureFailed(Contract):
    """A capture failed: `state` is `device` or the workflow state, `error` a reason code or named error."""

    schema_name: Literal["CaptureFailed.v1"] = Field(default="CaptureFailed.v1", alias="schema")
    school_id: Identifier
    device_id: Identifier
    capture_id: CaptureId
    state: str
    error: str
    detail: str = ""


class RollSummary(Contract):
    """What take-roll publishes when it ends well.

    `rekognition_usd` is what the calls cost at Rekognition's list price; with the engine there are none.
    """

    schema_name: Literal["RollSummary.v1"] = Field(default="RollSummary.v1", alias="schema")
    school_id: Identifier
    meeting_id: MeetingId
    section_id: Identifier
    room_id: Identifier
    capture_id: CaptureId
    version: Annotated[int, Field(ge=1)]
    students: Count
    present: Count
    doubtful: Count
    unseen: Count
    absent: Count
    faces: Count
    unknown_faces: Count
    rekognition_calls: Count
    rekognition_usd: Annotated[float, Field(ge=0)]
