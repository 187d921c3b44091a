"""CheckPortrait of enrol-student."""

from attendance.contracts.workflow import CheckedPortrait, ObjectCreated
from attendance.usecases.enrol_student import check_portrait
from pipeline import bootstrap
from pipeline.runtime import step


@step(ObjectCreated)
def handler(event: ObjectCreated) -> CheckedPortrait:
    return check_portrait(
        event.bucket,
        event.key,
        students=bootstrap.students(),
        schools=bootstrap.schools(),
        index=bootstrap.face_index_of_portraits(),
        clock=bootstrap.clock,
    )
