"""Change a register: read, decide, write over the version that was read, with one line of its ledger."""

from collections.abc import Callable

from attendance.domain.errors import NotFoundError, VersionConflictError
from attendance.domain.ledger import ChangeKind, next_change
from attendance.domain.registers import Register, expected_register
from attendance.domain.rosters import roster_on
from attendance.domain.timetable import Meeting
from attendance.ports import Clock, RegisterStore, SchoolStore

# Two cameras of a room and a correcting teacher may meet; more rounds than this mean something else is wrong.
_ROUNDS = 5


def change_register(
    school_id: str,
    meeting_id: str,
    change: Callable[[Register], Register],
    *,
    kind: ChangeKind,
    actor: str,
    reason: str | None,
    schools: SchoolStore,
    registers: RegisterStore,
    clock: Clock,
) -> tuple[Register, Register]:
    """Read, change and write a register, anew while others write first; the register before and after.

    A change that changes nothing is not written.

    Raises
    ------
    VersionConflictError
        Others wrote first every time.
    """
    for _ in range(_ROUNDS):
        before = registers.get(school_id, meeting_id) or expected_register_of(school_id, meeting_id, schools)
        after = change(before)
        if after == before:
            return before, before
        line = next_change(before, after, kind=kind, actor=actor, at=clock(), reason=reason)
        try:
            return before, registers.save(after, line)
        except VersionConflictError:
            continue
    message = f"The register of {meeting_id} kept changing while it was written."
    raise VersionConflictError(message)


def expected_register_of(school_id: str, meeting_id: str, schools: SchoolStore) -> Register:
    """The register of a meeting before anything was written of it. Raises NotFoundError."""
    meeting = find_meeting(school_id, meeting_id, schools)
    roster = roster_of(meeting, school_id, schools)
    return expected_register(school_id, meeting, roster, schools.policy(school_id))


def find_meeting(school_id: str, meeting_id: str, schools: SchoolStore) -> Meeting:
    """Raises NotFoundError."""
    meeting = schools.timetable(school_id).find(meeting_id)
    if meeting is None:
        message = f"The timetable has no meeting {meeting_id}."
        raise NotFoundError(message)
    return meeting


def roster_of(meeting: Meeting, school_id: str, schools: SchoolStore) -> frozenset[str]:
    enrollments = schools.enrollments(school_id, meeting.section_id)
    return roster_on(enrollments, meeting.section_id, meeting.date)
