"""RecordMarks of take-roll."""

from attendance.contracts.workflow import RecordedRegister, RecordMarksInput
from attendance.usecases.record_marks import record_marks
from pipeline import bootstrap
from pipeline.runtime import step


@step(RecordMarksInput)
def handler(event: RecordMarksInput) -> RecordedRegister:
    return record_marks(
        event.capture,
        event.meeting_id,
        event.detected,
        files=bootstrap.capture_files(),
        schools=bootstrap.schools(),
        registers=bootstrap.registers(),
        captures=bootstrap.captures(),
        clock=bootstrap.clock,
    )
