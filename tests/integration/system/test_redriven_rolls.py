"""A roll that something stopped goes on where it stopped, once that is mended: nobody is absent meanwhile."""

from dataclasses import replace

import pytest
from played_captures import PlayedCameras, demand_nobody_absent, manifest_of, present_in
from played_school import UNSCHEDULED, PlayedSchool

from local.rekognition.process import NAME as REKOGNITION
from local.system import LocalSystem

pytestmark = [pytest.mark.emulator, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def cameras(played: PlayedSchool) -> PlayedCameras:
    return PlayedCameras(played)


@pytest.fixture(scope="module")
def frames(played: PlayedSchool) -> dict[str, bytes]:
    return {f"{number}.jpg": frame.jpeg for number, frame in enumerate(played.burst.frames, start=1)}


@pytest.fixture(scope="module")
def present(cameras: PlayedCameras, frames: dict[str, bytes]) -> frozenset[str]:
    """Whom a roll that nothing stopped finds; other tests enrol some of the class a second time."""
    found = present_in(cameras.register(cameras.bring(cameras.school.add_room(), frames)))
    assert found
    assert found <= cameras.school.burst.present
    return found


def test_faces_that_no_bands_judge_wait_for_the_calibration(
    cameras: PlayedCameras, frames: dict[str, bytes], present: frozenset[str]
) -> None:
    school = cameras.school
    school.set_policy(replace(UNSCHEDULED, version="played-uncalibrated", bands={}))
    try:
        capture = cameras.bring(school.add_room(), frames)
        (failed,) = cameras.executions(capture)
        told = cameras.outcome(capture)
        register = cameras.register(capture)
        too_early = cameras.rolls.redrive(failed)
    finally:
        school.set_policy(UNSCHEDULED)
    mended = cameras.rolls.redrive(failed)

    assert (failed.last_state, failed.error) == ("RollFailed", "EngineNotCalibratedError")
    assert told["stage"] == "failed"
    assert told["reason"].endswith("calibrate it first.")
    assert register.status == "not_taken"
    demand_nobody_absent(register)
    assert (too_early.status, too_early.error) == ("FAILED", "EngineNotCalibratedError")
    assert (mended.status, mended.last_state) == ("SUCCEEDED", "PublishSummary")
    assert (cameras.outcome(capture)["stage"], cameras.stored(capture).reason) == ("recorded", None)
    assert present_in(cameras.register(capture)) == present


def test_frames_that_come_after_their_manifest_are_taken_by_a_redrive(
    cameras: PlayedCameras, frames: dict[str, bytes], present: frozenset[str]
) -> None:
    capture = cameras.command(cameras.school.add_room())
    cameras.tell(capture, manifest_of(capture, frames))
    (failed,) = cameras.executions(capture)

    cameras.upload(capture, frames)
    mended = cameras.rolls.redrive(failed)

    assert (failed.status, failed.error) == ("FAILED", "FrameMissingError")
    assert mended.status == "SUCCEEDED"
    assert present_in(cameras.register(capture)) == present


def test_rolls_in_an_outage_of_rekognition_are_made_good_after_it(
    system: LocalSystem, cameras: PlayedCameras, frames: dict[str, bytes], present: frozenset[str]
) -> None:
    school = cameras.school
    room = school.add_room()
    assert cameras.outcome(cameras.bring(room, frames))["stage"] == "recorded"
    rekognition = system.child(REKOGNITION)
    rekognition.kill()
    system.forget_child(rekognition)
    try:
        first = cameras.bring(school.add_room(), frames)
        second = cameras.bring(room, frames)
        failed = [*cameras.executions(first), *cameras.executions(second)]
        not_taken, as_before = cameras.register(first), cameras.register(second)
    finally:
        system.start_rekognition()
    # Another school's capture may have met the same outage.
    mended = [
        cameras.rolls.redrive(execution)
        for execution in cameras.rolls.failed()
        if execution.error == "ServiceUnavailableError"
    ]

    assert {execution.error for execution in failed} == {"ServiceUnavailableError"}
    assert all("Rekognition" in execution.cause for execution in failed)
    assert not_taken.status == "not_taken"
    demand_nobody_absent(not_taken)
    assert as_before.status == "provisional"
    assert present_in(as_before) == present
    assert {execution.arn for execution in failed} <= {execution.arn for execution in mended}
    assert {execution.status for execution in mended} == {"SUCCEEDED"}
    for capture in (first, second):
        assert cameras.outcome(capture)["stage"] == "recorded"
        assert present_in(cameras.register(capture)) == present
