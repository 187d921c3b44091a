"""Uploads what the bursts left in the spool: frames in order, the manifest last."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from attendance.contracts.capture import Reason
from attendance.contracts.upload import UploadFile, UploadUrl, UploadUrlsAccepted
from device.backoff import Backoff
from device.clock import Clock, ClockUnsyncedError, instant_since
from device.link import LinkError
from device.rpc import NoAnswerError, RpcRejectedError
from device.spool import Spool
from device.store import CaptureClosedError, OpenCapture, Store
from device.transfer import TransferError

logger = logging.getLogger(__name__)


class UrlDesk(Protocol):
    def ask_upload_urls(self, capture_id: str, files: Iterable[UploadFile]) -> UploadUrlsAccepted:
        """Raises RpcRejectedError, NoAnswerError or LinkError."""


class Transfer(Protocol):
    def put(self, upload: UploadUrl, path: Path) -> None:
        """Raises TransferError or FileNotFoundError."""


class Reachable(Protocol):
    def is_ready(self) -> bool:
        """Whether a request can be sent and its answer heard."""


@dataclass(frozen=True, slots=True)
class _Tries:
    failures: int
    next_at: float


class Uploads:
    """Tries until the cloud has every file, for `retention` after the command came.

    Each try asks for URLs anew: they live for minutes, and the cloud answers the same question alike. A
    file that has arrived is not sent again. While the cloud is out of reach nothing counts as a try.
    """

    def __init__(
        self,
        *,
        store: Store,
        spool: Spool,
        desk: UrlDesk,
        transfer: Transfer,
        cloud: Reachable,
        clock: Clock,
        backoff: Backoff,
        retention: timedelta,
    ) -> None:
        self._store = store
        self._spool = spool
        self._desk = desk
        self._transfer = transfer
        self._cloud = cloud
        self._clock = clock
        self._backoff = backoff
        self._retention = retention
        self._tries: dict[str, _Tries] = {}

    def step(self) -> float | None:
        """Try the first capture whose turn it is. Returns the seconds until the next one's, if one waits."""
        captures = [capture for capture in self._store.open_captures() if capture.stage != "accepted"]
        waiting = {capture.capture_id for capture in captures}
        self._tries = {name: tries for name, tries in self._tries.items() if name in waiting}
        pauses = []
        for capture in captures:
            left_s = self._seconds_of_retention(capture)
            if left_s <= 0:
                self._fail(capture, f"not uploaded within {self._retention}")
                return 0
            pauses.append(left_s)
            if not self._cloud.is_ready():
                continue
            tries = self._tries.get(capture.capture_id)
            if tries is None or tries.next_at <= self._clock.monotonic():
                self._try(capture)
                return 0
            pauses.append(tries.next_at - self._clock.monotonic())
        return min(pauses, default=None)

    def _seconds_of_retention(self, capture: OpenCapture) -> float:
        try:
            age = instant_since(capture.receipt, self._clock) - capture.receipt.at
        except ClockUnsyncedError:
            age = timedelta(0)  # nobody knows; the pictures are kept until somebody does
        return (self._retention - age).total_seconds()

    def _try(self, capture: OpenCapture) -> None:
        try:
            self._upload(capture)
        except CaptureClosedError:
            logger.info(
                "the capture was cancelled during its upload", extra={"capture_id": capture.capture_id}
            )
        except FileNotFoundError:
            self._fail(capture, "its files are gone from the spool")
        except RpcRejectedError as error:
            if error.may_retry:
                self._postpone(capture, error)
            else:
                self._fail(capture, str(error))
        except (LinkError, NoAnswerError, TransferError) as error:
            self._postpone(capture, error)

    def _upload(self, capture: OpenCapture) -> None:
        capture_id = capture.capture_id
        files = self._store.files(capture_id)
        missing = [stored.file for stored in files if not stored.is_uploaded]
        if missing:
            answer = self._desk.ask_upload_urls(capture_id, [stored.file for stored in files])
            if capture.stage != "uploading":
                self._store.record_upload_begun(capture_id)
            uploads = {upload.name: upload for upload in answer.uploads}
            for file in missing:
                self._transfer.put(uploads[file.name], self._spool.path(capture_id, file.name))
                self._store.record_uploaded(capture_id, file.name)
                # The next failure is a new one: a slow line that outlives its URLs gets on all the same.
                self._tries.pop(capture_id, None)
        if self._store.end(capture_id, "SUCCEEDED"):
            logger.info("capture uploaded", extra={"capture_id": capture_id})

    def _postpone(self, capture: OpenCapture, error: Exception) -> None:
        tries = self._tries.get(capture.capture_id)
        failures = 1 + (tries.failures if tries else 0)
        pause = self._backoff.after(failures)
        self._tries[capture.capture_id] = _Tries(failures, self._clock.monotonic() + pause)
        logger.warning(
            "upload put off for %.1f s: %s",
            pause,
            error,
            extra={"capture_id": capture.capture_id, "failures": failures},
        )

    def _fail(self, capture: OpenCapture, detail: str) -> None:
        if self._store.end(capture.capture_id, "FAILED", Reason(code="UPLOAD_FAILED", detail=detail[:500])):
            logger.error("upload failed: %s", detail, extra={"capture_id": capture.capture_id})
