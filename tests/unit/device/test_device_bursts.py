"""Taking pictures in time."""

from datetime import timedelta
from hashlib import sha256

import pytest
from device_fakes import A_CAPTURE, ANOTHER_CAPTURE, NOON, FakeCamera, World, a_command

from attendance.contracts.capture import BurstSettings
from device.camera import CameraTimeoutError, CameraUnavailableError
from device.clock import StoppingError


def test_a_burst_has_as_many_frames_as_commanded_at_the_commanded_pace(world: World) -> None:
    world.command(a_command(burst=BurstSettings(frames=4, interval_ms=2500)))
    world.settle()

    frames = world.cloud.manifest().frames
    assert [frame.name for frame in frames] == ["1.jpg", "2.jpg", "3.jpg", "4.jpg"]
    assert [frame.taken_at - NOON for frame in frames] == [timedelta(seconds=2.5 * n) for n in range(4)]


def test_the_manifest_describes_what_is_uploaded(world: World) -> None:
    world.command(a_command())
    world.settle()

    manifest = world.cloud.manifest()
    assert manifest.capture_id == A_CAPTURE
    for frame in manifest.frames:
        content = world.cloud.objects[f"{A_CAPTURE}/{frame.name}"]
        assert (frame.bytes, frame.sha256) == (len(content), sha256(content).hexdigest())
        assert (frame.width, frame.height) == (160, 120)


def test_nothing_is_taken_before_its_time(world: World) -> None:
    world.command(a_command(not_before=NOON + timedelta(seconds=20)))

    assert world.bursts.step() == pytest.approx(20)
    assert world.camera.taken == 0

    world.clock.pass_time(timedelta(seconds=20))
    world.bursts.step()
    assert world.camera.taken == 3


def test_a_burst_that_waits_does_not_hold_up_one_that_is_due(world: World) -> None:
    world.command(a_command(ANOTHER_CAPTURE, not_before=NOON + timedelta(minutes=2)))
    world.command(a_command())
    world.bursts.step()
    world.tell()

    assert world.told()[-1] == ("IN_PROGRESS", "captured")
    assert world.told(ANOTHER_CAPTURE)[-1] == ("IN_PROGRESS", "accepted")


def test_a_command_that_expires_while_the_agent_is_off_is_rejected(world: World) -> None:
    world.command(a_command())
    world.clock.pass_time(timedelta(minutes=6))
    world.restart()
    world.settle()

    last = world.events()[-1]
    assert (last.status, last.reason and last.reason.code) == ("REJECTED", "EXPIRED")
    assert world.camera.taken == 0


def test_a_burst_ends_with_its_command(world: World) -> None:
    slow = BurstSettings(frames=5, interval_ms=10_000)
    world.command(a_command(burst=slow, expires_at=NOON + timedelta(seconds=25)))
    world.settle()

    assert len(world.cloud.manifest().frames) == 3


def test_a_camera_that_is_missing_fails_the_capture(world: World) -> None:
    world.camera.is_missing = True
    world.command(a_command())
    world.settle()

    last = world.events()[-1]
    assert (last.status, last.reason and last.reason.code) == ("FAILED", "CAMERA_UNAVAILABLE")
    assert world.spool.captures() == ()


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (CameraUnavailableError("no picture"), "CAMERA_UNAVAILABLE"),
        (CameraTimeoutError("silent"), "CAMERA_TIMEOUT"),
    ],
)
def test_a_camera_without_a_single_frame_fails_the_capture(
    world: World, failure: Exception, code: str
) -> None:
    world.camera.failures = [failure] * 3
    world.command(a_command())
    world.settle()

    last = world.events()[-1]
    assert (last.status, last.reason and last.reason.code) == ("FAILED", code)


def test_one_bad_frame_does_not_lose_the_others(world: World) -> None:
    world.camera.failures = [None, CameraUnavailableError("cut short"), None]
    world.command(a_command())
    world.settle()

    assert [frame.name for frame in world.cloud.manifest().frames] == ["1.jpg", "2.jpg"]
    assert world.events()[-1].frames == 2


def test_a_full_disk_fails_the_capture_before_it_is_taken(world: World) -> None:
    world.free_bytes = 10_000
    world.restart()
    world.command(a_command())
    world.settle()

    last = world.events()[-1]
    assert (last.status, last.reason and last.reason.code) == ("FAILED", "DISK_FULL")
    assert world.camera.taken == 0


def test_a_used_up_quota_fails_the_capture_and_keeps_what_waits(world: World) -> None:
    world.cloud.is_reachable = False
    world.command(a_command())
    world.bursts.step()
    world.quota_bytes = 12 * 1024 * 1024
    world.restart()
    world.command(a_command(ANOTHER_CAPTURE))
    world.bursts.step()
    world.tell()

    last = world.events(ANOTHER_CAPTURE)[-1]
    assert (last.status, last.reason and last.reason.code) == ("FAILED", "DISK_FULL")
    assert world.spool.captures() == (A_CAPTURE,)


def test_a_clock_that_jumps_moves_no_deadline(world: World) -> None:
    world.command(a_command(not_before=NOON + timedelta(seconds=10)))
    world.clock.jump(timedelta(hours=3))
    world.settle()

    assert world.told()[-1] == ("SUCCEEDED", "uploaded")
    assert world.cloud.manifest().frames[0].taken_at == NOON + timedelta(seconds=10)


def test_a_clock_that_is_behind_is_replaced_by_the_age_of_the_command(world: World) -> None:
    world.clock.jump(-timedelta(days=365))
    world.command(a_command(not_before=NOON + timedelta(seconds=10)))
    world.settle()

    assert world.cloud.manifest().frames[0].taken_at == NOON + timedelta(seconds=10)


def test_a_clock_that_is_behind_still_lets_a_command_expire(world: World) -> None:
    world.clock.jump(-timedelta(days=365))
    world.command(a_command())
    world.clock.pass_time(timedelta(minutes=6))
    world.settle()

    last = world.events()[-1]
    assert (last.status, last.reason and last.reason.code) == ("REJECTED", "EXPIRED")


def test_a_command_that_nobody_can_date_after_a_reboot_is_rejected(world: World) -> None:
    world.command(a_command())
    world.clock.reboot()
    world.clock.jump(-timedelta(days=365))
    world.restart()
    world.settle()

    last = world.events()[-1]
    assert (last.status, last.reason and last.reason.code) == ("REJECTED", "CLOCK_UNSYNCED")
    assert world.camera.taken == 0


def test_a_stop_during_a_burst_leaves_the_capture_for_the_next_start(world: World) -> None:
    world.command(a_command())
    world.camera.failures = [None, StoppingError()]
    with pytest.raises(StoppingError):
        world.bursts.step()
    world.camera = FakeCamera()
    world.restart()
    world.settle()

    assert world.told()[-1] == ("SUCCEEDED", "uploaded")
    assert len(world.cloud.manifest().frames) == 3


def test_what_a_killed_agent_left_behind_is_swept(world: World) -> None:
    orphan = world.root / "spool" / ANOTHER_CAPTURE
    orphan.mkdir()
    (orphan / "1.jpg.part").write_bytes(b"half")
    world.bursts.step()

    assert world.spool.captures() == ()
