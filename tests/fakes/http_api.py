"""API Gateway's HTTP API before the application: events in payload format 2.0, claims already verified."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from api.app import answer
from api.services import Services

_CONTEXT = SimpleNamespace(
    function_name="api",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:eu-west-1:000000000000:function:api",
    aws_request_id="00000000-0000-4000-8000-000000000000",
)


@dataclass(frozen=True)
class Answered:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def etag(self) -> str:
        return self.headers["etag"]


def http_event(
    method: str,
    path: str,
    *,
    claims: Mapping[str, object] | None = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: str | bytes | None = None,
) -> dict[str, Any]:
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "ANY /v1/{proxy+}",
        "rawPath": path,
        "rawQueryString": urlencode(query or {}),
        "headers": {name.lower(): value for name, value in (headers or {}).items()},
        "requestContext": {
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
            "authorizer": {"jwt": {"claims": dict(claims or {}), "scopes": None}},
            "stage": "$default",
            "requestId": "request-1",
        },
        "isBase64Encoded": isinstance(body, bytes),
    }
    if query:
        event["queryStringParameters"] = dict(query)
    if body is not None:
        event["body"] = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    return event


def id_token_claims(username: str, school_id: str, *roles: str) -> dict[str, object]:
    """As API Gateway hands them over: a list of groups becomes one string."""
    return {
        "cognito:username": username,
        "cognito:groups": f"[{' '.join(roles)}]",
        "custom:school": school_id,
        "token_use": "id",
    }


@dataclass(frozen=True)
class ApiClient:
    """One signed-in person."""

    services: Services
    claims: Mapping[str, object]

    def send(
        self,
        method: str,
        path: str,
        *,
        json_body: object = None,
        body: str | bytes | None = None,
        query: Mapping[str, str] | None = None,
        **headers: str,
    ) -> Answered:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if json_body is not None:
            body = json.dumps(json_body)
            named.setdefault("content-type", "application/json")
        event = http_event(method, path, claims=self.claims, query=query, headers=named, body=body)
        answered = answer(event, _CONTEXT, self.services)  # type: ignore[arg-type]
        told = {name.lower(): str(value) for name, value in answered.get("headers", {}).items()}
        return Answered(int(answered["statusCode"]), told, answered.get("body") or "")

    def get(self, path: str, query: Mapping[str, str] | None = None, **headers: str) -> Answered:
        return self.send("GET", path, query=query, **headers)
