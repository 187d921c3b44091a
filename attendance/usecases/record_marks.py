"""RecordMarks: fold a capture into its meeting's register, with one line of its ledger."""

from collections.abc import Sequence
from dataclasses import replace

from attendance.contracts.object_keys import CapturePrefix
from attendance.contracts.workflow import CaptureRef, CaptureSightings, DetectedFrame, RecordedRegister
from attendance.domain.registers import (
    CaptureOutcome,
    fold_capture,
    gather_evidence,
)
from attendance.ports import CaptureStore, Clock, ObjectStore, RegisterStore, SchoolStore
from attendance.usecases.change_register import change_register
from attendance.usecases.stored import sighting_of


def record_marks(
    ref: CaptureRef,
    meeting_id: str,
    detected: Sequence[DetectedFrame],
    *,
    files: ObjectStore,
    schools: SchoolStore,
    registers: RegisterStore,
    captures: CaptureStore,
    clock: Clock,
) -> RecordedRegister:
    """Write what a capture showed. The same capture recorded again changes nothing.

    Raises
    ------
    VersionConflictError
        Others kept writing; the workflow tries again.
    """
    place = CapturePrefix(ref.school_id, ref.device_id, ref.capture_id)
    stored = CaptureSightings.model_validate_json(files.read(place.sightings))
    sightings = [sighting_of(sighting) for sighting in stored.sightings]
    evidence = gather_evidence(ref.capture_id, ref.taken_at, sightings)
    outcome = _outcome(ref, detected, stored)
    policy = schools.policy(ref.school_id)

    before, after = change_register(
        ref.school_id,
        meeting_id,
        lambda register: fold_capture(register, outcome, evidence, policy),
        kind="capture",
        actor=f"capture:{ref.capture_id}",
        reason=None,
        schools=schools,
        registers=registers,
        clock=clock,
    )
    capture = captures.get(ref.school_id, ref.capture_id)
    reason = None if outcome.is_good else _why_not_good(outcome)
    captures.record_stage(replace(capture, stage="recorded", reason=reason, meeting_id=meeting_id))
    counts = after.count()
    return RecordedRegister(
        meeting_id=meeting_id,
        section_id=after.section_id,
        version=after.version,
        changed=after.version != before.version,
        students=counts.students,
        present=counts.present,
        doubtful=counts.doubtful,
        unseen=counts.unseen,
        absent=counts.absent,
    )


def _outcome(ref: CaptureRef, detected: Sequence[DetectedFrame], stored: CaptureSightings) -> CaptureOutcome:
    by_frame: dict[int, str | None] = dict.fromkeys(range(1, ref.frames + 1), "NOT_UPLOADED")
    by_frame |= {frame.frame: frame.problem for frame in detected}
    return CaptureOutcome(
        capture_id=ref.capture_id,
        taken_at=ref.taken_at,
        frames=ref.frames,
        readable_frames=sum(frame.problem in {None, "NO_FACES"} for frame in detected),
        faces=len(stored.sightings) + len(stored.unknown),
        unknown_faces=len(stored.unknown),
        unsearched_faces=sum(face.outcome != "searched" for face in stored.unknown),
        problems=tuple(f"frame {frame}: {problem}" for frame, problem in by_frame.items() if problem),
    )


def _why_not_good(outcome: CaptureOutcome) -> str:
    sentence = "The pictures showed no face that could be compared."
    return f"{sentence} {', '.join(outcome.problems)}".rstrip()
