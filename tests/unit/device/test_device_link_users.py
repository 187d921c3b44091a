"""Saying hello, telling events, reporting health, asking for URLs: all that uses the connection."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from device_fakes import A_CAPTURE, DEVICE, FakeCamera, FakeClock, FakeLink, Published, World, a_command

from attendance.contracts.device import Health, Presence
from attendance.contracts.upload import UploadFile, UploadUrlsRequest
from device.backoff import Backoff
from device.health import HealthReports
from device.link import LinkError
from device.presence import Greeter
from device.reserve import Reserve
from device.rpc import NoAnswerError, Rpc, RpcRejectedError
from device.spool import Spool

FILTERS = ("devices/x/commands/+",)
FILES = (UploadFile(name="1.jpg", bytes=10, sha256="a" * 64, content_type="image/jpeg"),)


# Hello and goodbye


@pytest.fixture
def link() -> FakeLink:
    return FakeLink()


@pytest.fixture
def greeter(link: FakeLink) -> Greeter:
    backoff = Backoff(1.0, 60.0, uniform=lambda _, most: most)
    return Greeter(device_id=DEVICE, link=link, topic_filters=FILTERS, backoff=backoff)


def test_a_start_subscribes_and_says_online_even_where_the_session_is_known(
    link: FakeLink, greeter: Greeter
) -> None:
    link.connect(1, session_present=True)
    assert not greeter.is_ready()
    greeter.step()

    assert greeter.is_ready()
    assert link.subscriptions == [FILTERS]
    (birth,) = link.published
    assert (birth.topic, birth.retain, birth.qos) == (f"devices/{DEVICE}/presence", True, 1)
    assert Presence.model_validate_json(birth.payload).status == "online"


def test_a_kept_session_is_not_subscribed_again(link: FakeLink, greeter: Greeter) -> None:
    greeter.step()
    link.lose()
    assert not greeter.is_ready()
    link.connect(2, session_present=True)
    greeter.step()

    assert len(link.subscriptions) == 1
    assert len(link.published) == 2


def test_a_forgotten_session_is_subscribed_again(link: FakeLink, greeter: Greeter) -> None:
    greeter.step()
    link.connect(2, session_present=False)
    greeter.step()

    assert len(link.subscriptions) == 2


def test_a_refused_subscription_is_tried_again_and_again(link: FakeLink, greeter: Greeter) -> None:
    link.refusals = 2
    assert [greeter.step(), greeter.step(), greeter.step()] == [1.0, 2.0, 0]
    assert greeter.is_ready()


def test_a_subscription_is_not_forgotten_when_the_hello_after_it_fails(
    link: FakeLink, greeter: Greeter
) -> None:
    greeter.step()
    link.connect(2, session_present=False)
    link.refusals = 1
    greeter.step()
    link.connect(3, session_present=True)
    greeter.step()

    assert len(link.subscriptions) == 2
    assert greeter.is_ready()


def test_goodbye_is_retained_and_needs_a_connection(link: FakeLink, greeter: Greeter) -> None:
    greeter.say_goodbye()
    assert Presence.model_validate_json(link.published[-1].payload).status == "offline"
    assert link.published[-1].retain

    link.refusals = 1
    greeter.say_goodbye()
    link.lose()
    greeter.say_goodbye()
    assert len(link.published) == 1


# Events


def test_an_event_the_broker_did_not_take_is_told_again_before_any_later_one(world: World) -> None:
    world.command(a_command())
    world.bursts.step()
    world.link.refusals = 2
    assert [world.outbox.step(), world.outbox.step()] == [1.0, 2.0]
    world.tell()

    assert world.told() == [("IN_PROGRESS", "accepted"), ("IN_PROGRESS", "captured")]
    assert {message.qos for message in world.link.published} == {1}


def test_events_wait_for_a_connection(world: World) -> None:
    world.command(a_command())
    world.link.lose()
    assert world.outbox.step() is None
    world.link.connect(2, session_present=True)
    world.tell()

    assert world.told() == [("IN_PROGRESS", "accepted")]
    assert world.outbox.step() is None


# Health


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def health(link: FakeLink, clock: FakeClock, tmp_path: Path) -> HealthReports:
    spool = Spool(tmp_path / "spool", quota_bytes=10**9, min_free_bytes=0, free_bytes=lambda _: 12345)
    spool.begin(A_CAPTURE, 0)
    spool.write(A_CAPTURE, "1.jpg", b"four", "image/jpeg")
    return HealthReports(
        device_id=DEVICE,
        link=link,
        spool=spool,
        camera=FakeCamera(is_missing=True),
        reserve=Reserve(tmp_path / "reserve.bin"),
        clock=clock,
        interval_s=60,
        uniform=lambda low, _: low,
    )


def test_health_says_what_an_operator_asks_first(
    link: FakeLink, clock: FakeClock, health: HealthReports
) -> None:
    clock.pass_time(timedelta(minutes=2))
    health.step()

    (message,) = link.published
    report = Health.model_validate_json(message.payload)
    assert (message.topic, message.qos) == (f"devices/{DEVICE}/health", 0)
    assert (report.uptime_s, report.camera, report.free_bytes) == (120, "unavailable", 12345)
    assert (report.spooled_captures, report.spooled_bytes) == (1, 4)


def test_health_is_reported_on_each_connection_and_once_an_interval(
    link: FakeLink, clock: FakeClock, health: HealthReports
) -> None:
    assert health.step() == pytest.approx(50)
    assert health.step() == pytest.approx(50)
    assert len(link.published) == 1

    link.lose()
    assert health.step() is None
    link.connect(2, session_present=True)
    health.step()
    assert len(link.published) == 2

    clock.pass_time(timedelta(seconds=50))
    health.step()
    assert len(link.published) == 3


def test_a_report_that_is_not_sent_is_not_made_up_for(
    link: FakeLink, clock: FakeClock, health: HealthReports
) -> None:
    link.refusals = 1
    assert health.step() == pytest.approx(50)
    assert health.step() == pytest.approx(50)
    assert link.published == []


# Questions


@pytest.fixture
def rpc(link: FakeLink) -> Rpc:
    return Rpc(device_id=DEVICE, link=link, timeout_s=0.01)


def answering(link: FakeLink, rpc: Rpc, verdict: str, **answer: object) -> None:
    """Let a cloud answer that knows the token of each question."""

    def answer_to(message: Published) -> None:
        token = UploadUrlsRequest.model_validate_json(message.payload).token
        payload = json.dumps({"token": token, "capture_id": A_CAPTURE} | answer).encode()
        rpc.take_answer(f"{message.topic}/{verdict}", payload)

    link.on_publish = answer_to


def accepted(name: str = "1.jpg") -> dict[str, object]:
    return {
        "expires_at": "2026-11-23T12:15:00Z",
        "uploads": [{"name": name, "url": "https://bucket.test/1", "headers": {"a": "b"}}],
    }


def test_a_question_names_all_files_and_is_answered_with_their_urls(link: FakeLink, rpc: Rpc) -> None:
    answering(link, rpc, "accepted", **accepted())
    answer = rpc.ask_upload_urls(A_CAPTURE, FILES)

    assert answer.uploads[0].url == "https://bucket.test/1"
    (question,) = link.published
    assert question.topic == f"devices/{DEVICE}/rpc/upload-urls"
    assert UploadUrlsRequest.model_validate_json(question.payload).files == FILES


@pytest.mark.parametrize("retry", [True, False])
def test_a_rejection_tells_whether_to_ask_again(link: FakeLink, rpc: Rpc, retry: bool) -> None:
    answering(link, rpc, "rejected", code="CAPTURE_CLOSED", detail="too late", retry=retry)
    with pytest.raises(RpcRejectedError, match="CAPTURE_CLOSED: too late") as rejection:
        rpc.ask_upload_urls(A_CAPTURE, FILES)
    assert rejection.value.may_retry is retry


@pytest.mark.parametrize(
    "answer",
    [
        accepted() | {"token": "of an earlier question"},
        accepted() | {"capture_id": "6f1c1f5e-8f0c-5a53-9a0e-0d4c3a0a7c99"},
        accepted("2.jpg"),
        accepted() | {"uploads": "none"},
    ],
    ids=["old", "of another capture", "of another file", "malformed"],
)
def test_an_answer_to_something_else_is_no_answer(
    link: FakeLink, rpc: Rpc, answer: dict[str, object]
) -> None:
    answering(link, rpc, "accepted", **answer)
    with pytest.raises(NoAnswerError):
        rpc.ask_upload_urls(A_CAPTURE, FILES)


def test_silence_is_no_answer(rpc: Rpc) -> None:
    with pytest.raises(NoAnswerError):
        rpc.ask_upload_urls(A_CAPTURE, FILES)


def test_without_a_connection_nothing_is_asked(link: FakeLink, rpc: Rpc) -> None:
    link.lose()
    with pytest.raises(LinkError):
        rpc.ask_upload_urls(A_CAPTURE, FILES)


def test_a_late_answer_is_not_taken_for_the_next_ones(link: FakeLink, rpc: Rpc) -> None:
    with pytest.raises(NoAnswerError):
        rpc.ask_upload_urls(A_CAPTURE, FILES)
    late = UploadUrlsRequest.model_validate_json(link.published[0].payload).token
    answering(link, rpc, "accepted", **accepted() | {"token": late})
    with pytest.raises(NoAnswerError):
        rpc.ask_upload_urls(A_CAPTURE, FILES)


def test_a_message_on_a_strange_topic_is_left(rpc: Rpc) -> None:
    rpc.take_answer("devices/x/rpc/other/accepted", b"{}")
