"""Logs as JSON lines on stderr. Nothing here or elsewhere logs a signed URL or a picture."""

import json
import logging
import sys
import threading
from datetime import UTC, datetime

# What every LogRecord has of its own; the rest came in by `extra=`.
_OWN_FIELDS = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and whatever `extra` named."""

    def __init__(self, device_id: str) -> None:
        super().__init__()
        self._device_id = device_id

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "device_id": self._device_id,
        }
        line |= {name: value for name, value in record.__dict__.items() if name not in _OWN_FIELDS}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def log_as_json_lines(device_id: str, level: str) -> None:
    """Send everything that is logged, and what ends a thread, to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(device_id))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # urllib3 logs the path and query of each request at DEBUG, and the query holds the signature.
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    threading.excepthook = _log_uncaught


def _log_uncaught(hook: threading.ExceptHookArgs) -> None:
    name = hook.thread.name if hook.thread else "unknown"
    if hook.exc_value is not None:
        logging.getLogger(__name__).critical("the thread %s failed", name, exc_info=hook.exc_value)
