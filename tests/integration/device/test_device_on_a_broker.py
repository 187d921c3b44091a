"""The agent as a process, on a real broker with mutual TLS, with real uploads."""

import base64
import signal
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from device_cloud import (
    STAGES,
    AgentProcess,
    Bucket,
    Cloud,
    a_command,
    accepted,
    camera_and_cloud,
    make_kinds,
)

from attendance.contracts import topics
from attendance.contracts.capture import CaptureCommand
from attendance.contracts.upload import Manifest, UploadUrl, UploadUrlsRequest
from local.emulator.clients import Clients
from local.emulator.ports import free_port
from local.emulator.process import Emulator
from local.emulator.settings import EmulatorSettings

pytestmark = pytest.mark.emulator

NAMES = ["1.jpg", "2.jpg", "3.jpg", "manifest.json"]


def start(agent: AgentProcess, cloud: Cloud) -> None:
    """Start an agent and wait until it is subscribed: a command sent before that goes nowhere."""
    agent.start()
    cloud.listen_until(lambda: cloud.presences[-1:] == ["online"], "presence")


def send(cloud: Cloud, agent: AgentProcess, command: CaptureCommand) -> None:
    cloud.publish(topics.command(agent.device_id, "capture"), command.to_json())


def demand_whole(objects: dict[str, bytes], capture_id: str) -> None:
    """Each file of the capture is there, and what the manifest says of it is true."""
    assert sorted(key for key in objects if key.startswith(capture_id)) == [
        f"{capture_id}/{n}" for n in NAMES
    ]
    manifest = Manifest.model_validate_json(objects[f"{capture_id}/manifest.json"])
    for frame in manifest.frames:
        assert sha256(objects[f"{capture_id}/{frame.name}"]).hexdigest() == frame.sha256


def test_a_command_becomes_an_uploaded_burst(agent: AgentProcess, cloud: Cloud, bucket: Bucket) -> None:
    start(agent, cloud)
    command = a_command()
    send(cloud, agent, command)
    cloud.await_state(command.capture_id, "SUCCEEDED")

    assert cloud.told(command.capture_id) == STAGES
    assert bucket.answers == [(f"{command.capture_id}/{name}", 200) for name in NAMES]
    demand_whole(bucket.objects, command.capture_id)
    assert "Signature" not in agent.log.read_text()


def test_uploads_satisfy_the_signatures_of_s3(
    agent: AgentProcess, cloud: Cloud, emulator: Emulator, aws: Clients
) -> None:
    name = f"bucket-{agent.device_id}"
    aws.client("s3").create_bucket(Bucket=name)
    signer = boto3.client(
        "s3",
        endpoint_url=emulator.endpoint_url,
        region_name=emulator.settings.region,
        aws_access_key_id=emulator.credentials.access_key_id,
        aws_secret_access_key=emulator.credentials.secret_access_key,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )

    def sign(request: UploadUrlsRequest) -> tuple[UploadUrl, ...]:
        uploads = []
        for file in request.files:
            checksum = base64.b64encode(bytes.fromhex(file.sha256)).decode()
            parameters = {
                "Bucket": name,
                "Key": f"{request.capture_id}/{file.name}",
                "ContentType": file.content_type,
                "ContentLength": file.bytes,
                "ChecksumSHA256": checksum,
                "IfNoneMatch": "*",
            }
            url = signer.generate_presigned_url("put_object", Params=parameters, ExpiresIn=300)
            headers = {
                "Content-Type": file.content_type,
                "Content-Length": str(file.bytes),
                "x-amz-checksum-sha256": checksum,
                "If-None-Match": "*",
            }
            uploads.append(UploadUrl(name=file.name, url=url, headers=headers))
        return tuple(uploads)

    cloud.answer = lambda _, request: accepted(sign(request))
    start(agent, cloud)
    command = a_command()
    send(cloud, agent, command)
    cloud.await_state(command.capture_id, "SUCCEEDED")

    listed = aws.client("s3").list_objects_v2(Bucket=name)["Contents"]
    objects = {
        each["Key"]: aws.client("s3").get_object(Bucket=name, Key=each["Key"])["Body"].read()
        for each in listed
    }
    demand_whole(objects, command.capture_id)


@pytest.mark.parametrize("killed_at", ["2.jpg", "manifest.json"])
def test_killed_during_an_upload_it_loses_nothing_and_doubles_nothing(
    agent: AgentProcess, cloud: Cloud, bucket: Bucket, killed_at: str
) -> None:
    bucket.held = {killed_at}
    start(agent, cloud)
    command = a_command()
    send(cloud, agent, command)
    cloud.listen_until(bucket.holding.is_set, f"{killed_at} uploaded")
    agent.end(signal.SIGKILL)
    bucket.release()
    agent.start()
    cloud.await_state(command.capture_id, "SUCCEEDED")

    demand_whole(bucket.objects, command.capture_id)
    statuses = [(key.rpartition("/")[2], status) for key, status in bucket.answers]
    # The file whose answer was lost is the only one sent twice, and the bucket says that it has it.
    assert sorted(statuses) == sorted([*((name, 200) for name in NAMES), (killed_at, 412)])
    assert cloud.told(command.capture_id) == STAGES
    spool = agent.state_dir / "spool"
    cloud.listen_until(lambda: list(spool.iterdir()) == [], "the spool emptied")


