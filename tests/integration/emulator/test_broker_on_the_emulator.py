"""The broker serves a fleet as AWS IoT does: certificates, policies, sessions, order, wills, limits."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from emulator_probes import eventually, role_for, unique
from mqtt_probe import Device, Identity, RawDevice, register

from local.emulator.clients import Clients
from local.emulator.ports import free_port
from local.emulator.process import Emulator
from local.emulator.settings import EmulatorSettings

pytestmark = pytest.mark.emulator
NOT_AUTHORIZED = 135


class Fleet:
    """Makes identities and devices, and stops what was started."""

    def __init__(self, aws: Clients, emulator: Emulator, folder: Path) -> None:
        self.aws, self.emulator, self._folder = aws, emulator, folder
        self._devices: list[Device] = []

    def identity(self, **options: Any) -> Identity:
        return register(self.aws, self.emulator, self._folder, **options)

    def device(self, identity: Identity | None = None, **options: Any) -> Device:
        made = Device(identity or self.identity(), self.emulator.mqtt_port, **options)
        self._devices.append(made)
        return made

    def raw(self, identity: Identity | None, ca: str) -> RawDevice:
        return RawDevice(identity, self.emulator.mqtt_port, ca)

    def command(self, identity: Identity, payload: str, **options: Any) -> None:
        self.aws.client("iot-data").publish(topic=commands(identity), qos=1, payload=payload, **options)

    def stop(self) -> None:
        for device in self._devices:
            device.client.stop()


def commands(identity: Identity) -> str:
    return f"devices/{identity.thing}/commands/capture"


@pytest.fixture
def fleet(aws: Clients, emulator: Emulator, tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(aws, emulator, tmp_path)
    yield made
    made.stop()


def test_a_client_without_a_certificate_is_refused(fleet: Fleet) -> None:
    identity = fleet.identity()
    assert fleet.raw(None, identity.file("ca.pem")).connect(identity.thing) == b""


def test_a_certificate_without_a_policy_may_not_connect(fleet: Fleet) -> None:
    identity = fleet.identity(attach=False)
    answer = fleet.raw(identity, identity.file("ca.pem")).connect(identity.thing)
    assert answer[3] == NOT_AUTHORIZED


def test_a_device_may_use_its_own_branch_of_topics_only(fleet: Fleet) -> None:
    device, other = fleet.device().start(), fleet.identity()
    assert device.publish(f"devices/{device.identity.thing}/events/capture", "{}") == 0
    assert device.publish(f"devices/{other.thing}/events/capture", "{}") == NOT_AUTHORIZED
    assert device.subscribe(commands(device.identity)) == 1
    assert device.subscribe(commands(other)) == NOT_AUTHORIZED
    assert device.subscribe("#") == NOT_AUTHORIZED


def test_a_device_cannot_take_the_name_of_another(fleet: Fleet) -> None:
    identity, other = fleet.identity(), fleet.identity()
    assert fleet.raw(identity, identity.file("ca.pem")).connect(other.thing)[3] == NOT_AUTHORIZED


def test_a_revoked_certificate_loses_its_connection(fleet: Fleet) -> None:
    device = fleet.device().start()
    fleet.aws.client("iot").update_certificate(
        certificateId=device.identity.certificate_id, newStatus="REVOKED"
    )
    assert device.wait_disconnected(10)
    eventually(lambda: device.failures)


def test_commands_wait_for_a_device_that_is_offline(fleet: Fleet) -> None:
    device = fleet.device().start()
    device.subscribe(commands(device.identity))
    device.stop()
    for number in range(20):
        fleet.command(device.identity, str(number))
    device.start()
    assert device.session_present
    device.expect(*[str(number) for number in range(20)])


def test_an_expired_command_is_not_delivered(fleet: Fleet) -> None:
    device = fleet.device().start()
    device.subscribe(commands(device.identity))
    device.stop()
    fleet.command(device.identity, "late", messageExpiry=1)
    fleet.command(device.identity, "in time", messageExpiry=60)
    time.sleep(1.5)
    device.start()
    device.expect("in time")


def test_what_travels_with_a_message_arrives(fleet: Fleet) -> None:
    device = fleet.device().start()
    device.subscribe(commands(device.identity))
    fleet.command(
        device.identity,
        "{}",
        contentType="application/json",
        correlationData="YzE=",
        userProperties=[{"schema": "capture.v1"}],
        messageExpiry=60,
    )
    eventually(lambda: device.received)
    packet = device.received[0]
    assert (packet.content_type, packet.correlation_data) == ("application/json", "c1")
    assert [(item.name, item.value) for item in packet.user_properties] == [("schema", "capture.v1")]
    assert 0 < packet.message_expiry_interval_sec <= 60


def test_subscribing_again_and_resuming_bring_no_second_copy(fleet: Fleet) -> None:
    device = fleet.device().start()
    for _ in range(3):
        device.subscribe(commands(device.identity))
        device.stop()
        device.start()
    fleet.command(device.identity, "once")
    fleet.command(device.identity, "the end")
    device.expect("once", "the end")


def test_a_session_with_a_retained_topic_can_be_resumed(fleet: Fleet) -> None:
    device = fleet.device().start()
    topic = f"devices/{device.identity.thing}/presence"
    device.subscribe(topic)
    device.publish(topic, "here", retain=True)
    device.expect("here")
    # Answered after the broker had the acknowledgement of what came before: else it would rightly come again.
    device.publish(f"devices/{device.identity.thing}/events/capture", "{}")
    device.stop()
    device.start()
    assert device.session_present
    device.publish(topic, "there")
    device.expect("here", "there")


def test_unacknowledged_messages_come_first_and_in_order_on_the_next_connection(fleet: Fleet) -> None:
    device = fleet.device().start()
    device.subscribe(commands(device.identity))
    device.hold_acknowledgements = True
    for number in range(3):
        fleet.command(device.identity, str(number))
    device.expect("0", "1", "2")
    device.stop(politely=False)
    for number in range(3, 5):
        fleet.command(device.identity, str(number))
    device.received.clear()
    device.hold_acknowledgements = False
    device.start()
    device.expect("0", "1", "2", "3", "4")


def test_a_client_gets_no_more_at_a_time_than_it_allows(fleet: Fleet) -> None:
    identity = fleet.identity()
    device = fleet.device(identity, receive_maximum=2).start()
    device.subscribe(commands(identity))
    device.hold_acknowledgements = True
    for number in range(5):
        fleet.command(identity, str(number))
    eventually(lambda: len(device.received) == 2)
    time.sleep(0.5)
    assert device.payloads() == ["0", "1"]
    device.hold_acknowledgements = False
    for control in device.controls:
        device.client.invoke_publish_acknowledgement(control)
    device.expect("0", "1", "2", "3", "4")


def test_the_will_of_a_silent_client_is_sent(fleet: Fleet) -> None:
    silent = fleet.identity()
    topic = f"devices/{silent.thing}/presence"
    queue = rule_into_queue(fleet, f"SELECT * FROM '{topic}'")  # noqa: S608 - rule SQL
    connection = fleet.raw(silent, silent.file("ca.pem"))
    assert connection.connect(silent.thing, keep_alive=1, will=(topic, '{"state":"offline"}'))[3] == 0
    assert messages(fleet, queue, 1) == [{"state": "offline"}]


def test_a_client_that_does_not_read_holds_up_nobody(fleet: Fleet) -> None:
    deaf = fleet.identity()
    connection = fleet.raw(deaf, deaf.file("ca.pem"))
    connection.connect(deaf.thing)
    connection.subscribe(commands(deaf))
    time.sleep(0.3)
    body = "x" * 120_000
    for _ in range(60):  # 7 MB: more than the sockets and the broker's patience hold
        fleet.command(deaf, body)
    device = fleet.device().start()
    device.subscribe(commands(device.identity))
    fleet.command(device.identity, "through")
    device.expect("through")
    connection.close()


def test_a_message_above_the_limit_is_refused(fleet: Fleet) -> None:
    with pytest.raises(ClientError) as refused:
        fleet.command(fleet.identity(), "x" * (128 * 1024 + 1))
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413


def rule_into_queue(fleet: Fleet, sql: str) -> str:
    url: str = fleet.aws.client("sqs").create_queue(QueueName=unique("events"))["QueueUrl"]
    role = role_for(fleet.aws, "iot", {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"})
    fleet.aws.client("iot").create_topic_rule(
        ruleName=unique("rule").replace("-", "_"),
        topicRulePayload={
            "sql": sql,
            "awsIotSqlVersion": "2016-03-23",
            "actions": [{"sqs": {"roleArn": role, "queueUrl": url, "useBase64": False}}],
        },
    )
    return url


def messages(fleet: Fleet, url: str, count: int) -> list[Any]:
    found: list[Any] = []

    def look() -> bool:
        answer = fleet.aws.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        found.extend(json.loads(message["Body"]) for message in answer.get("Messages", []))
        return len(found) >= count

    eventually(look)
    return found


def test_events_reach_a_queue_with_the_device_from_the_topic(fleet: Fleet) -> None:
    queue = rule_into_queue(
        fleet, "SELECT *, topic(2) AS device_id, timestamp() AS received_at FROM 'devices/+/events/capture'"
    )
    device = fleet.device().start()
    event = json.dumps({"status": "SUCCEEDED", "device_id": "somebody else"})
    device.publish(f"devices/{device.identity.thing}/events/capture", event)
    (found,) = messages(fleet, queue, 1)
    assert (found["status"], found["device_id"]) == ("SUCCEEDED", device.identity.thing)
    assert found["received_at"] > 0


def test_things_are_found_by_their_attributes(fleet: Fleet) -> None:
    iot, kind, school = fleet.aws.client("iot"), unique("type"), unique("school")
    iot.create_thing_type(thingTypeName=kind)
    names = [unique("camera") for _ in range(3)]
    for name, room in zip(names, ("R101", "R102", "R102"), strict=True):
        attributes = {"attributes": {"school": school, "room": room}}
        iot.create_thing(thingName=name, thingTypeName=kind, attributePayload=attributes)
    found = iot.list_things(attributeName="room", attributeValue="R102", thingTypeName=kind)["things"]
    assert {thing["thingName"] for thing in found} == set(names[1:])
    assert {thing["attributes"]["school"] for thing in found} == {school}


def test_queued_commands_outlive_the_broker(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    settings = EmulatorSettings(http_port=free_port(), mqtt_port=free_port(), data_dir=data_dir)
    with Emulator(settings) as mortal:
        aws = Clients(mortal.endpoint_url, settings.region, mortal.credentials)
        fleet = Fleet(aws, mortal, tmp_path)
        device = fleet.device().start()
        device.subscribe(commands(device.identity))
        device.stop()
        for number in range(3):
            fleet.command(device.identity, str(number))
        mortal.checkpoint()
        mortal.kill()
        mortal.start()
        device.start()
        assert device.session_present
        device.expect("0", "1", "2")
        fleet.command(device.identity, "3")
        device.expect("0", "1", "2", "3")
        device.stop()
