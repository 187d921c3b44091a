"""What this process holds and has held, as Linux tells it."""

from pathlib import Path

import pytest

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_FORGET_THE_PEAK = "5"

needs_linux = pytest.mark.skipif(not _CLEAR.exists(), reason="only Linux tells how much a process has held")


def held_mebibytes() -> float:
    return _mebibytes("VmRSS")


def peak_mebibytes() -> float:
    """The most since `forget_peak`."""
    return _mebibytes("VmHWM")


def forget_peak() -> None:
    _CLEAR.write_text(_FORGET_THE_PEAK)


def _mebibytes(name: str) -> float:
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024