def test_a_broker_killed_during_an_upload_costs_nothing(bucket: Bucket, tmp_path: Path) -> None:
    settings = EmulatorSettings(http_port=free_port(), mqtt_port=free_port(), data_dir=tmp_path / "emulator")
    with ExitStack() as stack:
        broker = stack.enter_context(Emulator(settings))
        aws = Clients(broker.endpoint_url, settings.region, broker.credentials)
        make_kinds(aws)
        agent, cloud = stack.enter_context(
            camera_and_cloud(aws, tmp_path, port=broker.mqtt_port, ca_pem=broker.iot_ca_pem())
        )
        cloud.answer = lambda _, request: accepted(bucket.urls(request.capture_id, request.files))
        start(agent, cloud)
        bucket.held = {"2.jpg"}
        command = a_command()
        send(cloud, agent, command)
        cloud.listen_until(bucket.holding.is_set, "2.jpg uploaded")
        broker.checkpoint()
        broker.kill()
        bucket.release()
        broker.start()
        cloud.subscribe(agent.device_id)

        def has_ended() -> bool:
            return any(event.status == "SUCCEEDED" for event in cloud.events)

        for _ in range(15):  # as the dispatcher does: again and again, until an event is heard
            send(cloud, agent, command)
            if cloud.hears(has_ended, seconds=2):
                break

    assert has_ended()
    demand_whole(bucket.objects, command.capture_id)
    assert [status for _, status in bucket.answers] == [200] * 4


def test_what_fails_for_a_while_arrives_all_the_same(
    agent: AgentProcess, cloud: Cloud, bucket: Bucket
) -> None:
    bucket.statuses = {"1.jpg": [503, 500], "3.jpg": [403], "manifest.json": [400, 301]}
    start(agent, cloud)
    command = a_command()
    send(cloud, agent, command)
    cloud.await_state(command.capture_id, "SUCCEEDED")

    demand_whole(bucket.objects, command.capture_id)
    assert cloud.told(command.capture_id) == STAGES


def test_a_final_refusal_is_told(agent: AgentProcess, cloud: Cloud, bucket: Bucket) -> None:
    cloud.answer = lambda *_: {"code": "CAPTURE_UNKNOWN", "detail": "never heard of it", "retry": False}
    start(agent, cloud)
    command = a_command()
    send(cloud, agent, command)
    cloud.await_state(command.capture_id, "FAILED")

    reason = cloud.events[-1].reason
    assert reason is not None
    assert (reason.code, "CAPTURE_UNKNOWN" in reason.detail) == ("UPLOAD_FAILED", True)
    assert bucket.objects == {}


def test_copies_and_poison_do_not_keep_a_command_from_being_heard(
    agent: AgentProcess, cloud: Cloud, bucket: Bucket
) -> None:
    start(agent, cloud)
    topic = topics.command(agent.device_id, "capture")
    command = a_command()
    for _ in range(30):  # more than the agent takes unacknowledged
        cloud.publish(topic, b"poison")
    for _ in range(10):
        cloud.publish(topic, command.to_json())
    cloud.await_state(command.capture_id, "SUCCEEDED")
    last = a_command()
    send(cloud, agent, last)
    cloud.await_state(last.capture_id, "SUCCEEDED")

    copies = [event for event in cloud.events if event.capture_id == command.capture_id and event.duplicate]
    assert len(copies) == 9
    assert len(bucket.objects) == 8


def test_commands_sent_while_the_device_was_off_are_taken_when_it_is_back(
    agent: AgentProcess, cloud: Cloud, bucket: Bucket
) -> None:
    start(agent, cloud)
    agent.end(signal.SIGTERM)
    commands = [a_command() for _ in range(3)]
    for command in commands:
        send(cloud, agent, command)
    agent.start()
    for command in commands:
        cloud.await_state(command.capture_id, "SUCCEEDED")
        demand_whole(bucket.objects, command.capture_id)


def test_presence_tells_a_goodbye_and_a_crash(agent: AgentProcess, cloud: Cloud) -> None:
    agent.start()
    cloud.listen_until(lambda: cloud.presences == ["online"], "a birth")
    assert agent.end(signal.SIGTERM) == 0
    cloud.listen_until(lambda: cloud.presences == ["online", "offline"], "a goodbye")
    agent.start()
    cloud.listen_until(lambda: cloud.presences[2:] == ["online"], "a second birth")
    agent.end(signal.SIGKILL)
    cloud.listen_until(lambda: cloud.presences[3:] == ["offline"], "the will")


def test_health_is_told_on_connection(agent: AgentProcess, cloud: Cloud) -> None:
    agent.start()
    cloud.listen_until(lambda: bool(cloud.healths), "health")

    assert cloud.healths[0]["camera"] == "ready"
    assert cloud.healths[0]["spooled_captures"] == 0


def test_a_second_agent_on_the_same_state_is_turned_away(agent: AgentProcess, cloud: Cloud) -> None:
    agent.start()
    cloud.listen_until(lambda: cloud.presences == ["online"], "a birth")
    second = AgentProcess(agent.files, agent.device_id, "second.log")
    second.start()

    assert second.wait() == 2
    assert "another agent is running" in second.log.read_text()
