from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attendance.adapters.dynamodb.captures import DynamoCaptureStore
from attendance.adapters.dynamodb.codec import from_item, to_item
from attendance.adapters.dynamodb.registers import (
    DynamoProjectionStore,
    DynamoRegisterStore,
    register_of_image,
)
from attendance.adapters.dynamodb.schools import DynamoSchoolStore
from attendance.adapters.dynamodb.students import DynamoStudentStore
from attendance.adapters.dynamodb.views import DynamoViewLog
from attendance.domain.captures import Capture
from attendance.domain.confusables import ConfusablePair
from attendance.domain.consent import Consent
from attendance.domain.errors import CaptureUnknownError, NotFoundError, VersionConflictError
from attendance.domain.ledger import chain_is_whole, next_change
from attendance.domain.policy import DEFAULT_POLICY
from attendance.domain.portraits import Portrait
from attendance.domain.registers import (
    CaptureOutcome,
    Evidence,
    Register,
    correct_mark,
    expected_register,
    fold_capture,
)
from attendance.domain.rosters import Enrollment, Section, Student
from attendance.domain.sightings import Box
from attendance.domain.timetable import Lesson, Period, Timetable
from attendance.usecases.view_pictures import PictureView

SCHOOL, MONDAY = "lakeside", date(2026, 11, 23)
AT = datetime(2026, 11, 23, 8, 10, 7, 123456, tzinfo=UTC)
TIMETABLE = Timetable(
    "Europe/Berlin",
    (Period("p1", time(9), time(9, 45)), Period("p2", time(10), time(10, 45))),
    (
        Lesson("7a", "r1", 1, "p1"),
        Lesson("7b", "r2", 1, "p1", begins_on=date(2026, 8, 1), ends_on=date(2027, 7, 31)),
        Lesson("7a", "r1", 1, "p2"),
    ),
)
FIRST, OTHER_ROOM, SECOND = TIMETABLE.meetings_on(MONDAY)
CAPTURE = Capture(
    school_id=SCHOOL,
    device_id="lakeside-r1-1",
    capture_id="2718886b-1a2c-5e1d-8218-68484793841a",
    room_id="r1",
    trigger="scheduled",
    requested_by="scheduler",
    requested_at=AT,
    expires_at=FIRST.ends_at,
    meeting_id=FIRST.meeting_id,
)


def a_register(meeting=FIRST, roster=("ada", "carl", "emmy")) -> Register:
    return expected_register(SCHOOL, meeting, roster, DEFAULT_POLICY)


def with_capture(register: Register, number: int, similarity: float = 93.7) -> Register:
    capture_id = f"{number:08x}-1a2c-5e1d-8218-68484793841a"
    taken_at = AT + timedelta(minutes=5 * number)
    outcome = CaptureOutcome(
        capture_id, taken_at, 3, 2, 90, 5, 1, ("frame 2: UNREADABLE", "1 frames were not uploaded")
    )
    evidence = {
        student_id: Evidence(
            capture_id,
            taken_at,
            3,
            17,
            Box(0.123456789012345, 1 / 3, 0.0312345678, 0.1 + 0.2),
            similarity,
            similarity >= 90,
            3,
        )
        for student_id in register.marks
    }
    return fold_capture(register, outcome, evidence, DEFAULT_POLICY)


def save(store: DynamoRegisterStore, before: Register, after: Register) -> Register:
    line = next_change(before, after, kind="capture", actor="capture:x", at=AT, reason=None)
    return store.save(after, line)


# --- registers


def test_a_register_is_read_back_as_it_was_written(table):
    store, expected = DynamoRegisterStore(table), a_register()
    saved = save(store, expected, with_capture(expected, 1, similarity=81.25))
    assert store.get(SCHOOL, FIRST.meeting_id) == saved
    assert (saved.version, len(saved.ledger_hash)) == (1, 64)
    teacher = correct_mark(saved, "ada", "excused", "beim Zahnarzt: \u201eausgef\u00fcllt\u201c")
    again = save(store, saved, teacher)
    assert store.get(SCHOOL, FIRST.meeting_id) == again


