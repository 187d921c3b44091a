"""An execution begins at once.

What upstream lacks: every execution sleeps 150 ms before its first state; a capture takes less than that
from its manifest to its register.
"""

import time
from typing import Any

from ministack.services import stepfunctions

from local.emulator import upstream

DELAY = 0.15


class _TimeWithoutTheDelay:
    """The time module, whose sleep passes over that one delay."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def sleep(self, seconds: float) -> None:
        """Sleep, unless this is the delay before an execution."""
        if seconds != DELAY:
            time.sleep(seconds)


def apply() -> None:
    """Give the module of Step Functions that clock."""
    upstream.check(stepfunctions, "_run_execution")
    stepfunctions.time = _TimeWithoutTheDelay()
