"""PublishSummary: tell whoever listens what the roll brought, in counts."""

from collections.abc import Sequence
from typing import Final

from attendance.contracts.events import RollSummary
from attendance.contracts.workflow import CaptureRef, DetectedFrame, RecordedRegister, SearchedFaces
from attendance.ports import Announcer

# Of DetectFaces and of SearchUsersByImage alike: the first million images a month in most regions
# (aws.amazon.com/rekognition/pricing, November 2026); more of them, and some regions, differ.
USD_PER_CALL: Final = 0.001


def publish_summary(
    ref: CaptureRef,
    detected: Sequence[DetectedFrame],
    searched: SearchedFaces,
    unknown_faces: int,
    register: RecordedRegister,
    *,
    announcer: Announcer,
) -> RollSummary:
    """Published at least once: a repeated run publishes the same summary again."""
    calls = searched.calls + sum(frame.calls for frame in detected)
    summary = RollSummary(
        school_id=ref.school_id,
        meeting_id=register.meeting_id,
        section_id=register.section_id,
        room_id=ref.room_id,
        capture_id=ref.capture_id,
        version=register.version,
        students=register.students,
        present=register.present,
        doubtful=register.doubtful,
        unseen=register.unseen,
        absent=register.absent,
        faces=searched.faces,
        unknown_faces=unknown_faces,
        rekognition_calls=calls,
        rekognition_usd=round(calls * USD_PER_CALL, 6),
    )
    announcer.announce(summary)
    return summary
