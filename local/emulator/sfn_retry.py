"""Retries wait as long as the state machine says, and no longer.

What upstream lacks: MaxDelaySeconds and JitterStrategy of a Retry are ignored.

What AWS does: the delay grows by BackoffRate up to MaxDelaySeconds, and with FULL jitter is drawn evenly
between nothing and that.
"""

import random
from typing import Any

from ministack.services import stepfunctions

from local.emulator import upstream


def apply() -> None:
    """Hand the wanted delay to the caller as an interval that does not grow."""

    def find(original: Any) -> Any:
        def find_matching_retrier(retriers: Any, error: str, counts: dict[int, int]) -> Any:
            retrier, index = original(retriers, error, counts)
            if retrier is None:
                return retrier, index
            delay = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** counts.get(
                index, 0
            )
            delay = min(delay, retrier.get("MaxDelaySeconds", delay))
            if retrier.get("JitterStrategy") == "FULL":
                delay = random.uniform(0, delay)  # noqa: S311 - spreads load, guards nothing
            return {**retrier, "IntervalSeconds": delay, "BackoffRate": 1.0}, index

        return find_matching_retrier

    upstream.replace(stepfunctions, "_find_matching_retrier", find)
    upstream.check(stepfunctions, "_execute_task")
