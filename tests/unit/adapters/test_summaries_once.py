"""PublishSummary announces a summary once, however often its state runs."""

from typing import Any

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from attendance.adapters.dynamodb.table import Table
from attendance.domain.errors import ServiceUnavailableError
from pipeline import bootstrap
from pipeline.handlers import publish_summary
from tests.fakes.stores import RecordingAnnouncer


class Context(LambdaContext):
    """What powertools asks of a context."""

    def __init__(self) -> None:
        self._function_name = "publish-summary"
        self._memory_limit_in_mb = 512
        self._invoked_function_arn = "arn:aws:lambda:eu-central-1:000000000000:function:publish-summary"
        self._aws_request_id = "request-1"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 30_000


class BrokenAnnouncer(RecordingAnnouncer):
    def announce(self, event: Any) -> None:
        raise ServiceUnavailableError("SNS failed")


def summary_input(version: int) -> dict[str, Any]:
    return {
        "capture": {
            "school_id": "demo",
            "device_id": "demo-101-1",
            "capture_id": "67efb0ff-1ce5-5f22-8682-82a9d71b54d4",
            "room_id": "101",
            "taken_at": "2026-11-23T08:10:00Z",
            "frames": 1,
        },
        "detected": [{"frame": 1, "key": "captures/1.jpg", "faces": 2, "problem": None, "calls": 1}],
        "searched": {"faces": 2, "searched": 2, "calls": 2},
        "decided": {"recognised": 1, "doubtful": 0, "unknown_faces": 1},
        "register": {
            "meeting_id": "bio-1a.2026-11-23.p08",
            "section_id": "bio-1a",
            "version": version,
            "changed": True,
            "students": 2,
            "present": 1,
            "doubtful": 0,
            "unseen": 1,
            "absent": 0,
        },
    }


@pytest.fixture
def announcer(table: Table, monkeypatch: pytest.MonkeyPatch) -> RecordingAnnouncer:
    announcer = RecordingAnnouncer()
    bootstrap.idempotency.cache_clear()
    monkeypatch.setattr(bootstrap, "table", lambda: table)
    monkeypatch.setattr(bootstrap, "announcer", lambda: announcer)
    return announcer


def test_a_state_that_runs_twice_announces_once_and_answers_alike(announcer: RecordingAnnouncer) -> None:
    first = publish_summary.handler(summary_input(version=1), Context())
    again = publish_summary.handler(summary_input(version=1), Context())

    assert again == first
    assert len(announcer.events) == 1


def test_a_newer_version_of_the_register_is_announced_again(announcer: RecordingAnnouncer) -> None:
    publish_summary.handler(summary_input(version=1), Context())
    publish_summary.handler(summary_input(version=2), Context())

    assert [event.version for event in announcer.events] == [1, 2]


def test_a_summary_that_could_not_be_announced_is_announced_by_the_retry(
    announcer: RecordingAnnouncer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as outage:
        outage.setattr(bootstrap, "announcer", BrokenAnnouncer)
        with pytest.raises(ServiceUnavailableError):
            publish_summary.handler(summary_input(version=1), Context())

    publish_summary.handler(summary_input(version=1), Context())

    assert len(announcer.events) == 1


def test_a_memory_that_does_not_answer_is_worth_a_retry(announcer: RecordingAnnouncer, table: Table) -> None:
    table._client.delete_table(TableName=table.name)

    with pytest.raises(ServiceUnavailableError, match="announced before"):
        publish_summary.handler(summary_input(version=1), Context())

    assert announcer.events == []
