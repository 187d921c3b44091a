"""The cloud as a camera sees it, played by a test: certificates, commands, events, URLs and a bucket."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import cv2
import numpy as np
import pytest
from awscrt import mqtt5
from awsiot import mqtt5_client_builder

from attendance.contracts import topics
from attendance.contracts.capture import BurstSettings, CaptureCommand, CaptureEvent
from attendance.contracts.upload import UploadFile, UploadUrl, UploadUrlsAccepted, UploadUrlsRequest
from local.emulator.clients import Clients
from local.things import ThingFiles, register_thing, write_settings

REPOSITORY = Path(__file__).parents[3]
CAMERA_KIND = "device-test-camera"
CLOUD_KIND = "device-test-cloud"
_THING = "${iot:Connection.Thing.ThingName}"
_ARN = "arn:aws:iot:*:*"
SECONDS = 40.0

PRESENT = ("IN_PROGRESS", "accepted")
STAGES = [PRESENT, ("IN_PROGRESS", "captured"), ("IN_PROGRESS", "uploading"), ("SUCCEEDED", "uploaded")]


def make_kinds(aws: Clients) -> None:
    """Policies of a camera, with the rights that docs/device.md asks for, and of a client that may do all."""
    own = f"devices/{_THING}"
    allowed = {
        "iot:Connect": [f"{_ARN}:client/{_THING}"],
        "iot:Publish": [
            f"{_ARN}:topic/{own}/{name}"
            for name in ("events/capture", "health", "presence", "rpc/upload-urls")
        ],
        "iot:RetainPublish": [f"{_ARN}:topic/{own}/presence"],
        "iot:Subscribe": [
            f"{_ARN}:topicfilter/{own}/{name}"
            for name in ("commands/+", "rpc/upload-urls/accepted", "rpc/upload-urls/rejected")
        ],
        "iot:Receive": [f"{_ARN}:topic/{own}/{name}" for name in ("commands/*", "rpc/upload-urls/*")],
    }
    everything = {"iot:*": ["*"]}
    for kind, rights in ((CAMERA_KIND, allowed), (CLOUD_KIND, everything)):
        statements = [
            {"Effect": "Allow", "Action": action, "Resource": arns} for action, arns in rights.items()
        ]
        aws.client("iot").create_thing_type(thingTypeName=kind)
        aws.client("iot").create_policy(
            policyName=kind, policyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements})
        )


def make_pictures(folder: Path, number: int = 9) -> None:
    folder.mkdir(parents=True)
    random = np.random.default_rng(7)
    for index in range(number):
        pixels = np.kron(random.integers(0, 256, (9, 16, 3), np.uint8), np.ones((40, 40, 1), np.uint8))
        cv2.imwrite(str(folder / f"{index}.jpg"), pixels)


@dataclass
class Bucket:
    """An upload server that takes each key once, and demands exactly the headers that were signed.

    Parameters
    ----------
    held
        Names whose PUT is stored and then not answered until `release` is called.
    statuses
        HTTP statuses to answer with, by name, before the real work begins.
    """

    held: set[str] = field(default_factory=set)
    statuses: dict[str, list[int]] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    answers: list[tuple[str, int]] = field(default_factory=list)
    holding: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()

    def urls(self, capture_id: str, files: tuple[UploadFile, ...]) -> tuple[UploadUrl, ...]:
        root = f"http://127.0.0.1:{self._server.server_port}"
        return tuple(
            UploadUrl(
                name=file.name,
                url=f"{root}/{capture_id}/{file.name}?X-Amz-Signature=secret",
                headers={
                    "Content-Type": file.content_type,
                    "If-None-Match": "*",
                    "x-amz-checksum-sha256": file.sha256,
                },
            )
            for file in files
        )

    def release(self) -> None:
        self.held.clear()
        self._released.set()

    def take(self, key: str, headers: set[str], content: bytes) -> int:
        name = key.rpartition("/")[2]
        if self.statuses.get(name):
            return self.statuses[name].pop(0)
        expected = {"host", "content-length", "content-type", "if-none-match", "x-amz-checksum-sha256"}
        if headers != expected:
            return 400
        if key in self.objects:
            return 412
        self.objects[key] = content
        if name in self.held:
            self.holding.set()
            self._released.wait(SECONDS)
        return 200


def _handler(bucket: Bucket) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            key = self.path.partition("?")[0].removeprefix("/")
            status = bucket.take(key, {name.lower() for name in self.headers}, content)
            bucket.answers.append((key, status))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class Cloud:
    """An MQTT client with every right: hears events and answers questions for upload URLs."""

    def __init__(self, files: ThingFiles, port: int, name: str) -> None:
        self.answer: Callable[[str, UploadUrlsRequest], dict[str, Any]] = lambda *_: {}
        self._heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.events: list[CaptureEvent] = []
        self.presences: list[str] = []
        self.healths: list[dict[str, Any]] = []
        self._connected = threading.Event()
        self._client = mqtt5_client_builder.mtls_from_path(
            str(files.certificate),
            str(files.private_key),
            endpoint="localhost",
            port=port,
            ca_filepath=str(files.ca),
            client_id=name,
            on_publish_received=lambda data: self._heard.put(
                (data.publish_packet.topic, data.publish_packet.payload or b"")
            ),
            on_lifecycle_connection_success=lambda _: self._connected.set(),
            on_lifecycle_disconnection=lambda _: self._connected.clear(),
            min_reconnect_delay_ms=100,
            max_reconnect_delay_ms=500,
        )

    def start(self) -> None:
        self._client.start()

    def subscribe(self, device_id: str) -> None:
        """Listen to a device, topic by topic: the emulator gives retained messages to exact filters only."""
        assert self._connected.wait(SECONDS)
        heard = (
            topics.capture_event(device_id),
            topics.health(device_id),
            topics.presence(device_id),
            topics.rpc(device_id, "upload-urls"),
        )
        self._client.subscribe(
            mqtt5.SubscribePacket(
                [mqtt5.Subscription(topic_filter=each, qos=mqtt5.QoS.AT_LEAST_ONCE) for each in heard]
            )
        ).result(SECONDS)

    def stop(self) -> None:
        self._client.stop(mqtt5.DisconnectPacket())

    def publish(self, topic: str, payload: bytes) -> None:
        packet = mqtt5.PublishPacket(topic=topic, payload=payload, qos=mqtt5.QoS.AT_LEAST_ONCE)
        self._client.publish(packet).result(SECONDS)

    def listen_until(self, is_enough: Callable[[], bool], what: str) -> None:
        if not self.hears(is_enough, SECONDS):
            pytest.fail(f"not seen within {SECONDS:g} s: {what}; heard {self.events}")

    def hears(self, is_enough: Callable[[], bool], seconds: float) -> bool:
        """Take messages until there are enough, or for some seconds; whether there were enough."""
        deadline = time.monotonic() + seconds
        while not is_enough():
            try:
                topic, payload = self._heard.get(timeout=0.2)
            except queue.Empty:
                if time.monotonic() > deadline:
                    return False
                continue
            self._take(topic, payload)
        return True

    def told(self, capture_id: str) -> list[tuple[str, str | None]]:
        """Status and stage of each event, without answers to copies and without what was told twice."""
        told = [
            (event.status, event.stage)
            for event in self.events
            if event.capture_id == capture_id and not event.duplicate
        ]
        return [state for number, state in enumerate(told) if number == 0 or told[number - 1] != state]

    def await_state(self, capture_id: str, status: str) -> None:
        self.listen_until(
            lambda: any(state[0] == status for state in self.told(capture_id)), f"{capture_id} {status}"
        )

    def _take(self, topic: str, payload: bytes) -> None:
        kind = topic.split("/", 2)[2]
        if kind == "events/capture":
            self.events.append(CaptureEvent.model_validate_json(payload))
        elif kind == "presence":
            self.presences.append(json.loads(payload)["status"])
        elif kind == "health":
            self.healths.append(json.loads(payload))
        elif kind == "rpc/upload-urls":
            request = UploadUrlsRequest.model_validate_json(payload)
            answer = {"token": request.token, "capture_id": request.capture_id}
            answer |= self.answer(topic, request)
            verdict = "rejected" if "code" in answer else "accepted"
            self.publish(f"{topic}/{verdict}", json.dumps(answer, default=str).encode())


class AgentProcess:
    """A camera agent in a process of its own."""

    def __init__(self, files: ThingFiles, device_id: str, log_name: str = "agent.log") -> None:
        self.files = files
        self.device_id = device_id
        self.state_dir = files.folder / "state"
        self.log = files.folder / log_name
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "device", "--settings", str(self.files.settings)],
                cwd=REPOSITORY,
                env={"PATH": os.environ["PATH"]},
                stdout=log,
                stderr=log,
            )

    def end(self, number: signal.Signals) -> int:
        """Send a signal, if there is somebody to hear it, and wait for the end; the exit code."""
        if self._process is None:
            return 0
        self._process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """The exit code, once the agent has ended by itself."""
        assert self._process is not None
        process, self._process = self._process, None
        return process.wait(SECONDS)


def a_command(**changes: Any) -> CaptureCommand:
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "capture_id": str(uuid4()),
        "room_id": "a101",
        "trigger": "adhoc",
        "requested_by": "test",
        "requested_at": now,
        "not_before": now,
        "expires_at": now + timedelta(minutes=5),
        "burst": BurstSettings(frames=3, interval_ms=10),
    }
    return CaptureCommand(**values | changes)


def accepted(uploads: tuple[UploadUrl, ...]) -> dict[str, Any]:
    answer = UploadUrlsAccepted(
        token="t",
        capture_id=str(uuid4()),
        expires_at=datetime.now(UTC) + timedelta(minutes=5),
        uploads=uploads,
    )
    return answer.model_dump(mode="json", exclude={"token", "capture_id"})


def provision(
    aws: Clients, name: str, folder: Path, *, kind: str, port: int, ca_pem: str, **settings: object
) -> ThingFiles:
    files = ThingFiles(folder / name)
    register_thing(aws.client("iot"), name, kind, {}, files, ca_pem=ca_pem)
    write_settings(
        files,
        {
            "device_id": name,
            "endpoint": "localhost",
            "port": port,
            "ca_path": str(files.ca),
            "certificate_path": str(files.certificate),
            "private_key_path": str(files.private_key),
            "state_dir": str(files.folder / "state"),
            "camera_folder": str(files.folder / "pictures"),
            "retry_most_s": 1,
            "reconnect_most_s": 1,
            **settings,
        },
    )
    return files


@contextmanager
def camera_and_cloud(
    aws: Clients, folder: Path, *, port: int, ca_pem: str
) -> Iterator[tuple[AgentProcess, Cloud]]:
    """A provisioned camera that is not started yet, and a cloud that listens to it."""
    camera_name, cloud_name = f"camera-{uuid4().hex[:8]}", f"cloud-{uuid4().hex[:8]}"
    camera_files = provision(aws, camera_name, folder, kind=CAMERA_KIND, port=port, ca_pem=ca_pem)
    cloud_files = provision(aws, cloud_name, folder, kind=CLOUD_KIND, port=port, ca_pem=ca_pem)
    make_pictures(camera_files.folder / "pictures")
    cloud = Cloud(cloud_files, port, cloud_name)
    agent = AgentProcess(camera_files, camera_name)
    cloud.start()
    cloud.subscribe(camera_name)
    try:
        yield agent, cloud
    finally:
        agent.end(signal.SIGKILL)
        cloud.stop()
