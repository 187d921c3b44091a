"""Time, and how far a device may trust its own clock."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Protocol
from uuid import uuid4

from attendance.contracts.capture import CaptureCommand, Reason

# A command cannot arrive before it was sent. A clock that says so by more than this is behind.
TOLERATED_SKEW = timedelta(minutes=2)

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# Unlike CLOCK_MONOTONIC it counts the time that the machine slept; macOS has no such clock.
_AGEING_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class StoppingError(Exception):
    """The agent is asked to stop; what was going on is taken up again at the next start."""


class ClockUnsyncedError(Exception):
    """The device was restarted since the command came, and its clock is behind the moment it came."""


class Clock(Protocol):
    """`monotonic` is in seconds and comparable within one `boot_id` only."""

    @property
    def boot_id(self) -> str: ...

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...

    def sleep(self, seconds: float) -> None:
        """Raises StoppingError when the agent is asked to stop meanwhile."""


class SystemClock:
    def __init__(self, stopping: Event) -> None:
        self._stopping = stopping
        # Where the kernel does not name its boot, each process counts as one: the wall clock decides then.
        self._boot_id = _BOOT_ID.read_text().strip() if _BOOT_ID.exists() else str(uuid4())

    @property
    def boot_id(self) -> str:
        return self._boot_id

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.clock_gettime(_AGEING_CLOCK)

    def sleep(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise StoppingError


@dataclass(frozen=True, slots=True)
class Receipt:
    """When a command came: the anchor by which its deadlines are judged, whatever the wall clock does later.

    Parameters
    ----------
    at
        The wall clock's word, or the moment of the request where the clock was behind even that.
    monotonic
        Seconds on the ageing clock of the boot named `boot_id`.
    """

    at: datetime
    monotonic: float
    boot_id: str


def receive(command: CaptureCommand, clock: Clock) -> Receipt:
    now = clock.now()
    is_behind = now < command.requested_at - TOLERATED_SKEW
    return Receipt(command.requested_at if is_behind else now, clock.monotonic(), clock.boot_id)


def instant_since(receipt: Receipt, clock: Clock) -> datetime:
    """The present moment, as well as this device can know it.

    Within the boot in which the command came that is its receipt plus its age, so a clock that jumps
    moves no deadline. After a restart only the wall clock is left.

    Raises
    ------
    ClockUnsyncedError
        After a restart, when the wall clock is behind the receipt.
    """
    if clock.boot_id == receipt.boot_id:
        return receipt.at + timedelta(seconds=clock.monotonic() - receipt.monotonic)
    now = clock.now()
    if now < receipt.at:
        raise ClockUnsyncedError(f"the clock says {now:%Y-%m-%d %H:%M:%S}Z, before the command came")
    return now


def expiry(command: CaptureCommand, now: datetime) -> Reason | None:
    """Why a command may not be taken any more, if it has expired: its picture would be of another lesson."""
    if now < command.expires_at:
        return None
    late_s = (now - command.expires_at).total_seconds()
    return Reason(code="EXPIRED", detail=f"expired {late_s:.0f} s ago by this device's clock")