@given(similarity=st.floats(0, 100, width=32), left=st.floats(-1, 2, width=32))
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_float_loses_a_bit(table, similarity, left):
    store = DynamoRegisterStore(table)
    before = store.get(SCHOOL, FIRST.meeting_id) or a_register()
    evidence = Evidence("c", AT, 1, 0, Box(left, 0.1, 0.1, 0.1), similarity, False, 1)
    mark = replace(before.marks["ada"], evidence=(evidence,))
    saved = save(store, before, replace(before, marks={**before.marks, "ada": mark}))
    assert store.get(SCHOOL, FIRST.meeting_id) == saved


def test_a_meeting_without_a_register_has_none(table):
    assert DynamoRegisterStore(table).get(SCHOOL, "nothing") is None


def test_of_two_writers_of_the_same_version_one_is_told_to_read_again(table):
    store = DynamoRegisterStore(table)
    expected = a_register()
    first = save(store, expected, with_capture(expected, 1))
    with pytest.raises(VersionConflictError):
        save(store, expected, with_capture(expected, 2))
    second = save(store, first, correct_mark(first, "ada", "absent", None))
    with pytest.raises(VersionConflictError):
        save(store, first, correct_mark(first, "carl", "absent", None))
    assert store.get(SCHOOL, FIRST.meeting_id) == second
    assert [line.version for line in store.changes(SCHOOL, FIRST.meeting_id)] == [1, 2]


def test_a_register_and_its_line_are_written_together_or_not_at_all(table, dynamodb):
    """A ledger line of that version stands there already: nothing of the register is written."""
    store, expected = DynamoRegisterStore(table), a_register()
    save(store, expected, with_capture(expected, 1))
    partition = f"SCHOOL#{SCHOOL}#MEETING#{FIRST.meeting_id}"
    dynamodb.delete_item(TableName=table.name, Key={"PK": {"S": partition}, "SK": {"S": "REGISTER"}})
    with pytest.raises(VersionConflictError):
        save(store, expected, with_capture(expected, 1))
    assert store.get(SCHOOL, FIRST.meeting_id) is None


def test_the_ledger_read_back_is_whole_and_in_order(table):
    store, register = DynamoRegisterStore(table), a_register()
    for number in range(12):
        status = ("present", "absent")[number % 2]
        register = save(store, register, correct_mark(register, "ada", status, f"line {number}"))
    lines = store.changes(SCHOOL, FIRST.meeting_id)
    assert [line.version for line in lines] == list(range(1, 13))
    assert chain_is_whole(lines, head=register.ledger_hash)


def test_the_registers_of_a_day_are_of_that_day_and_school_alone(table):
    store = DynamoRegisterStore(table)
    tuesday = replace(FIRST, date=MONDAY + timedelta(days=1))
    hillside = replace(a_register(), school_id="hillside")
    for register in (a_register(SECOND), a_register(), a_register(OTHER_ROOM), a_register(tuesday), hillside):
        save(store, register, with_capture(register, 1))
    assert [r.meeting_id for r in store.on_date(SCHOOL, MONDAY)] == [
        FIRST.meeting_id,
        OTHER_ROOM.meeting_id,
        SECOND.meeting_id,
    ]
    assert [r.school_id for r in store.on_date("hillside", MONDAY)] == ["hillside"]


def test_eighty_students_and_six_captures_fit_into_an_item():
    """DynamoDB takes 400 KB an item, and counts names and UTF-8."""
    register = a_register(roster=[f"student-{number:030}" for number in range(80)])
    for number in range(6):
        register = with_capture(register, number, similarity=81.2345678901234)
    item = to_item(register, Register, {})
    assert item_size({"M": item}) < 200 * 1024
    assert from_item(item, Register) == register


