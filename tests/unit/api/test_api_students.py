import pytest

from attendance.domain.confusables import ConfusablePair
from attendance.domain.portraits import Portrait
from tests.fakes.example_school import SCHOOL, ExampleSchool

NEW = {
    "student_id": "s-mary",
    "name": "  Mary Somerville ",
    "section_id": "maths-7a",
    "consent": {"given_by": "Her mother", "text_version": "2026-11"},
}
PICTURE = {"bytes": 12_345, "sha256": "a" * 64, "content_type": "image/jpeg"}


def test_an_admin_enrols_a_student_who_is_then_expected_in_class(school: ExampleSchool) -> None:
    answered = school.admin().send("POST", "/v1/students", json_body=NEW)

    assert answered.status == 201
    assert answered.headers["location"] == "/v1/students/s-mary"
    assert answered.json["name"] == "Mary Somerville"
    assert answered.json["consent"] == {
        "given_by": "Her mother",
        "given_on": "2026-11-23",
        "text_version": "2026-11",
        "expires_on": None,
        "withdrawn_on": None,
        "is_valid": True,
    }
    assert school.teacher().get("/v1/meetings").json["items"][0]["counts"]["students"] == 5


def test_enrolling_again_changes_nothing(school: ExampleSchool) -> None:
    first = school.admin().send("POST", "/v1/students", json_body=NEW)
    second = school.admin().send("POST", "/v1/students", json_body=NEW)

    assert (second.status, second.json) == (201, first.json)
    assert school.teacher().get("/v1/meetings").json["items"][0]["counts"]["students"] == 5


def test_an_id_that_is_taken_by_somebody_else_is_refused(school: ExampleSchool) -> None:
    answered = school.admin().send("POST", "/v1/students", json_body=NEW | {"student_id": "s-ada"})

    assert answered.status == 409
    assert answered.json["type"] == "urn:rollcall:problem:student-exists"
    assert school.students.student(SCHOOL, "s-ada").name == "Ada Byron"


def test_a_student_without_an_id_gets_one(school: ExampleSchool) -> None:
    body = {name: value for name, value in NEW.items() if name != "student_id"}

    answered = school.admin().send("POST", "/v1/students", json_body=body)

    assert school.admin().get(f"/v1/students/{answered.json['student_id']}").status == 200


def test_a_section_that_does_not_exist_takes_nobody(school: ExampleSchool) -> None:
    answered = school.admin().send("POST", "/v1/students", json_body=NEW | {"section_id": "latin-9c"})

    assert answered.status == 404
    assert school.admin().get("/v1/students/s-mary").status == 404


@pytest.mark.parametrize("name", ["", "   ", "a" * 201, "two\nlines"])
def test_a_name_that_is_none_is_refused(school: ExampleSchool, name: str) -> None:
    assert school.admin().send("POST", "/v1/students", json_body=NEW | {"name": name}).status == 422


def test_students_come_page_by_page(school: ExampleSchool) -> None:
    seen: list[str] = []
    query = {"limit": "3"}
    while True:
        page = school.admin().get("/v1/students", query).json
        seen += [student["student_id"] for student in page["items"]]
        if page["next_cursor"] is None:
            break
        query = {"limit": "3", "cursor": page["next_cursor"]}

    assert seen == ["s-ada", "s-carl", "s-emmy", "s-sofia"]


@pytest.mark.parametrize("cursor", ["%", "not base64!", "YS9i", "_w", ""])
def test_a_cursor_that_is_none_is_refused(school: ExampleSchool, cursor: str) -> None:
    answered = school.admin().get("/v1/students", {"cursor": cursor})

    assert answered.status == 400
    assert answered.json["type"] == "urn:rollcall:problem:cursor-invalid"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/students", None),
        ("GET", "/v1/students/s-ada", None),
        ("POST", "/v1/students", NEW),
        ("PUT", "/v1/students/s-ada/consent", NEW["consent"]),
        ("POST", "/v1/students/s-ada/portraits", PICTURE),
        ("GET", f"/v1/students/s-ada/portraits/{'a' * 32}", None),
    ],
)
def test_students_are_the_admins_business(
    school: ExampleSchool, method: str, path: str, body: object
) -> None:
    for caller in (school.teacher(), school.operator()):
        answered = caller.send(method, path, json_body=body, if_match="*")
        assert answered.status == 403


