"""Rooms with cameras, and captures asked for now."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.openapi.params import Path

from api import answers, schemas
from api.auth import CurrentCaller
from api.routes.context import CurrentServices, new_router, reads, writes
from attendance.contracts.base import CaptureId
from attendance.domain.errors import AccessDeniedError
from attendance.usecases.list_rooms import list_rooms
from attendance.usecases.request_capture import request_capture

router = new_router()


@router.get(
    "/v1/rooms",
    tags=["captures"],
    summary="The rooms that have a camera, and what is on in them",
    operation_id="listRooms",
    responses=reads(schemas.Rooms),
)
def list_rooms_with_cameras(caller: CurrentCaller, services: CurrentServices) -> schemas.Rooms:
    rooms = list_rooms(
        caller.school_id, services.clock(), schools=services.schools, registry=services.registry
    )
    return answers.rooms([room for room in rooms if room.section is None or caller.may_read(room.section)])


@router.post(
    "/v1/captures",
    tags=["captures"],
    summary="Take the register of a room now",
    description="The cameras answer later: follow the captures, and the register, by reading them.",
    operation_id="requestCapture",
    status_code=HTTPStatus.ACCEPTED,
    responses=writes(schemas.Captures, HTTPStatus.CONFLICT, status=HTTPStatus.ACCEPTED),
)
def request_capture_of_room(
    caller: CurrentCaller, services: CurrentServices, wanted: schemas.CaptureRequest
) -> Response[schemas.Captures]:
    caller.require("admin")
    captures = request_capture(
        caller.school_id,
        wanted.room_id,
        requested_by=caller.username,
        request_id=wanted.request_id,
        schools=services.schools,
        registry=services.registry,
        captures=services.captures,
        messenger=services.messenger,
        clock=services.clock,
    )
    return Response(
        status_code=HTTPStatus.ACCEPTED,
        content_type=content_types.APPLICATION_JSON,
        body=schemas.Captures(items=tuple(answers.capture_state(capture) for capture in captures)),
    )


@router.get(
    "/v1/captures/<capture_id>",
    tags=["captures"],
    summary="How far a capture has come",
    operation_id="readCapture",
    responses=reads(schemas.CaptureState, HTTPStatus.NOT_FOUND),
)
def read_capture(
    caller: CurrentCaller, services: CurrentServices, capture_id: Annotated[CaptureId, Path()]
) -> schemas.CaptureState:
    if not caller.roles & {"admin", "operator"}:
        message = "Only administrators and operators follow captures."
        raise AccessDeniedError(message)
    return answers.capture_state(services.captures.get(caller.school_id, capture_id))
