"""IndexPortrait of enrol-student."""

from attendance.contracts.workflow import CheckedPortrait, IndexedPortrait
from attendance.usecases.enrol_student import index_portrait
from pipeline import bootstrap
from pipeline.runtime import step


@step(CheckedPortrait)
def handler(event: CheckedPortrait) -> IndexedPortrait:
    return index_portrait(
        event,
        students=bootstrap.students(),
        schools=bootstrap.schools(),
        index=bootstrap.face_index_of_portraits(),
        clock=bootstrap.clock,
    )
