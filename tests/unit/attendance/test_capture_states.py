from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.domain.captures import (
    OPEN_STATUSES,
    Capture,
    CaptureStatus,
    Device,
    adhoc_capture_id,
    cameras_of,
    due_moment,
    next_status,
    plausible_taken_at,
    scheduled_capture_id,
)
from attendance.domain.policy import DEFAULT_POLICY
from attendance.domain.timetable import Lesson, Period, Timetable

STATUSES = get_args(CaptureStatus)
ENDS = set(STATUSES) - OPEN_STATUSES
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
TIMETABLE = Timetable(
    "UTC",
    (Period("p1", time(9), time(10)), Period("p2", time(10), time(11))),
    (Lesson("7a", "r1", 1, "p1"), Lesson("7b", "r1", 1, "p2")),
)
FIRST, SECOND = TIMETABLE.meetings_on(MONDAY.date())
CAPTURE = Capture(
    school_id="lakeside",
    device_id="lakeside-r1-1",
    capture_id=scheduled_capture_id("lakeside", "lakeside-r1-1", FIRST.meeting_id, FIRST.starts_at),
    room_id="r1",
    trigger="scheduled",
    requested_by="scheduler",
    requested_at=FIRST.starts_at + timedelta(minutes=10),
    expires_at=FIRST.ends_at,
)
statuses = st.sampled_from(STATUSES)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def told_in_turn(told: list[CaptureStatus], status: CaptureStatus = "CREATED") -> CaptureStatus:
    for word in told:
        status = next_status(status, word)
    return status


@given(statuses, statuses)
def test_an_event_told_twice_changes_nothing_more(current, told):
    once = next_status(current, told)
    assert next_status(once, told) == once


@given(st.lists(statuses))
def test_an_end_stays_an_end(told):
    status: CaptureStatus = "CREATED"
    for word in told:
        following = next_status(status, word)
        if status in ENDS:
            assert following == status or (status, following) == ("TIMED_OUT", "SUCCEEDED")
        status = following


@given(st.lists(statuses))
def test_no_word_leads_back_to_created(told):
    if told_in_turn(told) == "CREATED":
        assert set(told) <= {"CREATED"}


@given(st.permutations(["IN_PROGRESS", "IN_PROGRESS", "SUCCEEDED", "SUCCEEDED"]))
def test_a_success_is_told_in_any_order(told):
    assert told_in_turn(told) == "SUCCEEDED"


def test_pictures_that_come_after_the_time_out_still_succeed():
    assert told_in_turn(["TIMED_OUT", "IN_PROGRESS", "SUCCEEDED"]) == "SUCCEEDED"


@pytest.mark.parametrize("end", sorted(ENDS - {"TIMED_OUT"}))
def test_what_has_ended_otherwise_does_not_succeed_later(end):
    assert next_status(end, "SUCCEEDED") == end


@given(moments)
def test_pictures_are_dated_within_the_window_of_their_command(claimed):
    taken_at = plausible_taken_at(CAPTURE, claimed)
    assert CAPTURE.requested_at <= taken_at < CAPTURE.expires_at
    if CAPTURE.requested_at <= claimed < CAPTURE.expires_at:
        assert taken_at == claimed


@given(moments)
def test_a_wrong_clock_never_moves_a_capture_into_the_next_lesson(claimed):
    assert TIMETABLE.resolve("r1", plausible_taken_at(CAPTURE, claimed)) == FIRST


@given(st.lists(st.integers(0, 90).map(lambda m: timedelta(minutes=m)), max_size=4), st.integers(-30, 120))
def test_the_latest_moment_that_has_come_is_due_while_the_meeting_lasts(offsets, minute):
    now = FIRST.starts_at + timedelta(minutes=minute)
    policy = replace(DEFAULT_POLICY, capture_moments=tuple(offsets))
    come = [FIRST.starts_at + offset for offset in offsets if FIRST.starts_at + offset <= now]
    expected = max(come) if come and now < FIRST.ends_at else None
    assert due_moment(FIRST, now, policy) == expected


def test_scheduled_ids_are_what_they_have_always_been():
    """Devices keep them for a day and the cloud makes them anew: they may never change."""
    moment = datetime(2026, 11, 23, 9, 10, tzinfo=UTC)
    made = scheduled_capture_id("lakeside", "lakeside-r101-1", "maths-7a.2026-11-23.p1", moment)
    assert made == "2718886b-1a2c-5e1d-8218-68484793841a"
    in_berlin = moment.astimezone(ZoneInfo("Europe/Berlin"))
    assert made == scheduled_capture_id("lakeside", "lakeside-r101-1", "maths-7a.2026-11-23.p1", in_berlin)
    assert adhoc_capture_id("lakeside", "lakeside-r101-1", "req-1") == "ba47c611-2e1e-5d4e-9426-517a98ad200d"


words = st.text("abc-", min_size=1, max_size=4)


@given(st.tuples(words, words, words, moments), st.tuples(words, words, words, moments))
def test_two_scheduled_captures_share_an_id_only_where_all_is_the_same(one, other):
    assert (scheduled_capture_id(*one) == scheduled_capture_id(*other)) == (one == other)


@given(words, words, words)
def test_a_request_is_never_taken_for_a_scheduled_capture(school_id, device_id, request_id):
    assert adhoc_capture_id(school_id, device_id, request_id) != scheduled_capture_id(
        school_id, device_id, request_id, MONDAY
    )


def test_only_the_rooms_own_cameras_are_its_cameras():
    devices = [Device("a", "lakeside", "r1"), Device("b", "lakeside", "r2"), Device("c", "lakeside", "r1")]
    assert [device.device_id for device in cameras_of(devices, "r1")] == ["a", "c"]
    assert cameras_of(devices, "") == ()
