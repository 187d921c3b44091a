"""Errors as RFC 9457 problem details: the one map from what happened to what the caller is told."""

from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as RouteNotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestUnsupportedContentType,
    RequestValidationError,
    ResponseValidationError,
)
from pydantic import BaseModel, Field

from api.conditional import NotModified, PreconditionFailedError, PreconditionRequiredError
from api.cursors import CursorInvalidError
from api.logs import logger
from attendance.domain import errors
from attendance.usecases.add_student import StudentExistsError

CONTENT_TYPE = "application/problem+json"

_NO_STORE = {"Cache-Control": "no-store"}


class FieldError(BaseModel):
    """What is wrong with one value of the request; the value itself is never repeated."""

    location: str
    message: str


class Problem(BaseModel):
    """RFC 9457. `type` is stable and names the kind of problem; `detail` is for a person."""

    type: Annotated[str, Field(examples=["urn:rollcall:problem:stale"])]
    title: str
    status: int
    detail: str
    errors: tuple[FieldError, ...] = ()


# By error class; the most specific ancestor wins. A name here is part of the contract with the dashboard.
_KNOWN: dict[type[Exception], tuple[HTTPStatus, str]] = {
    CursorInvalidError: (HTTPStatus.BAD_REQUEST, "cursor-invalid"),
    errors.AccessDeniedError: (HTTPStatus.FORBIDDEN, "access-denied"),
    errors.NotFoundError: (HTTPStatus.NOT_FOUND, "not-found"),
    errors.NoCameraError: (HTTPStatus.CONFLICT, "no-camera"),
    errors.ConsentMissingError: (HTTPStatus.CONFLICT, "consent-missing"),
    errors.CaptureClosedError: (HTTPStatus.CONFLICT, "capture-closed"),
    StudentExistsError: (HTTPStatus.CONFLICT, "student-exists"),
    errors.VersionConflictError: (HTTPStatus.PRECONDITION_FAILED, "stale"),
    PreconditionFailedError: (HTTPStatus.PRECONDITION_FAILED, "stale"),
    PreconditionRequiredError: (HTTPStatus.PRECONDITION_REQUIRED, "if-match-required"),
    errors.TransientError: (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
    errors.AttendanceError: (HTTPStatus.CONFLICT, "refused"),
}


def problem(
    status: HTTPStatus, kind: str, detail: str, field_errors: tuple[FieldError, ...] = ()
) -> Response[str]:
    body = Problem(
        type=f"urn:rollcall:problem:{kind}",
        title=status.phrase,
        status=status,
        detail=detail,
        errors=field_errors,
    )
    headers = dict(_NO_STORE)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "1"
    # A dict under this content type would not be serialised by the resolver: it has to be the text.
    return Response(
        status_code=status, content_type=CONTENT_TYPE, body=body.model_dump_json(), headers=headers
    )


def add_problem_handlers(app: APIGatewayHttpResolver) -> None:
    """Answer every error as a problem; what nobody foresaw is logged and answered without its words."""
    for error, (status, kind) in _KNOWN.items():
        app.exception_handler(error)(_answer_known(status, kind))
    app.exception_handler(NotModified)(_answer_not_modified)
    app.exception_handler(RouteNotFoundError)(_answer_no_route)
    app.exception_handler(RequestValidationError)(_answer_invalid)
    app.exception_handler(RequestUnsupportedContentType)(_answer_content_type)
    app.exception_handler(ResponseValidationError)(_answer_unforeseen)
    app.exception_handler(Exception)(_answer_unforeseen)

    def answer_value_error(error: ValueError) -> Response[str]:
        # The resolver reads bodies before it validates them, and lets two faults of the sender through as
        # bare ValueErrors: text that is no UTF-8, and a multipart body without a boundary.
        is_json = "json" in (app.current_event.headers.get("content-type") or "json")
        if not is_json:
            return _answer_content_type(error)
        if isinstance(error, UnicodeDecodeError):
            return problem(HTTPStatus.BAD_REQUEST, "invalid", "The body is not UTF-8 text.")
        return _answer_unforeseen(error)

    app.exception_handler(ValueError)(answer_value_error)


def _answer_known(status: HTTPStatus, kind: str) -> Any:
    def answer(error: Exception) -> Response[str]:
        return problem(status, kind, str(error))

    return answer


def _answer_not_modified(error: NotModified) -> Response[str]:
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={**_NO_STORE, "ETag": error.etag}, body="")


def _answer_no_route(_: RouteNotFoundError) -> Response[str]:
    return problem(HTTPStatus.NOT_FOUND, "not-found", "There is nothing at this address.")


def _answer_invalid(error: RequestValidationError) -> Response[str]:
    field_errors = tuple(
        FieldError(location=".".join(str(part) for part in fault["loc"]), message=fault.get("msg", "invalid"))
        for fault in error.errors()
    )
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", "The request is not as the API expects it.", field_errors
    )


def _answer_content_type(_: Exception) -> Response[str]:
    return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content-type", "Send the body as application/json.")


def _answer_unforeseen(error: Exception) -> Response[str]:
    logger.error("request failed", exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side. Try again later."
    )
