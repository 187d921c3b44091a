"""DecideMarks of take-roll."""

from attendance.contracts.workflow import DecidedMarks, DecideMarksInput
from attendance.usecases.decide_marks import decide_marks
from pipeline import bootstrap
from pipeline.runtime import step


@step(DecideMarksInput)
def handler(event: DecideMarksInput) -> DecidedMarks:
    return decide_marks(
        event.capture, event.meeting_id, files=bootstrap.capture_files(), schools=bootstrap.schools()
    )
