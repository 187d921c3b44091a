"""What every route takes: the services, and the documented answers."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Depends, Request, content_types
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel

from api.problems import CONTENT_TYPE, Problem
from api.services import Services

_ANYWHERE = (
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)

IF_MATCH_ERRORS = (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.PRECONDITION_REQUIRED)


def new_router() -> APIGatewayHttpRouter:
    return APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


def _services(request: Request) -> Services:
    services: Services = request.context["services"]
    return services


CurrentServices = Annotated[Services, Depends(_services)]


def reads(answer: type[BaseModel], *errors: HTTPStatus) -> dict[int, Any]:
    """OpenAPI responses of a GET."""
    not_modified = {HTTPStatus.NOT_MODIFIED.value: {"description": "What If-None-Match named is current"}}
    return _success(HTTPStatus.OK, answer) | not_modified | _problems(errors)


def writes(
    answer: type[BaseModel], *errors: HTTPStatus, status: HTTPStatus = HTTPStatus.OK
) -> dict[int, Any]:
    """OpenAPI responses of a request that changes something."""
    return _success(status, answer) | _problems(errors)


def _success(status: HTTPStatus, answer: type[BaseModel]) -> dict[int, Any]:
    content = {content_types.APPLICATION_JSON: {"model": answer}}
    return {status.value: {"description": status.phrase, "content": content}}


def _problems(errors: Iterable[HTTPStatus]) -> dict[int, Any]:
    # Every entry names its own model: one without would be documented with the route's success model.
    return {
        status.value: {"description": status.phrase, "content": {CONTENT_TYPE: {"model": Problem}}}
        for status in (*errors, *_ANYWHERE)
    }
