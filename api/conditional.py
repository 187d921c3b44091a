"""Entity tags: If-None-Match on reads, If-Match on writes (RFC 9110, section 13).

A tag may come back weakened: CDNs prefix ``W/`` when they compress an answer. Ours name a version and never
a byte sequence, so tags are compared by their opaque part everywhere.
"""

import hashlib
import json
import re
from collections.abc import Callable
from http import HTTPStatus

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Request, Response

from attendance.domain.registers import Register

_OPAQUE = re.compile(r'(?:W/)?("[^"]*")')


class NotModified(Exception):  # noqa: N818 - an outcome, not an error
    """The caller has the current state already."""

    def __init__(self, etag: str) -> None:
        super().__init__(etag)
        self.etag = etag


class PreconditionRequiredError(Exception):
    """A write without If-Match."""

    def __init__(self) -> None:
        super().__init__("Send If-Match with the ETag of what you read, so that no other change is lost.")


class PreconditionFailedError(Exception):
    """A write over a state that is no longer the current one."""

    def __init__(self) -> None:
        super().__init__("This has changed since you read it. Read it again, then repeat the change.")


def tag_of_register(register: Register) -> str:
    """A register's tag is its version.

    One that was never written has the students it expects in its tag, because they may still change.
    Names are left out: a corrected spelling shows with the next change or visit.
    """
    if register.version:
        return f'"{register.version}"'
    return f'"0-{_digest(sorted(register.marks))}"'


def tag_of(content: object) -> str:
    """A tag for content without a version: a digest of its JSON."""
    return f'"{_digest(content)}"'


def unless_current(request: Request, etag: str) -> None:
    """Raises NotModified where the caller's If-None-Match names `etag`."""
    if _names(_header(request, "if-none-match"), etag):
        raise NotModified(etag)


def require_match(request: Request, etag: str) -> None:
    """Raises PreconditionRequiredError or PreconditionFailedError."""
    told = _header(request, "if-match")
    if told is None:
        raise PreconditionRequiredError
    if not _names(told, etag):
        raise PreconditionFailedError


def tag_reads(
    app: APIGatewayHttpResolver, next_middleware: Callable[[APIGatewayHttpResolver], Response[object]]
) -> Response[object]:
    """Middleware: tag every answer to a GET that its route has not tagged, and answer 304 where it is known.

    Nothing is stored by caches on the way: the answers are personal, and signed addresses in them expire.
    """
    response = next_middleware(app)
    response.headers.setdefault("Cache-Control", "no-store")
    if app.current_event.http_method == "GET" and response.status_code == HTTPStatus.OK:
        response.headers.setdefault("ETag", tag_of(response.body))
        unless_current(app.request, str(response.headers["ETag"]))
    return response


def _header(request: Request, name: str) -> str | None:
    value = request.resolved_event.headers.get(name)
    return None if value is None else str(value)


def _names(header: str | None, etag: str) -> bool:
    if header is None:
        return False
    return header.strip() == "*" or etag in _OPAQUE.findall(header)


def _digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:20]
