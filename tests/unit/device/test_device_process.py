"""Settings, threads, logs and the state folder: what makes the agent a process."""

import json
import logging
import os
import stat
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from device.backoff import Backoff
from device.clock import StoppingError, SystemClock
from device.logs import JsonLines
from device.settings import Settings, load_settings
from device.spool import Spool
from device.state_dir import AlreadyRunningError, claim_state_dir
from device.transfer import TransferError, demand_safe
from device.workers import Bell, Crew

REPOSITORY = Path(__file__).parents[3]


# Settings


@pytest.fixture
def provisioned(tmp_path: Path) -> dict[str, object]:
    """The least that a settings file says."""
    for name in ("ca.pem", "device.pem", "device.key"):
        (tmp_path / name).write_text("pem")
    return {
        "device_id": "north-a101-1",
        "endpoint": "localhost",
        "ca_path": str(tmp_path / "ca.pem"),
        "certificate_path": str(tmp_path / "device.pem"),
        "private_key_path": str(tmp_path / "device.key"),
        "state_dir": str(tmp_path / "state"),
        "camera_folder": str(tmp_path / "pictures"),
    }


def write(tmp_path: Path, settings: dict[str, object]) -> Path:
    path = tmp_path / "device.json"
    path.write_text(json.dumps(settings))
    return path


def test_settings_come_from_the_file_and_the_environment_wins(
    tmp_path: Path, provisioned: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLCALL_DEVICE_PORT", "18883")
    settings = load_settings(write(tmp_path, provisioned | {"port": 1, "retention": "PT2H"}))

    assert (settings.device_id, settings.port, settings.retention) == (
        "north-a101-1",
        18883,
        timedelta(hours=2),
    )


def test_settings_may_come_from_the_environment_alone(
    provisioned: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in provisioned.items():
        monkeypatch.setenv(f"ROLLCALL_DEVICE_{name.upper()}", str(value))

    assert load_settings().endpoint == "localhost"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("device_id", "a/b"),
        ("port", 70_000),
        ("retention", "PT1S"),
        ("certificate_path", "/nowhere.pem"),
        ("health_interval_s", 0),
        ("prot", 8883),
        ("spool_quota_bytes", -1),
    ],
)
def test_a_wrong_setting_is_named(
    tmp_path: Path, provisioned: dict[str, object], name: str, value: object
) -> None:
    with pytest.raises(ValidationError, match=name):
        load_settings(write(tmp_path, provisioned | {name: value}))


def test_a_missing_settings_file_is_no_empty_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_settings(tmp_path / "nowhere.json")


def test_every_setting_is_described() -> None:
    undescribed = [
        name for name, field in Settings.model_fields.items() if not (field.title and field.description)
    ]
    assert undescribed == []


