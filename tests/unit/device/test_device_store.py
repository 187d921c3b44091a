"""What survives."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from device_fakes import A_CAPTURE, ANOTHER_CAPTURE, FakeClock, World, a_command

from attendance.contracts.capture import Reason
from attendance.contracts.upload import UploadFile
from device.clock import receive
from device.reserve import Reserve
from device.store import CaptureClosedError, PendingEvent, Store, StoreFullError, StoreUnusableError

FILES = (
    UploadFile(name="1.jpg", bytes=10, sha256="a" * 64, content_type="image/jpeg"),
    UploadFile(name="manifest.json", bytes=5, sha256="b" * 64, content_type="application/json"),
)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def reserve(tmp_path: Path) -> Reserve:
    return Reserve(tmp_path / "reserve.bin", size=1024 * 1024)


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock, reserve: Reserve) -> Store:
    return Store(tmp_path / "agent.db", clock=clock, reserve=reserve)


def accept(store: Store, clock: FakeClock, capture_id: str = A_CAPTURE) -> None:
    command = a_command(capture_id)
    store.accept(command, receive(command, clock))


def fill(store: Store) -> None:
    """Let SQLite find no more space than the pages it has, and fill those."""
    database = store._database
    pages = database.execute("pragma page_count").fetchone()[0]
    database.execute(f"pragma max_page_count = {pages}")
    rows = [("x" * 500,)] * 10_000
    with pytest.raises(sqlite3.OperationalError, match="full"):
        database.executemany("insert into outbox (capture_id, event) values ('x', ?)", rows)


def test_an_open_capture_is_found_again_by_the_next_process(
    store: Store, clock: FakeClock, reserve: Reserve, tmp_path: Path
) -> None:
    accept(store, clock)
    store.record_burst(A_CAPTURE, FILES)
    store.record_uploaded(A_CAPTURE, "1.jpg")
    store.close()
    store = Store(tmp_path / "agent.db", clock=clock, reserve=reserve)

    (capture,) = store.open_captures()
    assert (capture.command, capture.stage) == (a_command(), "captured")
    assert [(stored.file.name, stored.is_uploaded) for stored in store.files(A_CAPTURE)] == [
        ("1.jpg", True),
        ("manifest.json", False),
    ]


def test_an_end_is_final(store: Store, clock: FakeClock) -> None:
    accept(store, clock)
    assert store.end(A_CAPTURE, "SUCCEEDED")
    assert not store.end(A_CAPTURE, "FAILED", Reason(code="UPLOAD_FAILED"))
    with pytest.raises(CaptureClosedError):
        store.record_burst(A_CAPTURE, FILES)
    with pytest.raises(CaptureClosedError):
        store.record_upload_begun(A_CAPTURE)
    with pytest.raises(CaptureClosedError):
        store.record_uploaded(A_CAPTURE, "1.jpg")


def test_a_change_that_fails_tells_nothing(store: Store, clock: FakeClock) -> None:
    accept(store, clock)
    store.end(A_CAPTURE, "CANCELLED")
    while event := store.next_event():
        store.record_told(event.sequence)
    with pytest.raises(CaptureClosedError):
        store.record_burst(A_CAPTURE, FILES)

    assert store.next_event() is None


def test_events_come_out_in_the_order_of_their_changes(store: Store, clock: FakeClock) -> None:
    accept(store, clock)
    accept(store, clock, ANOTHER_CAPTURE)
    store.record_burst(A_CAPTURE, FILES)
    order = []
    while event := store.next_event():
        order.append(event.capture_id)
        store.record_told(event.sequence)

    assert order == [A_CAPTURE, ANOTHER_CAPTURE, A_CAPTURE]


def test_each_change_is_announced(tmp_path: Path, clock: FakeClock, reserve: Reserve) -> None:
    announced: list[PendingEvent | None] = []
    stores: list[Store] = []

    def changed() -> None:
        announced.append(stores[0].next_event())

    stores.append(Store(tmp_path / "other.db", clock=clock, reserve=reserve, changed=changed))
    accept(stores[0], clock)

    assert len(announced) == 1
    assert announced[0] is not None, "it is announced after the commit, not before"


def test_a_full_disk_takes_the_reserve_and_records_the_state(
    store: Store, clock: FakeClock, reserve: Reserve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve.ensure()
    assert (tmp_path / "reserve.bin").stat().st_size == 1024 * 1024
    fill(store)
    release = reserve.release

    def release_space() -> bool:
        store._database.execute("pragma max_page_count = 100000")
        return release()

    monkeypatch.setattr(reserve, "release", release_space)
    accept(store, clock)

    assert [capture.capture_id for capture in store.open_captures()] == [A_CAPTURE]
    assert not (tmp_path / "reserve.bin").exists()


def test_a_full_disk_without_a_reserve_is_said_and_changes_nothing(store: Store, clock: FakeClock) -> None:
    fill(store)
    with pytest.raises(StoreFullError):
        accept(store, clock)
    store._database.execute("pragma max_page_count = 100000")

    assert store.open_captures() == ()
    accept(store, clock)
    assert len(store.open_captures()) == 1


def test_a_reserve_that_was_given_up_is_set_aside_again(reserve: Reserve, tmp_path: Path) -> None:
    assert not reserve.release()
    reserve.ensure()
    assert reserve.release()
    assert not reserve.release()
    reserve.ensure()
    assert (tmp_path / "reserve.bin").stat().st_size == 1024 * 1024


def test_old_ends_are_forgotten_and_open_captures_never(store: Store, clock: FakeClock) -> None:
    accept(store, clock)
    accept(store, clock, ANOTHER_CAPTURE)
    store.end(A_CAPTURE, "SUCCEEDED")
    clock.pass_time(timedelta(days=31))
    store.forget_old()
    while event := store.next_event():
        store.record_told(event.sequence)

    assert [capture.capture_id for capture in store.open_captures()] == [ANOTHER_CAPTURE]
    assert store.refuse(A_CAPTURE, Reason(code="EXPIRED")), "it is not known any more"


def test_the_store_of_a_newer_agent_is_left_alone(world: World) -> None:
    world.store._database.execute("pragma user_version = 99")
    world.store.close()
    with pytest.raises(StoreUnusableError, match="update the agent"):
        world.restart()


def test_a_damaged_store_is_said_in_words(tmp_path: Path, clock: FakeClock, reserve: Reserve) -> None:
    path = tmp_path / "damaged.db"
    path.write_bytes(b"this was a database once" * 1000)
    with pytest.raises(StoreUnusableError, match=r"damaged\.db cannot be used"):
        Store(path, clock=clock, reserve=reserve)


def test_the_database_promises_what_an_acknowledgement_needs(store: Store) -> None:
    assert store._database.execute("pragma journal_mode").fetchone() == ("wal",)
    assert store._database.execute("pragma synchronous").fetchone() == (2,)  # FULL
