from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from attendance.domain.ledger import chain_is_whole
from attendance.domain.rosters import Enrollment
from attendance.domain.timetable import Lesson, Period
from tests.fakes.example_school import ART_NOW, MATHS_LATER, MATHS_NOW, SCHOOL, ExampleSchool

REGISTER = f"/v1/registers/{MATHS_NOW}"
EMMY = f"{REGISTER}/marks/s-emmy"


def mark_of(body: dict, student_id: str) -> dict:
    return next(mark for mark in body["marks"] if mark["student_id"] == student_id)


def test_a_teacher_sees_own_meetings_of_today_in_order(school: ExampleSchool) -> None:
    answered = school.teacher().get("/v1/meetings")

    assert answered.status == 200
    assert answered.json["date"] == "2026-11-23"
    assert answered.json["time_zone"] == "Europe/Berlin"
    assert [m["meeting_id"] for m in answered.json["items"]] == [MATHS_NOW, MATHS_LATER]


def test_an_admin_and_an_operator_see_every_meeting_of_the_school(school: ExampleSchool) -> None:
    for caller in (school.admin(), school.operator()):
        items = caller.get("/v1/meetings").json["items"]
        assert [m["meeting_id"] for m in items] == [MATHS_NOW, ART_NOW, MATHS_LATER]


def test_a_meeting_without_a_register_expects_its_roster(school: ExampleSchool) -> None:
    first = school.teacher().get("/v1/meetings").json["items"][0]

    assert first["status"] == "expected"
    assert first["version"] == 0
    assert first["counts"] == {"present": 0, "doubtful": 0, "unseen": 4, "absent": 0, "students": 4}


def test_a_meeting_with_a_register_tells_its_counts(school: ExampleSchool) -> None:
    school.take_the_roll()

    first = school.teacher().get("/v1/meetings").json["items"][0]

    assert first["status"] == "provisional"
    assert first["counts"] == {"present": 1, "doubtful": 1, "unseen": 2, "absent": 0, "students": 4}


def test_another_day_is_asked_for_by_date(school: ExampleSchool) -> None:
    answered = school.teacher().get("/v1/meetings", {"date": "2026-11-24"})

    assert answered.json["date"] == "2026-11-24"
    assert answered.json["items"] == []


def test_a_lesson_over_midnight_is_still_listed_after_it(school: ExampleSchool) -> None:
    table = school.schools.timetables[SCHOOL]
    school.schools.timetables[SCHOOL] = replace(
        table,
        periods=(*table.periods, Period("night", time(23, 30), time(0, 30))),
        lessons=(*table.lessons, Lesson("maths-7a", "r101", 1, "night")),
    )
    school.clock.now = datetime(2026, 11, 23, 23, 10, tzinfo=UTC)  # 00:10 on Tuesday in Berlin

    answered = school.teacher().get("/v1/meetings")

    assert answered.json["date"] == "2026-11-24"
    assert [m["meeting_id"] for m in answered.json["items"]] == ["maths-7a.2026-11-23.night"]


def test_a_register_names_its_students_with_their_marks(school: ExampleSchool) -> None:
    school.take_the_roll()

    body = school.teacher().get(REGISTER).json

    assert [m["name"] for m in body["marks"]] == [
        "Ada Byron",
        "Carl Gauss",
        "Emmy Noether",
        "Sofia Kovalevskaya",
    ]
    assert mark_of(body, "s-ada")["status"] == "present"
    assert mark_of(body, "s-ada")["seen"]["similarity"] == 97.0
    assert mark_of(body, "s-emmy")["status"] == "unseen"
    assert mark_of(body, "s-emmy")["review"]["similarity"] == 83.0
    assert mark_of(body, "s-carl")["seen"] is None
    assert body["captures"][0]["unknown_faces"] == 1
    assert body["may_correct"] is True


def test_a_mark_explains_itself(school: ExampleSchool) -> None:
    school.take_the_roll()

    body = school.teacher().get(REGISTER).json

    seen, doubt = mark_of(body, "s-ada")["seen"], mark_of(body, "s-emmy")["review"]
    assert len(seen["compared"]) == seen["frames_seen"] == 1
    assert {one["similarity"] for one in seen["compared"]} == {97.0}
    assert seen["certainty"] >= seen["needed"] > 0
    assert 0 < doubt["certainty"] < doubt["needed"]


