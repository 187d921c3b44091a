"""Sections, students, their consent and portraits: an administrator's work."""

from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import uuid4

from aws_lambda_powertools.event_handler import Request, Response, content_types
from aws_lambda_powertools.event_handler.openapi.params import Header, Path, Query

from api import answers, schemas
from api.auth import CurrentCaller
from api.conditional import require_match, tag_of
from api.cursors import cursor_after, read_cursor
from api.routes.context import CurrentServices, new_router, reads, writes
from api.services import Services
from attendance.contracts.base import Identifier
from attendance.contracts.upload import UploadFile
from attendance.domain.consent import Consent
from attendance.domain.rosters import Student
from attendance.usecases.add_student import add_student
from attendance.usecases.list_students import list_students, view_student
from attendance.usecases.request_portrait import request_portrait

router = new_router()

StudentPath = Annotated[Identifier, Path()]


@router.get(
    "/v1/sections",
    tags=["students"],
    summary="The sections that the caller may see, by name",
    operation_id="listSections",
    responses=reads(schemas.Sections),
)
def list_sections(caller: CurrentCaller, services: CurrentServices) -> schemas.Sections:
    visible = [s for s in services.schools.sections(caller.school_id) if caller.may_read(s)]
    visible.sort(key=lambda section: (section.name.casefold(), section.section_id))
    return schemas.Sections(items=tuple(answers.section_ref(section) for section in visible))


@router.get(
    "/v1/students",
    tags=["students"],
    summary="The students of the school, page by page",
    operation_id="listStudents",
    responses=reads(schemas.Students, HTTPStatus.BAD_REQUEST),
)
def list_students_of_school(
    caller: CurrentCaller,
    services: CurrentServices,
    cursor: Annotated[
        str | None, Query(max_length=200, description="`next_cursor` of the page before")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> schemas.Students:
    caller.require("admin")
    after = None if cursor is None else read_cursor(cursor)
    page = list_students(caller.school_id, after, limit, students=services.students)
    return schemas.Students(
        items=tuple(schemas.StudentRef(student_id=s.student_id, name=s.name) for s in page.students),
        next_cursor=None if page.next_after is None else cursor_after(page.next_after),
    )


@router.post(
    "/v1/students",
    tags=["students"],
    summary="Enrol a student in a section",
    description="Sent again with the same `student_id` it changes nothing.",
    operation_id="addStudent",
    status_code=HTTPStatus.CREATED,
    responses=writes(
        schemas.StudentRecord, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, status=HTTPStatus.CREATED
    ),
)
def add_student_to_school(
    caller: CurrentCaller, services: CurrentServices, new: schemas.NewStudent
) -> Response[schemas.StudentRecord]:
    caller.require("admin")
    today = _today(caller.school_id, services)
    student = Student(new.student_id or f"s-{uuid4().hex[:12]}", new.name)
    add_student(
        caller.school_id,
        student,
        new.section_id,
        _consent(new.consent, today) if new.consent else None,
        today,
        schools=services.schools,
        students=services.students,
    )
    body = _record(caller.school_id, student.student_id, services)
    return Response(
        status_code=HTTPStatus.CREATED,
        content_type=content_types.APPLICATION_JSON,
        body=body,
        headers={"Location": f"/v1/students/{student.student_id}", "ETag": _tag(body)},
    )


@router.get(
    "/v1/students/<student_id>",
    tags=["students"],
    summary="A student with consent, portraits and look-alikes",
    operation_id="readStudent",
    responses=reads(schemas.StudentRecord, HTTPStatus.NOT_FOUND),
)
def read_student(
    caller: CurrentCaller, services: CurrentServices, student_id: StudentPath
) -> Response[schemas.StudentRecord]:
    caller.require("admin")
    return _answer(_record(caller.school_id, student_id, services))


@router.put(
    "/v1/students/<student_id>/consent",
    tags=["students"],
    summary="Record that a student, or a guardian, has agreed to recognition",
    operation_id="recordConsent",
    responses=writes(
        schemas.StudentRecord,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.PRECONDITION_FAILED,
        HTTPStatus.PRECONDITION_REQUIRED,
    ),
)
def record_consent(
    request: Request,
    caller: CurrentCaller,
    services: CurrentServices,
    student_id: StudentPath,
    given: schemas.GivenConsent,
    _read: Annotated[str | None, Header(alias="If-Match", description="The ETag of the student")] = None,
) -> Response[schemas.StudentRecord]:
    caller.require("admin")
    require_match(request, _tag(_record(caller.school_id, student_id, services)))
    consent = _consent(given, _today(caller.school_id, services))
    services.students.record_consent(caller.school_id, student_id, consent)
    return _answer(_record(caller.school_id, student_id, services))


@router.post(
    "/v1/students/<student_id>/portraits",
    tags=["students"],
    summary="Ask where to upload an enrolment photo",
    description="Refused without a consent that is valid today. Follow its status after the upload.",
    operation_id="requestPortrait",
    status_code=HTTPStatus.CREATED,
    responses=writes(
        schemas.RequestedPortrait, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, status=HTTPStatus.CREATED
    ),
)
def request_portrait_upload(
    caller: CurrentCaller, services: CurrentServices, student_id: StudentPath, new: schemas.NewPortrait
) -> Response[schemas.RequestedPortrait]:
    caller.require("admin")
    portrait, upload = request_portrait(
        caller.school_id,
        student_id,
        # A portrait's object is named by its id; the contract of uploads wants a file name all the same.
        UploadFile(name="1.jpg", bytes=new.bytes, sha256=new.sha256, content_type=new.content_type),
        services.clock(),
        schools=services.schools,
        students=services.students,
        portraits=services.portraits,
    )
    return Response(
        status_code=HTTPStatus.CREATED,
        content_type=content_types.APPLICATION_JSON,
        body=schemas.RequestedPortrait(
            portrait_id=portrait.portrait_id,
            upload=schemas.Upload(url=upload.url, headers=upload.headers),
        ),
        headers={"Location": f"/v1/students/{student_id}/portraits/{portrait.portrait_id}"},
    )


@router.get(
    "/v1/students/<student_id>/portraits/<portrait_id>",
    tags=["students"],
    summary="What became of an enrolment photo",
    operation_id="readPortrait",
    responses=reads(schemas.Portrait, HTTPStatus.NOT_FOUND),
)
def read_portrait(
    caller: CurrentCaller,
    services: CurrentServices,
    student_id: StudentPath,
    portrait_id: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")],
) -> schemas.Portrait:
    caller.require("admin")
    return answers.portrait(services.students.portrait(caller.school_id, student_id, portrait_id))


def _today(school_id: str, services: Services) -> date:
    return services.schools.timetable(school_id).local_date(services.clock())


def _consent(given: schemas.GivenConsent, today: date) -> Consent:
    return Consent(given_by=given.given_by, given_on=today, text_version=given.text_version)


def _record(school_id: str, student_id: str, services: Services) -> schemas.StudentRecord:
    record = view_student(school_id, student_id, schools=services.schools, students=services.students)
    return answers.student_record(record, _today(school_id, services))


def _tag(record: schemas.StudentRecord) -> str:
    return tag_of(record.model_dump(mode="json"))


def _answer(record: schemas.StudentRecord) -> Response[schemas.StudentRecord]:
    return Response(
        status_code=HTTPStatus.OK,
        content_type=content_types.APPLICATION_JSON,
        body=record,
        headers={"ETag": _tag(record)},
    )