def item_size(value: dict) -> int:
    """By AWS's rule: names and strings by their bytes, numbers about half their digits, 3 a map or list."""
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return len(content.strip("-0.")) // 2 + 2
    if kind == "L":
        return 3 + sum(1 + item_size(inner) for inner in content)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + item_size(inner) for name, inner in content.items())
    return 1


def test_a_stream_image_is_read_as_the_register_it_is(table, dynamodb):
    store, expected = DynamoRegisterStore(table), a_register()
    saved = save(store, expected, with_capture(expected, 1))
    key = {"PK": {"S": f"SCHOOL#{SCHOOL}#MEETING#{FIRST.meeting_id}"}, "SK": {"S": "REGISTER"}}
    image = dynamodb.get_item(TableName=table.name, Key=key)["Item"]
    assert register_of_image(image) == saved


# --- projections


def items_of(table, partition: str, prefix: str) -> list[dict]:
    return list(table.query(partition, prefix))


def test_a_register_is_projected_to_histories_and_a_total(table):
    register = replace(with_capture(a_register(), 1), version=1)
    DynamoProjectionStore(table).put(register)
    (line,) = items_of(table, "SCHOOL#lakeside#STUDENT#ada", "MARK#2026-11-23#")
    assert (line["status"]["S"], line["section_id"]["S"]) == ("present", "7a")
    (total,) = items_of(table, "SCHOOL#lakeside#SECTION#7a", "TOTAL#")
    assert (total["students"]["N"], total["present"]["N"]) == ("3", "3")


def test_an_older_version_that_is_projected_late_replaces_nothing(table):
    store = DynamoProjectionStore(table)
    older = replace(with_capture(a_register(), 1), version=1)
    newer = replace(correct_mark(older, "ada", "absent", None), version=2)
    for register in (older, newer, newer, older):
        store.put(register)
    (line,) = items_of(table, "SCHOOL#lakeside#STUDENT#ada", "MARK#")
    (total,) = items_of(table, "SCHOOL#lakeside#SECTION#7a", "TOTAL#")
    assert (line["status"]["S"], line["version"]["N"]) == ("absent", "2")
    assert (total["absent"]["N"], total["version"]["N"]) == ("1", "2")


# --- captures


def test_a_capture_is_read_back_as_it_was_added(table):
    store = DynamoCaptureStore(table)
    assert store.add(CAPTURE)
    assert store.get(SCHOOL, CAPTURE.capture_id) == CAPTURE


def test_a_capture_added_twice_is_one(table):
    store = DynamoCaptureStore(table)
    assert store.add(CAPTURE)
    assert not store.add(replace(CAPTURE, requested_by="somebody else"))
    assert store.get(SCHOOL, CAPTURE.capture_id).requested_by == "scheduler"


def test_a_capture_expires_ninety_days_after_it_was_asked_for(table, dynamodb):
    DynamoCaptureStore(table).add(CAPTURE)
    (item,) = dynamodb.scan(TableName=table.name)["Items"]
    assert datetime.fromtimestamp(int(item["ttl"]["N"]), UTC) == AT.replace(microsecond=0) + timedelta(
        days=90
    )


def test_an_unknown_capture_is_named(table):
    with pytest.raises(CaptureUnknownError, match="no capture 2718886b"):
        DynamoCaptureStore(table).get("hillside", CAPTURE.capture_id)


def test_states_move_forward_only(table):
    store = DynamoCaptureStore(table)
    store.add(CAPTURE)
    assert store.advance(CAPTURE, "IN_PROGRESS", None)
    assert not store.advance(CAPTURE, "IN_PROGRESS", None)
    assert store.advance(CAPTURE, "CANCELLED", "by hand")
    assert not store.advance(CAPTURE, "SUCCEEDED", None)
    stored = store.get(SCHOOL, CAPTURE.capture_id)
    assert (stored.status, stored.reason) == ("CANCELLED", "by hand")