def test_a_register_can_be_read_before_any_capture(school: ExampleSchool) -> None:
    body = school.teacher().get(f"/v1/registers/{MATHS_LATER}").json

    assert body["version"] == 0
    assert {mark["status"] for mark in body["marks"]} == {"unseen"}


def test_a_register_read_again_with_its_tag_is_not_sent_again(school: ExampleSchool) -> None:
    school.take_the_roll()
    tag = school.teacher().get(REGISTER).etag

    again = school.teacher().get(REGISTER, if_none_match=tag)

    assert (again.status, again.text, again.etag) == (304, "", tag)


def test_a_tag_that_a_cdn_weakened_still_counts(school: ExampleSchool) -> None:
    school.take_the_roll()
    tag = school.teacher().get(REGISTER).etag

    assert school.teacher().get(REGISTER, if_none_match=f"W/{tag}").status == 304
    corrected = school.teacher().send("PATCH", EMMY, json_body={"status": "present"}, if_match=f"W/{tag}")
    assert corrected.status == 200


def test_the_tag_of_an_unwritten_register_changes_with_its_roster(school: ExampleSchool) -> None:
    tag = school.teacher().get(REGISTER).etag
    school.schools.enrollments_of[SCHOOL].append(Enrollment("s-new", "maths-7a", date(2026, 11, 23)))

    assert school.teacher().get(REGISTER, if_none_match=tag).status == 200


@pytest.mark.parametrize("path", ["", "/pictures", "/changes"])
def test_a_teacher_of_another_section_reads_nothing_of_a_register(school: ExampleSchool, path: str) -> None:
    school.take_the_roll()

    answered = school.other_teacher().get(REGISTER + path)

    assert answered.status == 403
    assert answered.headers["content-type"] == "application/problem+json"
    assert answered.json["type"] == "urn:rollcall:problem:access-denied"
    assert "Ada" not in answered.text


def test_the_same_names_in_another_school_are_out_of_reach(school: ExampleSchool) -> None:
    school.take_the_roll()
    school.schools.timetables["hillside"] = school.schools.timetables[SCHOOL]

    answered = school.signed_in("ana", "teacher", "admin", school_id="hillside").get(REGISTER)

    assert answered.status in {403, 404}
    assert "Ada" not in answered.text


def test_a_meeting_that_is_in_no_timetable_is_not_found(school: ExampleSchool) -> None:
    assert school.teacher().get("/v1/registers/maths-7a.2026-11-24.p1").status == 404


def test_a_meeting_id_of_another_shape_is_refused(school: ExampleSchool) -> None:
    assert school.teacher().get("/v1/registers/maths-7a").status == 422


def test_an_account_without_a_role_or_school_is_told_so(school: ExampleSchool) -> None:
    without_role = school.signed_in("eve").get("/v1/meetings")
    without_school = school.signed_in("eve", "teacher", school_id="").get("/v1/meetings")

    assert without_role.status == without_school.status == 403
    assert "no school or no role" in without_role.json["detail"]


def test_a_correction_is_the_persons_word_and_clears_the_review(school: ExampleSchool) -> None:
    school.take_the_roll()
    tag = school.teacher().get(REGISTER).etag

    answered = school.teacher().send(
        "PATCH", EMMY, json_body={"status": "present", "reason": "at the window"}, if_match=tag
    )

    assert answered.status == 200
    mark = mark_of(answered.json, "s-emmy")
    assert (mark["status"], mark["source"], mark["review"]) == ("present", "teacher", None)
    assert mark["reason"] == "at the window"
    assert answered.json["counts"]["present"] == 2
    assert answered.etag != tag
    assert school.teacher().get(REGISTER).etag == answered.etag


def test_a_mark_can_be_set_by_hand_before_any_capture(school: ExampleSchool) -> None:
    path = f"/v1/registers/{MATHS_LATER}"
    tag = school.teacher().get(path).etag

    answered = school.teacher().send(
        "PATCH", f"{path}/marks/s-carl", json_body={"status": "excused"}, if_match=tag
    )

    assert mark_of(answered.json, "s-carl")["status"] == "excused"
    assert answered.json["version"] == 1


