"""What others need of a register, derived from its stored state, so that nothing is written twice."""

from attendance.contracts.events import RegisterUpdated
from attendance.domain.registers import Register
from attendance.ports import Announcer, ProjectionStore


def project_register(
    register: Register, *, projections: ProjectionStore, announcer: Announcer
) -> RegisterUpdated:
    """Project one version of a register; an older version that comes late changes nothing newer."""
    projections.put(register)
    counts = register.count()
    updated = RegisterUpdated(
        school_id=register.school_id,
        meeting_id=register.meeting_id,
        section_id=register.section_id,
        room_id=register.room_id,
        version=register.version,
        status=register.status,
        students=counts.students,
        present=counts.present,
        doubtful=counts.doubtful,
        unseen=counts.unseen,
        absent=counts.absent,
    )
    announcer.announce(updated)
    announcer.hint(register.school_id, register.meeting_id, register.version)
    return updated
