"""Registers: their marks, pictures and ledger, and a teacher's word on a mark."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Request, Response, content_types
from aws_lambda_powertools.event_handler.openapi.params import Header, Path

from api import answers, schemas
from api.auth import Caller, CurrentCaller
from api.conditional import require_match, tag_of, tag_of_register, unless_current
from api.routes.context import CurrentServices, new_router, reads, writes
from api.services import Services
from attendance.contracts.base import Identifier, MeetingId
from attendance.domain.registers import Register
from attendance.domain.rosters import Section
from attendance.usecases.correct_mark import correct_mark, withdraw_correction
from attendance.usecases.view_pictures import view_pictures
from attendance.usecases.view_register import students_of, view_changes, view_register

router = new_router()

MeetingPath = Annotated[MeetingId, Path(description="Section, date and period, joined by dots")]
StudentPath = Annotated[Identifier, Path()]
# Documented here; read by api.conditional, which answers 428 and not 422 where it is missing.
IfMatch = Annotated[str | None, Header(alias="If-Match", description="The ETag that was read")]
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match", description="The ETag that is known")]


@router.get(
    "/v1/registers/<meeting_id>",
    tags=["registers"],
    summary="The register of a meeting",
    operation_id="readRegister",
    responses=reads(schemas.Register, HTTPStatus.NOT_FOUND),
)
def read_register(
    request: Request,
    caller: CurrentCaller,
    services: CurrentServices,
    meeting_id: MeetingPath,
    _known: IfNoneMatch = None,
) -> Response[schemas.Register]:
    register, section = _readable(meeting_id, caller, services)
    unless_current(request, tag_of_register(register))
    return _answer(register, section, caller, services)


@router.get(
    "/v1/registers/<meeting_id>/pictures",
    tags=["registers"],
    summary="The pictures of a register's latest capture, with whom each face was given to",
    description="Each answer is recorded as a view. The addresses in it are good for some minutes.",
    operation_id="readPictures",
    responses=reads(schemas.Pictures, HTTPStatus.NOT_FOUND),
)
def read_pictures(
    request: Request,
    caller: CurrentCaller,
    services: CurrentServices,
    meeting_id: MeetingPath,
    _known: IfNoneMatch = None,
) -> Response[schemas.Pictures]:
    register, section = _readable(meeting_id, caller, services)
    caller.require_correcting(section)
    # Signed addresses differ each time: what the pictures show depends on these two alone.
    etag = tag_of([[c.capture_id for c in register.captures], [m.review for m in register.marks.values()]])
    unless_current(request, etag)
    shown = view_pictures(
        register,
        viewer=caller.username,
        now=services.clock(),
        captures=services.captures,
        pictures=services.pictures,
        portraits=services.portraits,
        students=services.students,
        views=services.views,
    )
    return Response(
        status_code=HTTPStatus.OK,
        content_type=content_types.APPLICATION_JSON,
        body=answers.pictures(shown),
        headers={"ETag": etag},
    )


@router.get(
    "/v1/registers/<meeting_id>/changes",
    tags=["registers"],
    summary="Who changed what in a register, when and why, the latest first",
    operation_id="listChanges",
    responses=reads(schemas.Changes, HTTPStatus.NOT_FOUND),
)
def list_changes(
    caller: CurrentCaller, services: CurrentServices, meeting_id: MeetingPath
) -> schemas.Changes:
    register, _ = _readable(meeting_id, caller, services)
    lines = view_changes(caller.school_id, meeting_id, registers=services.registers)
    names = services.students.names(caller.school_id, register.marks)
    return answers.changes(lines, names)


@router.patch(
    "/v1/registers/<meeting_id>/marks/<student_id>",
    tags=["registers"],
    summary="Set a student's mark: a person's word, which no camera overwrites",
    operation_id="correctMark",
    responses=writes(
        schemas.Register,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.PRECONDITION_FAILED,
        HTTPStatus.PRECONDITION_REQUIRED,
    ),
)
def correct_one_mark(
    request: Request,
    caller: CurrentCaller,
    services: CurrentServices,
    meeting_id: MeetingPath,
    student_id: StudentPath,
    correction: schemas.Correction,
    _read: IfMatch = None,
) -> Response[schemas.Register]:
    register, section = _correctable(request, meeting_id, caller, services)
    after = correct_mark(
        caller.school_id,
        meeting_id,
        student_id,
        correction.status,
        version=register.version,
        actor=caller.username,
        reason=correction.reason,
        schools=services.schools,
        registers=services.registers,
        clock=services.clock,
    )
    return _answer(after, section, caller, services)


@router.delete(
    "/v1/registers/<meeting_id>/marks/<student_id>/correction",
    tags=["registers"],
    summary="Withdraw a person's word: the mark is again what the captures showed",
    operation_id="withdrawCorrection",
    responses=writes(
        schemas.Register,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.PRECONDITION_FAILED,
        HTTPStatus.PRECONDITION_REQUIRED,
    ),
)
def withdraw_one_correction(
    request: Request,
    caller: CurrentCaller,
    services: CurrentServices,
    meeting_id: MeetingPath,
    student_id: StudentPath,
    _read: IfMatch = None,
) -> Response[schemas.Register]:
    register, section = _correctable(request, meeting_id, caller, services)
    after = withdraw_correction(
        caller.school_id,
        meeting_id,
        student_id,
        version=register.version,
        actor=caller.username,
        schools=services.schools,
        registers=services.registers,
        clock=services.clock,
    )
    return _answer(after, section, caller, services)


def _readable(meeting_id: str, caller: Caller, services: Services) -> tuple[Register, Section]:
    register = view_register(
        caller.school_id, meeting_id, schools=services.schools, registers=services.registers
    )
    section = services.schools.section(caller.school_id, register.section_id)
    caller.require_reading(section)
    return register, section


def _correctable(
    request: Request, meeting_id: str, caller: Caller, services: Services
) -> tuple[Register, Section]:
    register, section = _readable(meeting_id, caller, services)
    caller.require_correcting(section)
    require_match(request, tag_of_register(register))
    return register, section


def _answer(
    register: Register, section: Section, caller: Caller, services: Services
) -> Response[schemas.Register]:
    body = answers.register(
        register,
        section,
        students_of(register, services.students),
        may_correct=caller.may_correct(section),
    )
    return Response(
        status_code=HTTPStatus.OK,
        content_type=content_types.APPLICATION_JSON,
        body=body,
        headers={"ETag": tag_of_register(register)},
    )
