from tests.fakes.example_school import CAPTURE_ID, MATHS_NOW, ExampleSchool

WANTED = {"room_id": "r101", "request_id": "request-1"}


def test_an_admin_asks_for_a_capture_and_the_camera_is_commanded(school: ExampleSchool) -> None:
    answered = school.admin().send("POST", "/v1/captures", json_body=WANTED)

    assert answered.status == 202
    (capture,) = answered.json["items"]
    assert (capture["device_id"], capture["status"], capture["stage"]) == (
        "lakeside-r101-1",
        "CREATED",
        "waiting",
    )
    ((device_id, command, _),) = school.messenger.sent
    assert (device_id, command.capture_id) == ("lakeside-r101-1", capture["capture_id"])
    assert command.requested_by == "ida"


def test_the_same_request_twice_is_one_capture(school: ExampleSchool) -> None:
    first = school.admin().send("POST", "/v1/captures", json_body=WANTED)
    second = school.admin().send("POST", "/v1/captures", json_body=WANTED)

    assert first.json == second.json
    assert len(school.messenger.sent) == 1


def test_only_admins_ask_for_captures(school: ExampleSchool) -> None:
    for caller in (school.teacher(), school.operator()):
        assert caller.send("POST", "/v1/captures", json_body=WANTED).status == 403
    assert school.messenger.sent == []


def test_a_room_without_a_camera_is_said_so(school: ExampleSchool) -> None:
    answered = school.admin().send(
        "POST", "/v1/captures", json_body={"room_id": "r102", "request_id": "request-1"}
    )

    assert answered.status == 409
    assert answered.json["type"] == "urn:rollcall:problem:no-camera"
    assert "r102" in answered.json["detail"]


def test_a_capture_is_followed_by_those_who_may(school: ExampleSchool) -> None:
    school.take_the_roll()
    path = f"/v1/captures/{CAPTURE_ID}"

    assert school.operator().get(path).json["stage"] == "recorded"
    assert school.admin().get(path).json["meeting_id"] == MATHS_NOW
    assert school.teacher().get(path).status == 403


def test_an_unknown_capture_is_not_found(school: ExampleSchool) -> None:
    assert school.admin().get("/v1/captures/00000000-0000-4000-8000-000000000000").status == 404


def test_rooms_say_what_is_on_in_them(school: ExampleSchool) -> None:
    (room,) = school.admin().get("/v1/rooms").json["items"]

    assert room == {
        "room_id": "r101",
        "cameras": ["lakeside-r101-1"],
        "meeting_id": MATHS_NOW,
        "section": {"section_id": "maths-7a", "name": "Mathematics 7a"},
    }
