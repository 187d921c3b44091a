"""RecordRefusal of enrol-student."""

from attendance.contracts.workflow import RecordedFailure, RecordFailureInput
from attendance.usecases.enrol_student import record_refusal
from pipeline import bootstrap
from pipeline.runtime import step


@step(RecordFailureInput)
def handler(event: RecordFailureInput) -> RecordedFailure:
    record_refusal(event.key, event.failure, students=bootstrap.students())
    return RecordedFailure(state=event.state, error=event.failure.error)