def test_a_correction_without_if_match_is_refused(school: ExampleSchool) -> None:
    school.take_the_roll()

    answered = school.teacher().send("PATCH", EMMY, json_body={"status": "present"})

    assert answered.status == 428
    assert school.registers.get(SCHOOL, MATHS_NOW).version == 1


def test_a_correction_over_a_stale_register_is_refused(school: ExampleSchool) -> None:
    school.take_the_roll()
    tag = school.teacher().get(REGISTER).etag
    school.admin().send("PATCH", EMMY, json_body={"status": "absent"}, if_match=tag)

    answered = school.teacher().send("PATCH", EMMY, json_body={"status": "present"}, if_match=tag)

    assert answered.status == 412
    assert answered.json["type"] == "urn:rollcall:problem:stale"
    assert school.registers.get(SCHOOL, MATHS_NOW).marks["s-emmy"].status == "absent"


def test_a_withdrawn_correction_gives_the_mark_back_to_the_camera(school: ExampleSchool) -> None:
    school.take_the_roll()
    before = school.teacher().get(REGISTER)
    corrected = school.teacher().send("PATCH", EMMY, json_body={"status": "absent"}, if_match=before.etag)

    answered = school.teacher().send("DELETE", f"{EMMY}/correction", if_match=corrected.etag)

    assert answered.status == 200
    assert mark_of(answered.json, "s-emmy") == mark_of(before.json, "s-emmy")
    assert answered.json["counts"] == before.json["counts"]


def test_withdrawing_leaves_the_other_corrections_alone(school: ExampleSchool) -> None:
    school.take_the_roll()
    teacher = school.teacher()
    tag = teacher.get(REGISTER).etag
    for student_id in ("s-emmy", "s-carl"):
        path = f"{REGISTER}/marks/{student_id}"
        tag = teacher.send("PATCH", path, json_body={"status": "excused"}, if_match=tag).etag

    body = teacher.send("DELETE", f"{EMMY}/correction", if_match=tag).json

    assert mark_of(body, "s-carl")["status"] == "excused"
    assert mark_of(body, "s-ada")["status"] == "present"


def test_only_the_sections_teachers_and_admins_correct(school: ExampleSchool) -> None:
    school.take_the_roll()
    tag = school.admin().get(REGISTER).etag

    for caller in (school.operator(), school.other_teacher()):
        assert caller.send("PATCH", EMMY, json_body={"status": "present"}, if_match=tag).status == 403
    assert school.operator().get(REGISTER).json["may_correct"] is False


def test_a_student_who_is_not_on_the_register_cannot_be_marked(school: ExampleSchool) -> None:
    school.take_the_roll()
    tag = school.teacher().get(REGISTER).etag

    answered = school.teacher().send(
        "PATCH", f"{REGISTER}/marks/s-nobody", json_body={"status": "present"}, if_match=tag
    )

    assert answered.status == 404


@pytest.mark.parametrize("body", [{"status": "asleep"}, {}, {"status": "present", "reson": "x"}, []])
def test_a_correction_of_another_shape_is_refused_field_by_field(school: ExampleSchool, body: object) -> None:
    school.take_the_roll()
    tag = school.teacher().get(REGISTER).etag

    answered = school.teacher().send("PATCH", EMMY, json_body=body, if_match=tag)

    assert answered.status == 422
    assert answered.json["errors"][0]["location"].startswith("body")
    assert "asleep" not in answered.text


def test_every_correction_is_a_line_of_the_ledger(school: ExampleSchool) -> None:
    school.take_the_roll()
    tag = school.teacher().get(REGISTER).etag
    school.clock.forward(timedelta(minutes=1))
    school.teacher().send("PATCH", EMMY, json_body={"status": "late", "reason": "bus"}, if_match=tag)

    lines = school.teacher().get(f"{REGISTER}/changes").json["items"]

    assert [line["kind"] for line in lines] == ["correction", "capture"]
    assert lines[0]["actor"] == "ana"
    assert lines[0]["reason"] == "bus"
    assert lines[0]["marks"] == [
        {"student_id": "s-emmy", "name": "Emmy Noether", "before": "unseen", "after": "late"}
    ]
    assert chain_is_whole(list(school.registers.changes(SCHOOL, MATHS_NOW)))
