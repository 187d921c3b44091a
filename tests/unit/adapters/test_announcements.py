import json

import pytest

from attendance.adapters.announcements import AwsAnnouncer
from attendance.contracts.events import CaptureFailed
from attendance.domain.errors import ServiceUnavailableError, ThrottledError
from tests.fakes.aws_client import ScriptedClient, client_error

EVENT = CaptureFailed(
    school_id="lakeside",
    device_id="lakeside-r1-1",
    capture_id="2718886b-1a2c-5e1d-8218-68484793841a",
    state="device",
    error="DISK_FULL",
)
TOPIC = "arn:aws:sns:eu-central-1:123456789012:summaries"


def announcer(bus=None, sns=None, iot=None) -> AwsAnnouncer:
    return AwsAnnouncer(
        bus or ScriptedClient(put_events=[{"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}]),
        sns or ScriptedClient(publish=[{}]),
        iot or ScriptedClient(publish=[{}]),
        bus_name="default",
        topic_arn=TOPIC,
    )


def test_an_event_goes_to_the_bus_and_to_the_topic_by_its_schema():
    bus = ScriptedClient(put_events=[{"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}])
    sns = ScriptedClient(publish=[{}])
    announcer(bus, sns).announce(EVENT)
    (entry,) = bus.calls[0][1]["Entries"]
    assert (entry["Source"], entry["DetailType"], entry["EventBusName"]) == (
        "rollcall",
        "CaptureFailed.v1",
        "default",
    )
    assert CaptureFailed.model_validate_json(entry["Detail"]) == EVENT
    ((_, message),) = sns.calls
    assert (message["TopicArn"], message["Message"]) == (TOPIC, entry["Detail"])
    assert message["MessageAttributes"]["schema"]["StringValue"] == "CaptureFailed.v1"


def test_an_entry_that_the_bus_did_not_take_is_an_error():
    """PutEvents answers 200 all the same."""
    bus = ScriptedClient(put_events=[{"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}])
    with pytest.raises(ServiceUnavailableError, match=r"did not take CaptureFailed\.v1: InternalFailure"):
        announcer(bus).announce(EVENT)


@pytest.mark.parametrize("which", ["bus", "sns"])
def test_throttling_is_told_as_such(which):
    error = client_error("ThrottlingException", 429)
    with pytest.raises(ThrottledError):
        announcer(**{which: ScriptedClient(put_events=[error], publish=[error])}).announce(EVENT)


def test_a_hint_is_a_meeting_and_a_version():
    iot = ScriptedClient(publish=[{}])
    announcer(iot=iot).hint("lakeside", "7a.2026-11-23.p1", 3)
    ((_, request),) = iot.calls
    assert (request["topic"], request["qos"]) == ("schools/lakeside/registers/7a.2026-11-23.p1", 0)
    assert json.loads(request["payload"]) == {"meeting_id": "7a.2026-11-23.p1", "version": 3}