def test_consent_is_recorded_over_the_state_that_was_read(school: ExampleSchool) -> None:
    admin = school.admin()
    path = "/v1/students/s-ada/consent"
    tag = admin.get("/v1/students/s-ada").etag

    assert admin.send("PUT", path, json_body=NEW["consent"]).status == 428
    recorded = admin.send("PUT", path, json_body=NEW["consent"], if_match=tag)
    assert recorded.json["consent"]["is_valid"] is True
    assert admin.send("PUT", path, json_body=NEW["consent"], if_match=tag).status == 412
    assert admin.send("PUT", path, json_body=NEW["consent"], if_match=recorded.etag).status == 200


def test_a_portrait_is_uploaded_to_an_address_of_its_own_and_followed(school: ExampleSchool) -> None:
    school.consent("s-ada")

    answered = school.admin().send("POST", "/v1/students/s-ada/portraits", json_body=PICTURE)

    assert answered.status == 201
    portrait_id = answered.json["portrait_id"]
    assert f"portraits/{SCHOOL}/s-ada/{portrait_id}?" in answered.json["upload"]["url"]
    assert answered.json["upload"]["headers"]["Content-Type"] == "image/jpeg"
    status = school.admin().get(answered.headers["location"])
    assert (status.json["status"], status.json["message"]) == ("waiting", None)


def test_a_refused_portrait_says_what_to_do(school: ExampleSchool) -> None:
    school.students.put_portrait(
        Portrait(
            SCHOOL,
            "s-ada",
            "b" * 32,
            school.clock(),
            status="refused",
            codes=("SHARPNESS",),
            message="The picture is blurred: hold the camera still and take it again.",
        )
    )

    body = school.admin().get(f"/v1/students/s-ada/portraits/{'b' * 32}").json

    assert (body["status"], body["codes"]) == ("refused", ["SHARPNESS"])
    assert "hold the camera still" in body["message"]


def test_an_admin_sees_whom_a_student_may_be_taken_for(school: ExampleSchool) -> None:
    for other, similarity in (("s-emmy", 94.0), ("s-carl", 99.9)):
        pair = ConfusablePair.of("s-ada", other, similarity=similarity, found_at=school.clock())
        school.schools.put_confusable_pair(SCHOOL, pair)
    school.schools.put_confusable_pair(
        "another-school", ConfusablePair.of("s-ada", "s-sofia", similarity=95.0, found_at=school.clock())
    )

    ada, emmy, sofia = (
        school.admin().get(f"/v1/students/{student_id}").json["look_alikes"]
        for student_id in ("s-ada", "s-emmy", "s-sofia")
    )

    assert ada == [
        {"student_id": "s-carl", "name": "Carl Gauss", "similarity": 99.9, "is_same_picture": True},
        {"student_id": "s-emmy", "name": "Emmy Noether", "similarity": 94.0, "is_same_picture": False},
    ]
    assert [other["student_id"] for other in emmy] == ["s-ada"]
    assert sofia == []


def test_without_a_valid_consent_no_portrait_is_taken_in(school: ExampleSchool) -> None:
    answered = school.admin().send("POST", "/v1/students/s-ada/portraits", json_body=PICTURE)

    assert answered.status == 409
    assert answered.json["type"] == "urn:rollcall:problem:consent-missing"
    assert list(school.students.portraits(SCHOOL, "s-ada")) == []


@pytest.mark.parametrize(
    "change", [{"bytes": 0}, {"bytes": 20_000_000}, {"sha256": "abc"}, {"content_type": "image/gif"}]
)
def test_a_picture_that_cannot_be_used_is_refused_before_its_upload(
    school: ExampleSchool, change: dict[str, object]
) -> None:
    school.consent("s-ada")

    answered = school.admin().send("POST", "/v1/students/s-ada/portraits", json_body=PICTURE | change)

    assert answered.status == 422


def test_sections_are_those_that_the_caller_may_see(school: ExampleSchool) -> None:
    names = [section["name"] for section in school.teacher().get("/v1/sections").json["items"]]

    assert names == ["Mathematics 7a"]
