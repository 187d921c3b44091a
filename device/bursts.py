"""Takes the burst of each accepted command at its time."""

import logging
from datetime import datetime

from attendance.contracts.capture import Reason
from attendance.contracts.upload import Manifest, ManifestFrame, UploadFile
from device import AGENT_VERSION
from device.camera import Camera, CameraError, CameraTimeoutError, OpenCamera, Picture
from device.clock import Clock, ClockUnsyncedError, expiry, instant_since
from device.frames import FrameTooLargeError, encode
from device.quality import QualityJudge, look_at
from device.spool import Spool, SpoolFullError
from device.store import CaptureClosedError, OpenCapture, Store

MANIFEST_NAME = "manifest.json"

logger = logging.getLogger(__name__)


class NoPictureError(Exception):
    """Not one frame of a burst could be taken; `reason` is what the event says."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.detail)
        self.reason = reason


class Bursts:
    """Waits for `not_before`, takes the frames into the spool, and records what it has.

    It alone writes into the spool, so it also tidies it: of captures that have ended, and of what a
    killed agent left behind.
    """

    def __init__(
        self,
        *,
        device_id: str,
        store: Store,
        spool: Spool,
        camera: Camera,
        clock: Clock,
        judge: QualityJudge,
    ) -> None:
        self._device_id = device_id
        self._store = store
        self._spool = spool
        self._camera = camera
        self._clock = clock
        self._judge = judge

    def step(self) -> float | None:
        """Take the first burst that is due. Returns the seconds until the next will be, if one is waiting."""
        captures = self._store.open_captures()
        self._spool.sweep(keep=[capture.capture_id for capture in captures])
        pauses = []
        for capture in captures:
            if capture.stage != "accepted":
                continue
            pause = self._seconds_until_due(capture)
            if pause is None:
                return 0
            if pause <= 0:
                self._take(capture)
                return 0
            pauses.append(pause)
        return min(pauses, default=None)

    def _seconds_until_due(self, capture: OpenCapture) -> float | None:
        """None when it will never be due: the capture has been ended then."""
        command = capture.command
        try:
            now = instant_since(capture.receipt, self._clock)
        except ClockUnsyncedError as error:
            self._reject(capture, Reason(code="CLOCK_UNSYNCED", detail=str(error)))
            return None
        reason = expiry(command, now)
        if reason is not None:
            self._reject(capture, reason)
            return None
        return (command.not_before - now).total_seconds()

    def _take(self, capture: OpenCapture) -> None:
        capture_id = capture.capture_id
        try:
            files = self._take_into_spool(capture)
            self._store.record_burst(capture_id, files)
        except NoPictureError as error:
            self._fail(capture, error.reason)
        except SpoolFullError as error:
            self._fail(capture, Reason(code="DISK_FULL", detail=str(error)))
        except CaptureClosedError:
            logger.info("the capture was cancelled during its burst", extra={"capture_id": capture_id})
        else:
            logger.info("burst of %d frames taken", len(files) - 1, extra={"capture_id": capture_id})

    def _take_into_spool(self, capture: OpenCapture) -> tuple[UploadFile, ...]:
        self._spool.begin(capture.capture_id, capture.command.burst.frames)
        try:
            with self._camera.open() as camera:
                taken = self._take_frames(capture, camera)
        except CameraError as error:  # it did not open
            raise NoPictureError(_camera_reason(error)) from error
        manifest = Manifest(
            capture_id=capture.capture_id,
            device_id=self._device_id,
            frames=tuple(frame for frame, _ in taken),
            agent_version=AGENT_VERSION,
        )
        last = self._spool.write(capture.capture_id, MANIFEST_NAME, manifest.to_json(), "application/json")
        return (*(file for _, file in taken), last)

    def _take_frames(
        self, capture: OpenCapture, camera: OpenCamera
    ) -> list[tuple[ManifestFrame, UploadFile]]:
        """As many of the commanded frames as the camera gives: a bad one does not lose the others."""
        command = capture.command
        taken: list[tuple[ManifestFrame, UploadFile]] = []
        reason = Reason(code="CAMERA_UNAVAILABLE")
        for turn in range(command.burst.frames):
            if turn:
                self._clock.sleep(command.burst.interval_ms / 1000)
            taken_at = instant_since(capture.receipt, self._clock)
            if taken and taken_at >= command.expires_at:
                logger.warning(
                    "the command expired during its burst", extra={"capture_id": capture.capture_id}
                )
                break
            try:
                taken.append(self._keep(capture, len(taken) + 1, camera.read(), taken_at))
            except (CameraError, FrameTooLargeError) as error:
                reason = _camera_reason(error)
                logger.warning("a frame is missing: %s", error, extra={"capture_id": capture.capture_id})
        if not taken:
            raise NoPictureError(reason)
        return taken

    def _keep(
        self, capture: OpenCapture, number: int, picture: Picture, taken_at: datetime
    ) -> tuple[ManifestFrame, UploadFile]:
        problems = self._judge.judge(look_at(picture.pixels))
        frame = encode(picture, capture.command.image)
        file = self._spool.write(capture.capture_id, f"{number}.jpg", frame.jpeg, "image/jpeg")
        return (
            ManifestFrame(
                name=file.name,
                bytes=file.bytes,
                sha256=file.sha256,
                taken_at=taken_at,
                width=frame.width,
                height=frame.height,
                problems=problems,
            ),
            file,
        )

    def _reject(self, capture: OpenCapture, reason: Reason) -> None:
        if self._store.end(capture.capture_id, "REJECTED", reason):
            logger.warning(
                "capture rejected: %s %s",
                reason.code,
                reason.detail,
                extra={"capture_id": capture.capture_id},
            )

    def _fail(self, capture: OpenCapture, reason: Reason) -> None:
        if self._store.end(capture.capture_id, "FAILED", reason):
            logger.error(
                "capture failed: %s %s", reason.code, reason.detail, extra={"capture_id": capture.capture_id}
            )


def _camera_reason(error: Exception) -> Reason:
    code = "CAMERA_TIMEOUT" if isinstance(error, CameraTimeoutError) else "CAMERA_UNAVAILABLE"
    return Reason(code=code, detail=str(error)[:500])
