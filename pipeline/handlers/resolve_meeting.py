"""ResolveMeeting of take-roll."""

from attendance.contracts.workflow import ResolvedMeeting, ResolveMeetingInput
from attendance.usecases.resolve_meeting import resolve_meeting
from pipeline import bootstrap
from pipeline.runtime import step


@step(ResolveMeetingInput)
def handler(event: ResolveMeetingInput) -> ResolvedMeeting:
    return resolve_meeting(event.capture, schools=bootstrap.schools(), captures=bootstrap.captures())
