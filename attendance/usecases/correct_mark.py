"""A teacher's word on one student, and taking it back."""

from dataclasses import replace

from attendance.domain.errors import NotFoundError, VersionConflictError
from attendance.domain.policy import Policy
from attendance.domain.registers import MarkStatus, Register, RegisterStatus, fold_capture
from attendance.domain.registers import correct_mark as corrected
from attendance.ports import Clock, RegisterStore, SchoolStore
from attendance.usecases.change_register import change_register

WITHDRAWN = "correction withdrawn"


def correct_mark(
    school_id: str,
    meeting_id: str,
    student_id: str,
    status: MarkStatus,
    *,
    version: int,
    actor: str,
    reason: str | None,
    schools: SchoolStore,
    registers: RegisterStore,
    clock: Clock,
) -> Register:
    """Set a student's mark over the version of the register that the actor saw.

    Raises
    ------
    NotFoundError
        The student is not on this register, or there is no such meeting.
    VersionConflictError
        The register has changed since that version.
    """

    def change(register: Register) -> Register:
        _require(register, student_id, version)
        return corrected(register, student_id, status, reason)

    _, after = change_register(
        school_id,
        meeting_id,
        change,
        kind="correction",
        actor=actor,
        reason=reason,
        schools=schools,
        registers=registers,
        clock=clock,
    )
    return after


def withdraw_correction(
    school_id: str,
    meeting_id: str,
    student_id: str,
    *,
    version: int,
    actor: str,
    schools: SchoolStore,
    registers: RegisterStore,
    clock: Clock,
) -> Register:
    """Give a student's mark back to what the captures showed.

    Raises
    ------
    NotFoundError
        The student is not on this register, or there is no such meeting.
    VersionConflictError
        The register has changed since that version.
    """
    policy = schools.policy(school_id)

    def change(register: Register) -> Register:
        _require(register, student_id, version)
        return _as_captures_show(register, student_id, policy)

    _, after = change_register(
        school_id,
        meeting_id,
        change,
        kind="correction",
        actor=actor,
        reason=WITHDRAWN,
        schools=schools,
        registers=registers,
        clock=clock,
    )
    return after


def _require(register: Register, student_id: str, version: int) -> None:
    if register.version != version:
        message = "The register has changed since you read it. Read it again, then repeat the change."
        raise VersionConflictError(message)
    if student_id not in register.marks:
        message = f"The register of {register.meeting_id} has no student {student_id}."
        raise NotFoundError(message)


def _as_captures_show(register: Register, student_id: str, policy: Policy) -> Register:
    mark = register.marks[student_id]
    if mark.source == "camera":
        return register
    reset = replace(mark, status="unseen", source="camera", review=None, reason=None)
    status: RegisterStatus = "amended" if register.status == "confirmed" else register.status
    reopened = replace(register, marks={**register.marks, student_id: reset}, status=status)
    if not register.captures:
        return reopened
    # Folding a capture a second time decides the marks anew and changes nothing else; only this one mark
    # is taken over, so that a policy that came later does not re-decide the others.
    last = register.captures[-1]
    again = {
        other_id: evidence
        for other_id, other in register.marks.items()
        for evidence in other.evidence
        if evidence.capture_id == last.capture_id
    }
    folded = fold_capture(reopened, last, again, policy)
    return replace(reopened, marks={**reopened.marks, student_id: folded.marks[student_id]})
