"""A device's world without clock, camera, network or cloud of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from attendance.contracts.capture import BurstSettings, CaptureCommand, CaptureEvent, ImageSettings
from attendance.contracts.upload import Manifest, UploadFile, UploadUrl, UploadUrlsAccepted
from device.backoff import Backoff
from device.bursts import Bursts
from device.camera import CameraUnavailableError, OpenCamera, Picture
from device.clock import Clock
from device.commands import Commands
from device.link import Connection, LinkError
from device.outbox import Outbox
from device.quality import QualityJudge
from device.reserve import Reserve
from device.spool import Spool
from device.state_dir import StateDir
from device.store import Store
from device.transfer import TransferError
from device.uploads import Uploads

DEVICE = "north-a101-1"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
A_CAPTURE = "6f1c1f5e-8f0c-5a53-9a0e-0d4c3a0a7c01"
ANOTHER_CAPTURE = "6f1c1f5e-8f0c-5a53-9a0e-0d4c3a0a7c02"


def a_command(capture_id: str = A_CAPTURE, **changes: Any) -> CaptureCommand:
    values: dict[str, Any] = {
        "capture_id": capture_id,
        "room_id": "a101",
        "trigger": "scheduled",
        "requested_by": "scheduler",
        "requested_at": NOON,
        "not_before": NOON,
        "expires_at": NOON + timedelta(minutes=5),
        "burst": BurstSettings(frames=3, interval_ms=1000),
        "image": ImageSettings(max_width=640, jpeg_quality=90),
    }
    return CaptureCommand(**values | changes)


def noise(seed: int, height: int = 120, width: int = 160) -> NDArray[np.uint8]:
    """A sharp picture that is unlike any other."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@dataclass
class FakeClock:
    """Time passes when somebody sleeps, or by `pass_time`; `jump` moves the wall clock alone."""

    wall: datetime = NOON
    ageing: float = 1000.0
    boot_id: str = "boot-1"

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.ageing

    def sleep(self, seconds: float) -> None:
        self.pass_time(timedelta(seconds=seconds))

    def pass_time(self, time: timedelta) -> None:
        self.wall += time
        self.ageing += time.total_seconds()

    def jump(self, by: timedelta) -> None:
        self.wall += by

    def reboot(self) -> None:
        self.boot_id += "+"
        self.ageing = 10.0


@dataclass
class FakeCamera:
    """Gives one picture after another; `failures` are raised in the place of the next ones."""

    failures: list[Exception | None] = field(default_factory=list)
    is_missing: bool = False
    taken: int = 0

    @contextmanager
    def open(self) -> Iterator[OpenCamera]:
        if self.is_missing:
            raise CameraUnavailableError("no camera")
        yield self

    def read(self) -> Picture:
        self.taken += 1
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        return Picture(noise(self.taken))

    def is_ready(self) -> bool:
        return not self.is_missing


@dataclass(frozen=True)
class Published:
    topic: str
    payload: bytes
    qos: int
    retain: bool


@dataclass
class FakeLink:
    """A connection that can be lost, and that refuses the next `refusals` messages."""

    connection: Connection | None = field(default_factory=lambda: Connection(1, session_present=False))
    published: list[Published] = field(default_factory=list)
    subscriptions: list[tuple[str, ...]] = field(default_factory=list)
    refusals: int = 0
    on_publish: Callable[[Published], None] = lambda _: None

    def publish(self, topic: str, payload: bytes, *, qos: Literal[0, 1] = 1, retain: bool = False) -> None:
        self._demand_connection()
        message = Published(topic, payload, qos, retain)
        self.published.append(message)
        self.on_publish(message)

    def subscribe(self, topic_filters: Sequence[str]) -> None:
        self._demand_connection()
        self.subscriptions.append(tuple(topic_filters))

    def lose(self) -> None:
        self.connection = None

    def connect(self, number: int, *, session_present: bool) -> None:
        self.connection = Connection(number, session_present)

    def _demand_connection(self) -> None:
        if self.connection is None:
            raise LinkError("offline")
        if self.refusals:
            self.refusals -= 1
            raise LinkError("refused")


