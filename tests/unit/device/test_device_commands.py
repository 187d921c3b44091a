"""What comes in on the command topics."""

import json
from datetime import timedelta
from functools import partial

import pytest
from device_fakes import A_CAPTURE, ANOTHER_CAPTURE, DEVICE, NOON, World, a_command

from attendance.contracts.capture import CaptureCommand
from device.commands import Delivery
from device.store import OpenCapture, StoreFullError

CAPTURE_TOPIC = f"devices/{DEVICE}/commands/capture"


def test_a_command_is_stored_before_it_is_acknowledged(world: World) -> None:
    stored_at_acknowledgement: list[OpenCapture] = []

    def acknowledge() -> None:
        stored_at_acknowledgement.extend(world.store.open_captures())

    world.commands.deliver(Delivery(CAPTURE_TOPIC, a_command().to_json(), acknowledge))
    world.commands.step()

    assert [capture.capture_id for capture in stored_at_acknowledgement] == [A_CAPTURE]


def test_each_command_is_acknowledged_once(world: World) -> None:
    acknowledged: list[str] = []
    for capture_id in (A_CAPTURE, ANOTHER_CAPTURE):
        acknowledge = partial(acknowledged.append, capture_id)
        world.commands.deliver(Delivery(CAPTURE_TOPIC, a_command(capture_id).to_json(), acknowledge))
    while world.commands.step() is not None:
        pass

    assert acknowledged == [A_CAPTURE, ANOTHER_CAPTURE]
    assert [capture.capture_id for capture in world.store.open_captures()] == acknowledged


def test_an_accepted_command_is_told_as_in_progress(world: World) -> None:
    world.command(a_command())
    world.tell()

    assert world.told() == [("IN_PROGRESS", "accepted")]


def test_a_command_that_comes_twice_is_one_capture(world: World) -> None:
    world.command(a_command())
    world.command(a_command())
    world.settle()

    assert world.camera.taken == 3
    assert [event.duplicate for event in world.events()][:2] == [False, True]


def test_a_late_copy_is_answered_with_how_the_capture_ended(world: World) -> None:
    world.command(a_command())
    world.settle()
    world.clock.pass_time(timedelta(hours=1))
    world.command(a_command())
    world.tell()

    last = world.events()[-1]
    assert (last.status, last.stage, last.frames, last.duplicate) == ("SUCCEEDED", "uploaded", 3, True)


def test_an_expired_command_is_rejected_and_never_taken(world: World) -> None:
    world.clock.pass_time(timedelta(minutes=5))
    world.command(a_command())
    world.settle()

    (event,) = world.events()
    assert event.status == "REJECTED"
    assert event.reason is not None
    assert event.reason.code == "EXPIRED"
    assert world.camera.taken == 0


@pytest.mark.parametrize(
    "change",
    [
        {"room_id": ""},
        {"burst": {"frames": 11, "interval_ms": 0}},
        {"burst": {"frames": -1}},
        {"schema": "capture.v2"},
        {"expires_at": "tomorrow"},
        {"requested_at": "2026-11-23T12:00:00"},
    ],
)
def test_a_malformed_command_is_refused_in_words(world: World, change: dict[str, object]) -> None:
    payload = a_command().model_dump(mode="json") | change
    world.commands.take(CAPTURE_TOPIC, _json(payload))
    world.tell()

    (event,) = world.events()
    assert event.status == "REJECTED"
    assert event.reason is not None
    assert event.reason.code == "BAD_REQUEST"
    assert next(iter(change)) in event.reason.detail


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[1, 2]",
        b"null",
        b'"text"',
        b'{"capture_id": "../../etc/passwd"}',
        b'{"capture_id": 7}',
        b"[" * 100_000,
    ],
)
def test_a_payload_without_a_capture_id_is_acknowledged_and_left(world: World, payload: bytes) -> None:
    acknowledged = []
    world.commands.deliver(Delivery(CAPTURE_TOPIC, payload, lambda: acknowledged.append(True)))
    world.commands.step()
    world.tell()

    assert acknowledged == [True]
    assert world.link.published == []


def test_a_malformed_copy_does_not_undo_a_capture(world: World) -> None:
    world.command(a_command())
    world.commands.take(CAPTURE_TOPIC, b'{"capture_id": "%s"}' % A_CAPTURE.encode())
    world.settle()

    assert world.told()[-1] == ("SUCCEEDED", "uploaded")


@pytest.mark.parametrize("name", ["preview", "reboot", "capture/extra"])
def test_an_unknown_command_is_acknowledged_and_left(world: World, name: str) -> None:
    acknowledged = []
    topic = f"devices/{DEVICE}/commands/{name}"
    world.commands.deliver(Delivery(topic, a_command().to_json(), lambda: acknowledged.append(True)))
    world.commands.step()
    world.settle()

    assert acknowledged == [True]
    assert world.camera.taken == 0


def test_a_command_for_another_device_is_left(world: World) -> None:
    world.commands.take("devices/somebody-else/commands/capture", a_command().to_json())
    world.settle()

    assert world.camera.taken == 0


def test_a_cancelled_capture_is_not_taken(world: World) -> None:
    world.command(a_command(not_before=NOON + timedelta(minutes=1)))
    world.cancel(A_CAPTURE)
    world.settle()

    assert world.told() == [("IN_PROGRESS", "accepted"), ("CANCELLED", "accepted")]
    assert world.camera.taken == 0


def test_a_cancel_that_overtakes_its_command_holds(world: World) -> None:
    world.cancel(A_CAPTURE)
    world.command(a_command())
    world.settle()

    assert world.told() == [("CANCELLED", None), ("CANCELLED", None)]
    assert world.camera.taken == 0


def test_pictures_of_a_cancelled_capture_are_deleted(world: World) -> None:
    world.command(a_command())
    world.bursts.step()
    assert world.spool.captures() == (A_CAPTURE,)

    world.cancel(A_CAPTURE)
    world.settle()

    assert world.spool.captures() == ()
    assert world.cloud.objects == {}


def test_a_cancel_after_the_end_changes_nothing(world: World) -> None:
    world.command(a_command())
    world.settle()
    world.cancel(A_CAPTURE)
    world.tell()

    last = world.events()[-1]
    assert (last.status, last.duplicate) == ("SUCCEEDED", True)


def test_a_cancel_that_cannot_be_read_is_left(world: World) -> None:
    world.command(a_command())
    world.commands.take(f"devices/{DEVICE}/commands/cancel", b'{"schema": "cancel.v9", "capture_id": 1}')
    world.settle()

    assert world.told()[-1] == ("SUCCEEDED", "uploaded")


def test_a_command_that_the_full_disk_cannot_store_stays_in_hand(world: World) -> None:
    acknowledged = []
    world.commands.deliver(Delivery(CAPTURE_TOPIC, a_command().to_json(), lambda: acknowledged.append(True)))
    store = FullStore(world.commands._store)
    world.commands._store = store  # type: ignore[assignment]

    with pytest.raises(StoreFullError):
        world.commands.step()
    assert acknowledged == []

    store.is_full = False
    world.commands.step()
    assert acknowledged == [True]
    assert len(world.store.open_captures()) == 1


class FullStore:
    def __init__(self, store: object) -> None:
        self._store = store
        self.is_full = True

    def accept(self, command: CaptureCommand, receipt: object) -> bool:
        if self.is_full:
            raise StoreFullError
        return self._store.accept(command, receipt)  # type: ignore[attr-defined,no-any-return]


def _json(payload: object) -> bytes:

    return json.dumps(payload).encode()
