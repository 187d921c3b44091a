"""Bringing pictures to the cloud."""

from datetime import timedelta

import pytest
from device_fakes import A_CAPTURE, ANOTHER_CAPTURE, World, a_command

from attendance.contracts.capture import BurstSettings
from device.link import LinkError
from device.rpc import NoAnswerError, RpcRejectedError
from device.transfer import TransferError


@pytest.fixture
def taken(world: World) -> World:
    """A world whose burst is in the spool."""
    world.command(a_command())
    world.bursts.step()
    return world


def test_frames_are_uploaded_in_order_and_the_manifest_last(taken: World) -> None:
    taken.settle()

    assert taken.cloud.puts == [
        f"{A_CAPTURE}/{name}" for name in ("1.jpg", "2.jpg", "3.jpg", "manifest.json")
    ]
    assert taken.cloud.questions == 1


def test_the_cloud_is_told_each_stage_once(taken: World) -> None:
    taken.settle()

    assert taken.told() == [
        ("IN_PROGRESS", "accepted"),
        ("IN_PROGRESS", "captured"),
        ("IN_PROGRESS", "uploading"),
        ("SUCCEEDED", "uploaded"),
    ]
    assert [event.frames for event in taken.events()] == [0, 3, 3, 3]


def test_pictures_are_deleted_when_they_have_arrived(taken: World) -> None:
    taken.settle()

    assert taken.spool.captures() == ()


@pytest.mark.parametrize(
    "failure",
    [TransferError("HTTP status 403"), TransferError("HTTP status 503"), TransferError("no answer")],
)
def test_a_failed_upload_is_tried_again_with_new_urls_from_where_it_was(
    taken: World, failure: Exception
) -> None:
    taken.uploads.step()  # nothing has failed yet: everything goes
    assert taken.cloud.questions == 1
    taken.command(a_command(ANOTHER_CAPTURE))
    taken.bursts.step()
    taken.cloud.failures = [failure, failure]
    taken.settle()

    assert taken.told(ANOTHER_CAPTURE)[-1] == ("SUCCEEDED", "uploaded")
    assert taken.cloud.questions == 4
    mine = [key for key in taken.cloud.puts if key.startswith(ANOTHER_CAPTURE)]
    assert mine == [f"{ANOTHER_CAPTURE}/{name}" for name in ("1.jpg", "2.jpg", "3.jpg", "manifest.json")]


def test_a_file_whose_answer_was_lost_is_not_doubled(taken: World) -> None:
    taken.cloud.answers_lost = {"2.jpg", "manifest.json"}
    taken.settle()

    assert taken.told()[-1] == ("SUCCEEDED", "uploaded")
    assert taken.cloud.puts.count(f"{A_CAPTURE}/1.jpg") == 1
    assert len(taken.cloud.objects) == 4


def test_the_pause_doubles_up_to_its_bound_and_starts_anew_after_progress(taken: World) -> None:
    failing = TransferError("HTTP status 503")
    taken.cloud.failures = [failing] * 9
    pauses = []
    for _ in range(9):
        taken.uploads.step()
        pause = taken.uploads.step()
        assert pause is not None
        pauses.append(pause)
        taken.clock.pass_time(timedelta(seconds=pause))

    assert pauses == pytest.approx([1, 2, 4, 8, 16, 32, 64, 120, 120])

    taken.cloud.answers_lost = {"2.jpg"}
    taken.uploads.step()  # the first frame arrives, the second one's answer is lost
    assert taken.uploads.step() == pytest.approx(1)


def test_an_upload_is_tried_until_its_retention_ends(taken: World) -> None:
    taken.cloud.failures = [TransferError("HTTP status 503")] * 10_000
    taken.settle()

    last = taken.events()[-1]
    assert (last.status, last.reason and last.reason.code) == ("FAILED", "UPLOAD_FAILED")
    assert taken.spool.captures() == ()
    assert taken.cloud.questions > 24 * 3600 / 120 - 10


def test_retention_ends_offline_as_well(taken: World) -> None:
    taken.cloud.is_reachable = False
    taken.clock.pass_time(timedelta(hours=23, minutes=59))
    assert taken.uploads.step() == pytest.approx(58)  # the burst took two
    assert taken.spool.captures() == (A_CAPTURE,)

    taken.settle()

    assert taken.told()[-1][0] == "FAILED"
    assert taken.spool.captures() == ()
    assert taken.cloud.questions == 0


def test_pictures_are_kept_while_nobody_knows_how_old_they_are(taken: World) -> None:
    taken.cloud.is_reachable = False
    taken.clock.reboot()
    taken.clock.jump(-timedelta(days=365))
    taken.restart()
    taken.uploads.step()

    assert taken.spool.captures() == (A_CAPTURE,)
    taken.cloud.is_reachable = True
    taken.settle()
    assert taken.told()[-1] == ("SUCCEEDED", "uploaded")


def test_what_was_taken_in_time_is_uploaded_long_after_its_command_expired(taken: World) -> None:
    taken.cloud.is_reachable = False
    taken.clock.pass_time(timedelta(hours=20))
    taken.cloud.is_reachable = True
    taken.settle()

    assert taken.told()[-1] == ("SUCCEEDED", "uploaded")


def test_a_refusal_that_is_final_fails_the_capture(taken: World) -> None:
    taken.cloud.refusals = [RpcRejectedError("CAPTURE_CLOSED", "too late", may_retry=False)]
    taken.settle()

    last = taken.events()[-1]
    assert (last.status, last.reason and last.reason.code) == ("FAILED", "UPLOAD_FAILED")
    assert last.reason is not None
    assert "CAPTURE_CLOSED" in last.reason.detail
    assert taken.spool.captures() == ()


@pytest.mark.parametrize(
    "refusal",
    [
        RpcRejectedError("UNAVAILABLE", "later", may_retry=True),
        NoAnswerError("silence"),
        LinkError("offline"),
    ],
)
def test_a_question_without_an_answer_is_asked_again(taken: World, refusal: Exception) -> None:
    taken.cloud.refusals = [refusal]
    taken.settle()

    assert taken.told()[-1] == ("SUCCEEDED", "uploaded")
    assert taken.cloud.questions == 2


def test_a_capture_that_cannot_be_uploaded_does_not_hold_up_the_next(taken: World) -> None:
    taken.cloud.refusals = [RpcRejectedError("UNAVAILABLE", "later", may_retry=True)]
    taken.uploads.step()
    taken.command(a_command(ANOTHER_CAPTURE, burst=BurstSettings(frames=1)))
    taken.bursts.step()
    taken.uploads.step()
    taken.tell()

    assert taken.told(ANOTHER_CAPTURE)[-1] == ("SUCCEEDED", "uploaded")
    assert taken.told()[-1] == ("IN_PROGRESS", "captured")


def test_files_that_vanished_from_the_spool_fail_the_capture(taken: World) -> None:
    taken.spool.path(A_CAPTURE, "2.jpg").unlink()
    taken.settle()

    last = taken.events()[-1]
    assert (last.status, last.reason and last.reason.code) == ("FAILED", "UPLOAD_FAILED")


def test_a_cancel_during_the_upload_ends_it(taken: World) -> None:
    taken.cloud.answers_lost = {"1.jpg"}
    taken.uploads.step()
    taken.cancel(A_CAPTURE)
    taken.settle()

    assert taken.told()[-1][0] == "CANCELLED"
    assert f"{A_CAPTURE}/manifest.json" not in taken.cloud.objects