@dataclass
class FakeCloud:
    """Upload URLs and a bucket that takes each key once.

    `refusals` are raised by the next questions for URLs, `failures` by the next uploads: before the file
    arrives, or after it where the name is in `answers_lost`.
    """

    objects: dict[str, bytes] = field(default_factory=dict)
    puts: list[str] = field(default_factory=list)
    questions: int = 0
    refusals: list[Exception] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    answers_lost: set[str] = field(default_factory=set)
    is_reachable: bool = True

    def is_ready(self) -> bool:
        return self.is_reachable

    def ask_upload_urls(self, capture_id: str, files: Iterable[UploadFile]) -> UploadUrlsAccepted:
        self.questions += 1
        if self.refusals:
            raise self.refusals.pop(0)
        uploads = tuple(
            UploadUrl(
                name=file.name,
                url=f"https://bucket.test/{capture_id}/{file.name}",
                headers={"x": file.sha256},
            )
            for file in files
        )
        return UploadUrlsAccepted(
            token="t", capture_id=capture_id, expires_at=NOON + timedelta(days=1), uploads=uploads
        )

    def put(self, upload: UploadUrl, path: Path) -> None:
        content = path.read_bytes()
        assert sha256(content).hexdigest() == upload.headers["x"], "the checksum that was signed"
        if self.failures:
            raise self.failures.pop(0)
        key = upload.url.removeprefix("https://bucket.test/")
        self.puts.append(key)
        self.objects.setdefault(key, content)  # a second PUT gets 412, which counts as done
        if path.name in self.answers_lost:
            self.answers_lost.remove(path.name)
            raise TransferError("the answer was lost")

    def manifest(self, capture_id: str = A_CAPTURE) -> Manifest:
        return Manifest.model_validate_json(self.objects[f"{capture_id}/manifest.json"])


def longest_pause(_low: float, high: float) -> float:
    return high


@dataclass
class World:
    """All workers over one state folder, stepped by the test; `restart` is a new process on the same one."""

    root: Path
    clock: FakeClock = field(default_factory=FakeClock)
    camera: FakeCamera = field(default_factory=FakeCamera)
    link: FakeLink = field(default_factory=FakeLink)
    cloud: FakeCloud = field(default_factory=FakeCloud)
    free_bytes: int = 10**12
    quota_bytes: int = 10**12
    wrap: Callable[[str, Any], Any] = lambda _, part: part

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        state_dir = StateDir(self.root)
        reserve = Reserve(state_dir.reserve)
        clock: Clock = self.clock
        self.store = Store(state_dir.database, clock=clock, reserve=reserve)
        # Tests kill processes, not machines: there is no need to wait for the disk.
        self.store._database.execute("pragma synchronous = off")
        self.spool = Spool(
            state_dir.spool,
            quota_bytes=self.quota_bytes,
            min_free_bytes=10**6,
            free_bytes=lambda _: self.free_bytes,
        )
        store, spool = self.wrap("store", self.store), self.wrap("spool", self.spool)
        cloud, link = self.wrap("cloud", self.cloud), self.wrap("link", self.link)
        backoff = Backoff(1.0, 120.0, uniform=longest_pause)
        self.commands = Commands(device_id=DEVICE, store=store, clock=clock)
        self.bursts = Bursts(
            device_id=DEVICE,
            store=store,
            spool=spool,
            camera=self.wrap("camera", self.camera),
            clock=clock,
            judge=QualityJudge(),
        )
        self.uploads = Uploads(
            store=store,
            spool=spool,
            desk=cloud,
            transfer=cloud,
            cloud=cloud,
            clock=clock,
            backoff=backoff,
            retention=timedelta(hours=24),
        )
        self.outbox = Outbox(device_id=DEVICE, store=store, link=link, backoff=backoff)

    def command(self, command: CaptureCommand) -> None:
        self.commands.take(f"devices/{DEVICE}/commands/capture", command.to_json())

    def cancel(self, capture_id: str) -> None:
        payload = b'{"schema": "cancel.v1", "capture_id": "%s"}' % capture_id.encode()
        self.commands.take(f"devices/{DEVICE}/commands/cancel", payload)

    def settle(self) -> None:
        """Step every worker, and let the time pass that they ask for, until nothing is left to do."""
        for _ in range(5000):
            pauses = [worker.step() for worker in (self.bursts, self.uploads, self.outbox, self.bursts)]
            if 0 in pauses:
                continue
            waits = [pause for pause in pauses if pause is not None]
            if not waits:
                return
            self.clock.pass_time(timedelta(seconds=min(waits)))
        raise AssertionError("the agent does not come to rest")

    def tell(self) -> None:
        while self.outbox.step() == 0:
            pass

    def events(self, capture_id: str = A_CAPTURE) -> list[CaptureEvent]:
        events = [
            CaptureEvent.model_validate_json(message.payload)
            for message in self.link.published
            if message.topic == f"devices/{DEVICE}/events/capture"
        ]
        return [event for event in events if event.capture_id == capture_id]

    def told(self, capture_id: str = A_CAPTURE) -> list[tuple[str, str | None]]:
        return [(event.status, event.stage) for event in self.events(capture_id)]
