"""What every route shares: claims, tags, problems, and the written contract."""

import io
import json
from pathlib import Path

import pytest

from api import openapi
from api.auth import caller_of
from api.logs import logger
from attendance.domain.errors import AccessDeniedError, ThrottledError
from tests.fakes.example_school import MATHS_NOW, SCHOOL, ExampleSchool


@pytest.mark.parametrize("groups", ["[admin teacher]", "admin,teacher", ["admin", "teacher", "cooks"]])
def test_groups_are_read_however_a_gateway_writes_them(groups: object) -> None:
    caller = caller_of({"cognito:username": "ida", "custom:school": SCHOOL, "cognito:groups": groups})

    assert caller.roles == {"admin", "teacher"}


def test_groups_that_are_no_roles_give_none() -> None:
    with pytest.raises(AccessDeniedError):
        caller_of({"cognito:username": "ida", "custom:school": SCHOOL, "cognito:groups": "[administrators]"})


def test_who_is_signed_in_is_told(school: ExampleSchool) -> None:
    assert school.signed_in("ida", "teacher", "admin").get("/v1/me").json == {
        "username": "ida",
        "school_id": SCHOOL,
        "roles": ["admin", "teacher"],
        "time_zone": "Europe/Berlin",
    }


@pytest.mark.parametrize("path", ["/v1/me", "/v1/meetings", "/v1/sections", "/v1/rooms", "/v1/students"])
def test_every_read_is_conditional_and_stored_nowhere(school: ExampleSchool, path: str) -> None:
    first = school.admin().get(path)
    again = school.admin().get(path, if_none_match=first.etag)
    other = school.admin().get(path, if_none_match='"something else"')

    assert (first.status, first.headers["cache-control"]) == (200, "no-store")
    assert (again.status, again.text, again.headers["cache-control"]) == (304, "", "no-store")
    assert other.json == first.json


def test_an_address_that_leads_nowhere_is_a_problem_too(school: ExampleSchool) -> None:
    answered = school.admin().get("/v1/nothing")

    assert (answered.status, answered.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", "{", 422),
        ("application/json", "null", 422),
        ("application/json", b"\xff\xfe", 400),
        ("multipart/form-data", "x", 415),
        ("text/plain", "x", 415),
        ("application/x-www-form-urlencoded", "room_id=r101", 422),
    ],
)
def test_a_body_that_is_no_json_is_a_problem_of_the_sender(
    school: ExampleSchool, content_type: str, body: str | bytes, status: int
) -> None:
    answered = school.admin().send("POST", "/v1/captures", body=body, content_type=content_type)

    assert answered.status == status
    assert answered.headers["content-type"] == "application/problem+json"


def test_a_busy_service_is_told_as_unavailable(
    school: ExampleSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: str) -> None:
        raise ThrottledError("slow down")

    monkeypatch.setattr(school.schools, "timetable", busy)

    answered = school.admin().get("/v1/meetings")

    assert (answered.status, answered.headers["retry-after"]) == (503, "1")


def test_what_nobody_foresaw_is_answered_without_its_words(
    school: ExampleSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str) -> None:
        raise RuntimeError("Ada Byron's secret")

    monkeypatch.setattr(school.schools, "timetable", broken)

    answered = school.admin().get("/v1/meetings")

    assert (answered.status, answered.json["type"]) == (500, "urn:rollcall:problem:internal")
    assert "Ada" not in answered.text


def test_the_log_names_neither_people_nor_addresses(
    school: ExampleSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.take_the_roll()
    written = io.StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", written)

    school.teacher().get(f"/v1/registers/{MATHS_NOW}/pictures")

    logged = written.getvalue()
    line = json.loads(logged.splitlines()[-1])
    assert (line["route"], line["meeting_id"]) == ("/v1/registers/{meeting_id}/pictures", MATHS_NOW)
    assert (line["method"], line["status"]) == ("GET", 200)
    assert "Ada" not in logged
    assert "https://" not in logged


def test_the_written_contract_is_what_the_routes_say() -> None:
    assert openapi.PATH.read_text() == openapi.document(), "run python -m api.openapi"


def test_the_contract_documents_each_error_as_a_problem() -> None:
    document = json.loads(Path(openapi.PATH).read_text())

    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, answered in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answered["content"]) == ["application/problem+json"], (method, path, status)
