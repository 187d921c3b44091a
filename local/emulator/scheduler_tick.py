"""A schedule fires when it is due.

What upstream lacks: it looks at its schedules every ten seconds, so a minute's tick comes after anything from
sixty to seventy.

What AWS does: it fires within the minute that is due; ours looks every second.
"""

from ministack.services import scheduler

from local.emulator import upstream

SECONDS = 1


def apply() -> None:
    """Look more often."""
    upstream.check(scheduler, "_SCHEDULE_TICK_INTERVAL")
    upstream.check(scheduler, "_ticker_loop")
    scheduler._SCHEDULE_TICK_INTERVAL = SECONDS
