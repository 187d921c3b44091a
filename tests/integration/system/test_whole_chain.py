"""The whole chain, every part real: a tick, a camera, S3, the workflow, the register, the summary."""

import json
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from attendance.domain.captures import Capture, adhoc_capture_id
from attendance.domain.ledger import chain_is_whole
from attendance.domain.registers import Register
from attendance.usecases.change_register import expected_register_of
from local.announcements import AnnouncementListener, console_line
from local.capture_room import request_and_follow
from local.dashboard import Dashboard
from local.system import LocalSystem
from local.things import ThingFiles

pytestmark = [pytest.mark.emulator, pytest.mark.timeout(600)]

Found = TypeVar("Found")
ROOM = "101"


def eventually(look: Callable[[], Found | None], seconds: float = 180) -> Found:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"not within {seconds} s")


def register_of_the_lesson_on_now(system: LocalSystem) -> Register | None:
    timetable = system.stores.schools.timetable(system.school.school_id)
    meeting = timetable.resolve(ROOM, datetime.now(UTC))
    assert meeting is not None
    return system.stores.registers.get(system.school.school_id, meeting.meeting_id)


def truth_of_first_capture(system: LocalSystem) -> dict[str, list[str]]:
    folder = json.loads((system.devices_dir / "demo-101-1" / "settings.json").read_text())["camera_folder"]
    truth: dict[str, list[str]] = json.loads(Path(f"{folder}.truth.json").read_text())["captures"][0]
    return truth


def test_a_lesson_gets_its_register_with_nobody_touching_anything(system: LocalSystem) -> None:
    register = eventually(lambda: register_of_the_lesson_on_now(system))

    assert register.status == "provisional"
    counts = register.count()
    truth = truth_of_first_capture(system)
    present = {key for key, mark in register.marks.items() if mark.status == "present"}
    # Composed out of the enrolled portraits: a floor for the chain, no claim of accuracy.
    assert len(present & set(truth["present"])) >= 0.7 * len(truth["present"])
    assert not present & set(truth["absent"])
    assert counts.absent == 0, "nobody is absent before a teacher or the policy says so"
    assert counts.students == len(
        expected_register_of("demo", register.meeting_id, system.stores.schools).marks
    )


def test_the_register_can_be_read_through_the_api_with_its_pictures(system: LocalSystem) -> None:
    register = eventually(lambda: register_of_the_lesson_on_now(system))
    dashboard = Dashboard(system.settings.dashboard_url, system.sign_ins["t-1"])
    token = dashboard.token()

    answer = dashboard.get(f"/v1/registers/{register.meeting_id}", token)
    pictures = dashboard.get(f"/v1/registers/{register.meeting_id}/pictures", token)["pictures"]

    assert answer["counts"]["present"] == register.count().present
    assert sum(len(picture["faces"]) for picture in pictures) >= register.count().present
    with urllib.request.urlopen(pictures[0]["url"], timeout=10) as picture:
        assert picture.read(2) == b"\xff\xd8"


def test_an_admins_request_over_mqtt_changes_the_register(system: LocalSystem) -> None:
    before = eventually(lambda: register_of_the_lesson_on_now(system))
    listener = AnnouncementListener(
        system.clients.client("sqs"), system.clients.client("sns"), system.outputs["SummaryTopicArn"]
    )
    told: list[str] = []

    is_recorded = request_and_follow(
        ROOM,
        "demo",
        admin_thing=system.school.admin_thing,
        files=ThingFiles(system.devices_dir / system.school.admin_thing),
        broker=("localhost", system.settings.mqtt_port),
        dashboard=Dashboard(system.settings.dashboard_url, system.sign_ins["admin"]),
        tell=told.append,
    )

    assert is_recorded, told
    after = eventually(lambda: register_of_the_lesson_on_now(system))
    assert after.version > before.version
    assert chain_is_whole(list(system.stores.registers.changes("demo", after.meeting_id)))
    lines: list[str] = []
    eventually(
        lambda: (
            lines.extend(filter(None, map(console_line, listener.receive())))
            or any(line.startswith("register recorded: bio-1a") for line in lines)
        )
    )


def test_a_camera_killed_while_it_works_still_brings_its_capture_once(system: LocalSystem) -> None:
    device_id = f"demo-{ROOM}-1"
    dashboard = Dashboard(system.settings.dashboard_url, system.sign_ins["admin"])
    dashboard.post("/v1/captures", {"room_id": ROOM, "request_id": "killed-camera"}, dashboard.token())
    capture_id = adhoc_capture_id("demo", device_id, "killed-camera")
    eventually(lambda: accepted(system, capture_id))

    camera = system.child(f"camera {device_id}")
    camera.kill()
    system.forget_child(camera)
    system.start_camera(device_id)

    capture = eventually(lambda: recorded(system, capture_id))
    register = eventually(lambda: register_of_the_lesson_on_now(system))
    assert capture.status == "SUCCEEDED"
    assert [outcome.capture_id for outcome in register.captures].count(capture_id) == 1


def accepted(system: LocalSystem, capture_id: str) -> bool:
    return system.stores.captures.get("demo", capture_id).status != "CREATED"


def recorded(system: LocalSystem, capture_id: str) -> Capture | None:
    capture = system.stores.captures.get("demo", capture_id)
    return capture if capture.stage == "recorded" and capture.status == "SUCCEEDED" else None
