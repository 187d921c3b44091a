"""ResolveMeeting: which lesson did the room have when the pictures were taken?"""

from dataclasses import replace

from attendance.contracts.workflow import CaptureRef, ResolvedMeeting
from attendance.ports import CaptureStore, SchoolStore


def resolve_meeting(ref: CaptureRef, *, schools: SchoolStore, captures: CaptureStore) -> ResolvedMeeting:
    """Resolve by when the pictures were taken, not when they arrived.

    Raises
    ------
    TimetableConflictError
        Two lessons claim the room.
    """
    meeting = schools.timetable(ref.school_id).resolve(ref.room_id, ref.taken_at)
    capture = captures.get(ref.school_id, ref.capture_id)
    if meeting is None:
        reason = "The room had no lesson when the pictures were taken."
        captures.record_stage(replace(capture, stage="no_meeting", reason=reason))
        return ResolvedMeeting(outcome="no_meeting")
    captures.record_stage(replace(capture, meeting_id=meeting.meeting_id))
    return ResolvedMeeting(outcome="meeting", meeting_id=meeting.meeting_id)