def test_a_state_without_a_reason_leaves_the_stored_one(table):
    store = DynamoCaptureStore(table)
    store.add(CAPTURE)
    store.record_stage(replace(CAPTURE, stage="failed", reason="DISK_FULL: 3 MB are left"))
    assert store.advance(CAPTURE, "FAILED", None)
    assert store.get(SCHOOL, CAPTURE.capture_id).reason == "DISK_FULL: 3 MB are left"


def test_an_event_that_another_overtakes_is_not_lost(table):
    """Between reading and writing SUCCEEDED, IN_PROGRESS is written by another Lambda."""
    store = DynamoCaptureStore(table)
    store.add(CAPTURE)
    read, overtaken = store.get, []

    def overtaking(school_id, capture_id):
        capture = read(school_id, capture_id)
        if not overtaken:
            overtaken.append(capture)
            assert DynamoCaptureStore(table).advance(CAPTURE, "IN_PROGRESS", None)
        return capture

    store.get = overtaking
    assert store.advance(CAPTURE, "SUCCEEDED", None)
    assert read(SCHOOL, CAPTURE.capture_id).status == "SUCCEEDED"


def test_an_event_that_an_end_overtakes_does_not_reopen_it(table):
    """Between reading and writing IN_PROGRESS, CANCELLED is written by another Lambda."""
    store = DynamoCaptureStore(table)
    store.add(CAPTURE)
    read, overtaken = store.get, []

    def overtaking(school_id, capture_id):
        capture = read(school_id, capture_id)
        if not overtaken:
            overtaken.append(capture)
            assert DynamoCaptureStore(table).advance(CAPTURE, "CANCELLED", "by hand")
        return capture

    store.get = overtaking
    assert not store.advance(CAPTURE, "IN_PROGRESS", None)
    assert read(SCHOOL, CAPTURE.capture_id).status == "CANCELLED"


def test_a_capture_is_owned_by_one_run(table):
    store = DynamoCaptureStore(table)
    store.add(replace(CAPTURE, reason="an older trouble"))
    assert store.claim(CAPTURE, "run-1", AT)
    assert store.claim(CAPTURE, "run-1", AT)
    assert not store.claim(CAPTURE, "run-2", AT + timedelta(minutes=1))
    stored = store.get(SCHOOL, CAPTURE.capture_id)
    assert (stored.run, stored.taken_at, stored.stage, stored.reason) == ("run-1", AT, "taking", None)


def test_a_capture_that_is_not_there_is_not_claimed_into_being(table):
    store = DynamoCaptureStore(table)
    assert not store.claim(CAPTURE, "run-1", AT)
    store.mark_sent(CAPTURE, AT)
    store.record_stage(CAPTURE)
    with pytest.raises(CaptureUnknownError):
        store.get(SCHOOL, CAPTURE.capture_id)


def test_a_stage_is_not_recorded_over_another_runs(table):
    store = DynamoCaptureStore(table)
    store.add(CAPTURE)
    read = store.get(SCHOOL, CAPTURE.capture_id)
    store.claim(CAPTURE, "run-1", AT)
    store.record_stage(replace(read, stage="failed", reason="TIMED_OUT"))
    assert store.get(SCHOOL, CAPTURE.capture_id).stage == "taking"
    owned = store.get(SCHOOL, CAPTURE.capture_id)
    store.record_stage(replace(owned, stage="recorded", meeting_id=SECOND.meeting_id))
    stored = store.get(SCHOOL, CAPTURE.capture_id)
    assert (stored.stage, stored.meeting_id) == ("recorded", SECOND.meeting_id)


