"""A capture failed: say so on the capture and on the register, and mark nobody absent."""

from dataclasses import replace
from datetime import datetime

from attendance.contracts.events import CaptureFailed
from attendance.domain.captures import Capture
from attendance.domain.errors import TimetableConflictError
from attendance.domain.registers import CaptureOutcome, fold_capture
from attendance.domain.timetable import Meeting
from attendance.ports import Announcer, CaptureStore, Clock, RegisterStore, SchoolStore
from attendance.usecases.change_register import change_register

_LONGEST_DETAIL = 500


def fail_capture(
    capture: Capture,
    *,
    state: str,
    error: str,
    detail: str,
    schools: SchoolStore,
    registers: RegisterStore,
    captures: CaptureStore,
    announcer: Announcer,
    clock: Clock,
) -> None:
    """Record a failed capture. A register without any good capture becomes `not_taken`.

    What was recorded of the capture before stays. Done twice, it is announced twice and changes nothing more.

    Parameters
    ----------
    state
        Where it failed: a workflow state, or `device`.
    error
        The named error or reason code.
    """
    detail = detail[:_LONGEST_DETAIL]
    if capture.stage != "recorded":
        reason = f"{error}: {detail}" if detail else error
        captures.record_stage(replace(capture, stage="failed", reason=reason))
        _note_on_register(capture, error, schools, registers, clock)
    announcer.announce(
        CaptureFailed(
            school_id=capture.school_id,
            device_id=capture.device_id,
            capture_id=capture.capture_id,
            state=state,
            error=error,
            detail=detail,
        )
    )


def _note_on_register(
    capture: Capture, error: str, schools: SchoolStore, registers: RegisterStore, clock: Clock
) -> None:
    taken_at = capture.taken_at or capture.requested_at
    meeting = _meeting_of(capture, taken_at, schools)
    if meeting is None:
        return
    outcome = _nothing_from(capture, taken_at, error)
    policy = schools.policy(capture.school_id)
    change_register(
        capture.school_id,
        meeting.meeting_id,
        lambda register: fold_capture(register, outcome, {}, policy),
        kind="capture",
        actor=f"capture:{capture.capture_id}",
        reason=error,
        schools=schools,
        registers=registers,
        clock=clock,
    )


def _meeting_of(capture: Capture, taken_at: datetime, schools: SchoolStore) -> Meeting | None:
    try:
        return schools.timetable(capture.school_id).resolve(capture.room_id, taken_at)
    except TimetableConflictError:
        return None  # there is no one register to say it on


def _nothing_from(capture: Capture, taken_at: datetime, error: str) -> CaptureOutcome:
    return CaptureOutcome(
        capture_id=capture.capture_id,
        taken_at=taken_at,
        frames=0,
        readable_frames=0,
        faces=0,
        unknown_faces=0,
        unsearched_faces=0,
        problems=(error,),
    )
