"""What the emulator only ever adds to stays within bounds, in memory and in each checkpoint.

What upstream lacks: an end to its log streams, of which every invocation of a function makes one, and to its
list of events that were put on a bus.

What AWS does: log groups have a retention, which our templates set; events are not kept.
"""

from typing import Any

from ministack.services import cloudwatch_logs, eventbridge, lambda_svc

from local.emulator import upstream

STREAMS_KEPT = 100  # of a log group, the newest
EVENTS_KEPT = 100


def apply() -> None:
    """Forget the oldest when something new comes."""

    def emit(original: Any) -> Any:
        def emit_lambda_logs(func: dict[str, Any], *args: Any, **kwargs: Any) -> None:
            original(func, *args, **kwargs)
            config = func.get("config") or func
            name = (config.get("LoggingConfig") or {}).get(
                "LogGroup"
            ) or f"/aws/lambda/{config['FunctionName']}"
            group = cloudwatch_logs._log_groups.get(name)
            if group is not None:
                _forget_the_oldest(group["streams"], STREAMS_KEPT)

        return emit_lambda_logs

    def events(original: Any) -> Any:
        def events_log_list() -> list[Any]:
            kept: list[Any] = original()
            del kept[:-EVENTS_KEPT]
            return kept

        return events_log_list

    upstream.replace(lambda_svc, "_emit_lambda_logs", emit)
    upstream.replace(eventbridge, "_events_log_list", events)


def _forget_the_oldest(streams: dict[str, Any], most: int) -> None:
    """Drop entries from the front of `streams`, which keeps the order in which they were made."""
    for name in list(streams)[: max(0, len(streams) - most)]:
        streams.pop(name, None)