def test_only_open_captures_of_the_room_are_listed(table):
    store = DynamoCaptureStore(table)
    ids = [f"{number:08x}-1a2c-5e1d-8218-68484793841a" for number in range(5)]
    for number, capture_id in enumerate(ids):
        long_ago = AT - timedelta(days=30 * number)
        store.add(replace(CAPTURE, capture_id=capture_id, requested_at=long_ago))
    store.add(replace(CAPTURE, capture_id="f" * 8 + ids[0][8:], room_id="r2"))
    store.advance(replace(CAPTURE, capture_id=ids[1]), "IN_PROGRESS", None)
    store.advance(replace(CAPTURE, capture_id=ids[2]), "SUCCEEDED", None)
    store.advance(replace(CAPTURE, capture_id=ids[3]), "TIMED_OUT", None)
    assert {c.capture_id for c in store.open_in_room(SCHOOL, "r1")} == {ids[0], ids[1], ids[4]}


def test_an_ended_capture_leaves_the_index(table, dynamodb):
    store = DynamoCaptureStore(table)
    store.add(CAPTURE)
    assert dynamodb.scan(TableName=table.name, IndexName="GSI1")["Count"] == 1
    store.advance(CAPTURE, "SUCCEEDED", None)
    assert dynamodb.scan(TableName=table.name, IndexName="GSI1")["Count"] == 0


def test_when_a_command_was_sent_is_kept(table):
    store = DynamoCaptureStore(table)
    store.add(CAPTURE)
    store.mark_sent(CAPTURE, AT + timedelta(minutes=1))
    assert store.get(SCHOOL, CAPTURE.capture_id).sent_at == AT + timedelta(minutes=1)


# --- schools and students


def test_a_school_is_read_back_as_it_was_added(table):
    store = DynamoSchoolStore(table)
    store.add_school(SCHOOL, "Lakeside", DEFAULT_POLICY, TIMETABLE)
    store.add_school("hillside", "Hillside", DEFAULT_POLICY, replace(TIMETABLE, lessons=()))
    assert store.schools() == ["hillside", SCHOOL]
    assert store.policy(SCHOOL) == DEFAULT_POLICY
    read = store.timetable(SCHOOL)
    assert (read.time_zone, Counter(read.periods), Counter(read.lessons)) == (
        TIMETABLE.time_zone,
        Counter(TIMETABLE.periods),
        Counter(TIMETABLE.lessons),
    )
    assert read.meetings_on(MONDAY) == TIMETABLE.meetings_on(MONDAY)
    assert store.timetable("hillside").lessons == ()


def test_what_a_school_does_not_have_is_named(table):
    schools, students = DynamoSchoolStore(table), DynamoStudentStore(table)
    with pytest.raises(NotFoundError, match="no school nowhere"):
        schools.policy("nowhere")
    with pytest.raises(NotFoundError, match="no section 9z"):
        schools.section(SCHOOL, "9z")
    with pytest.raises(NotFoundError, match="no student ada"):
        students.student(SCHOOL, "ada")
    with pytest.raises(NotFoundError, match="no portrait"):
        students.portrait(SCHOOL, "ada", "a" * 32)
    assert (schools.schools(), schools.sections(SCHOOL), students.students(SCHOOL)) == ([], [], [])
    assert students.consent(SCHOOL, "ada") is None


def test_sections_and_students_are_read_back_and_kept_apart(table):
    schools, students = DynamoSchoolStore(table), DynamoStudentStore(table)
    section = Section("7a", "Mathematics 7a", frozenset({"ana", "ben"}))
    schools.add_section(SCHOOL, section)
    schools.add_section(SCHOOL, Section("7b", "Art", frozenset()))
    ada = Student("ada", "Ada Byron")
    enrollment = Enrollment("ada", "7a", MONDAY, None)
    students.add_student(SCHOOL, ada, [enrollment, Enrollment("ada", "7b", MONDAY, MONDAY)])
    students.add_student("hillside", Student("ada", "Another Ada"), [])
    assert schools.section(SCHOOL, "7a") == section
    assert [s.section_id for s in schools.sections(SCHOOL)] == ["7a", "7b"]
    assert schools.enrollments(SCHOOL, "7a") == [enrollment]
    assert students.students(SCHOOL) == [ada]
    assert students.names(SCHOOL, ["ada", "nobody"]) == {"ada": "Ada Byron"}