def test_a_person_is_told_in_words_what_is_wrong(tmp_path: Path, provisioned: dict[str, object]) -> None:
    path = write(tmp_path, provisioned | {"port": "many"})
    done = subprocess.run(
        [sys.executable, "-m", "device", "--settings", str(path)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.startswith("device: port: ")
    assert "Traceback" not in done.stderr


def test_credentials_that_are_none_are_told_in_words(tmp_path: Path, provisioned: dict[str, object]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "device", "--settings", str(write(tmp_path, provisioned))],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "not usable for mutual TLS" in done.stderr
    assert "Traceback" not in done.stderr


# State


def test_one_folder_has_one_agent(tmp_path: Path) -> None:
    claim_state_dir(tmp_path / "state")
    with pytest.raises(AlreadyRunningError):
        claim_state_dir(tmp_path / "state")


def test_nobody_else_may_look_into_the_state(tmp_path: Path) -> None:
    state_dir = claim_state_dir(tmp_path / "state")
    spool = Spool(state_dir.spool, quota_bytes=10**9, min_free_bytes=0)
    spool.begin("capture", 1)
    spool.write("capture", "1.jpg", b"x", "image/jpeg")

    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (
            state_dir.root,
            state_dir.spool,
            state_dir.spool / "capture",
            spool.path("capture", "1.jpg"),
        )
    }
    assert modes == {"state": 0o700, "spool": 0o700, "capture": 0o700, "1.jpg": 0o600}


# Threads


class Scripted:
    """A worker that does what it is told, one thing a step."""

    def __init__(self, *steps: object) -> None:
        self.steps = list(steps)
        self.rested = threading.Event()

    def step(self) -> float | None:
        if not self.steps:
            self.rested.set()
            return None
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return 0


def test_a_worker_is_stepped_until_it_rests_and_again_when_the_bell_rings() -> None:
    bell, stopping = Bell(), threading.Event()
    worker = Scripted("a", "b")
    crew = Crew([worker], bell, stopping)
    crew.start()
    assert worker.rested.wait(10)

    worker.rested.clear()
    worker.steps = ["c"]
    bell.ring()
    assert worker.rested.wait(10)
    assert worker.steps == []

    stopping.set()
    crew.join(10)
    assert not crew.has_failed


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_fails_stops_the_agent() -> None:
    bell, stopping = Bell(), threading.Event()
    resting, failing = Scripted(), Scripted("a", RuntimeError("a bug"))
    crew = Crew([resting, failing], bell, stopping)
    crew.start()

    assert stopping.wait(10)
    crew.join(10)
    assert crew.has_failed


def test_a_worker_that_is_asked_to_stop_has_not_failed() -> None:
    bell, stopping = Bell(), threading.Event()
    crew = Crew([Scripted(StoppingError())], bell, stopping)
    crew.start()
    stopping.set()
    crew.join(10)

    assert not crew.has_failed


def test_a_bell_rung_before_the_wait_is_heard() -> None:
    bell = Bell()
    heard = bell.rings
    bell.ring()
    bell.wait(heard, None)


def test_sleep_ends_when_the_agent_is_stopped() -> None:
    stopping = threading.Event()
    clock = SystemClock(stopping)
    clock.sleep(0)
    stopping.set()
    with pytest.raises(StoppingError):
        clock.sleep(3600)


# Small things


def test_pauses_are_spread_over_all_of_a_doubling_bound() -> None:
    bounds: list[tuple[float, float]] = []

    def uniform(low: float, high: float) -> float:
        bounds.append((low, high))
        return low

    backoff = Backoff(0.5, 10, uniform=uniform)
    for failures in (1, 2, 3, 6, 10_000):
        backoff.after(failures)
    assert bounds == [(0, 0.5), (0, 1), (0, 2), (0, 10), (0, 10)]


@pytest.mark.parametrize(
    "url", ["https://bucket.test/x", "http://127.0.0.1:4566/x", "http://localhost/x", "http://[::1]:1/x"]
)
def test_pictures_may_go_encrypted_or_to_this_machine(url: str) -> None:
    demand_safe(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://bucket.test/x",
        "http://10.0.0.1/x",
        "http://localhost.evil.test/x",
        "file:///x",
        "http://[1/x",
        "x",
    ],
)
def test_pictures_go_nowhere_else(url: str) -> None:
    with pytest.raises(TransferError) as refusal:
        demand_safe(url)
    assert "test" not in str(refusal.value)


def test_a_log_line_is_json_with_what_it_is_about() -> None:
    record = logging.makeLogRecord({"name": "device.x", "msg": "taken %d", "args": (3,), "capture_id": "abc"})
    line = json.loads(JsonLines("north-a101-1").format(record))

    assert (line["message"], line["capture_id"], line["device_id"]) == ("taken 3", "abc", "north-a101-1")


def test_a_process_that_dies_gives_its_folder_free(tmp_path: Path) -> None:
    claim = (
        f"from pathlib import Path; from device.state_dir import *; claim_state_dir(Path({str(tmp_path)!r}))"
    )
    code = f"{claim}; import os; os.kill(os.getpid(), 9)"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, env=os.environ, check=False)
    assert done.returncode == -9
    claim_state_dir(tmp_path)


def test_every_setting_is_documented() -> None:
    document = (REPOSITORY / "docs" / "device.md").read_text("utf-8")
    assert [name for name in Settings.model_fields if f"`{name}`" not in document] == []