def test_consents_and_portraits_are_read_back(table):
    store = DynamoStudentStore(table)
    consent = Consent("A guardian", MONDAY, "2026-11", withdrawn_on=MONDAY)
    store.record_consent(SCHOOL, "ada", consent)
    portrait = Portrait(SCHOOL, "ada", "a" * 32, AT)
    store.put_portrait(portrait)
    refused = replace(portrait, status="refused", codes=("HEAD_POSE",), message="Look straight.")
    store.put_portrait(refused)
    assert store.consent(SCHOOL, "ada") == consent
    assert store.portraits(SCHOOL, "ada") == [refused]
    assert store.portrait(SCHOOL, "ada", "a" * 32) == refused


def test_a_portrait_with_a_reference_keeps_it_whatever_comes_later(table):
    store = DynamoStudentStore(table)
    portrait = Portrait(SCHOOL, "ada", "a" * 32, AT)
    store.put_portrait(portrait)
    enrolled = replace(portrait, status="enrolled", face_reference_id="first")
    assert store.settle_portrait(enrolled) == enrolled
    assert store.settle_portrait(replace(enrolled, face_reference_id="second")) == enrolled
    assert store.settle_portrait(replace(portrait, status="refused")) == enrolled
    assert store.portrait(SCHOOL, "ada", "a" * 32) == enrolled


def test_more_than_a_page_of_students_is_read_to_the_end(table):
    """A page of a query is 1 MB: 1,200 students of 1 KB take two."""
    store = DynamoStudentStore(table)
    everybody = [Student(f"s-{number:05}", "x" * 1024) for number in range(1200)]
    table.put_all(
        [
            {
                "PK": {"S": f"SCHOOL#{SCHOOL}"},
                "SK": {"S": f"STUDENT#{student.student_id}"},
                "student_id": {"S": student.student_id},
                "name": {"S": student.name},
            }
            for student in everybody
        ]
    )
    assert store.students(SCHOOL) == everybody


def test_each_view_of_pictures_is_a_line_of_its_own(table):
    log = DynamoViewLog(table)
    view = PictureView(SCHOOL, "ana", AT, FIRST.meeting_id, ("captures/1.jpg",))
    log.record(view)
    log.record(view)
    assert len(items_of(table, "SCHOOL#lakeside#VIEWS#2026-11-23", "2026-11-23T08:10:07")) == 2


def test_no_school_reaches_anothers_items(table):
    """The same ids in two schools are different things in every store."""
    registers, captures = DynamoRegisterStore(table), DynamoCaptureStore(table)
    register = a_register()
    save(registers, register, with_capture(register, 1))
    captures.add(CAPTURE)
    assert registers.get("hillside", FIRST.meeting_id) is None
    assert registers.changes("hillside", FIRST.meeting_id) == []
    assert captures.open_in_room("hillside", "r1") == []


def test_a_confusable_pair_is_kept_once_until_it_is_removed(table):
    store = DynamoSchoolStore(table)
    first = ConfusablePair.of("carl", "ada", similarity=93.25, found_at=AT)
    again = ConfusablePair.of("ada", "carl", similarity=96.5, found_at=AT + timedelta(days=1))
    other = ConfusablePair.of("ada", "ben", similarity=91.0, found_at=AT)
    for pair in (first, other, again):
        store.put_confusable_pair(SCHOOL, pair)
    assert list(store.confusable_pairs(SCHOOL)) == [other, again]
    assert store.confusable_pairs("hillside") == []
    store.remove_confusable_pair(SCHOOL, again)
    store.remove_confusable_pair(SCHOOL, again)
    assert list(store.confusable_pairs(SCHOOL)) == [other]
