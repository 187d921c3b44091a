"""What functions print can be read in a file, as it happens.

What upstream lacks: the lines are to be had through the CloudWatch Logs API alone, a stream an invocation.

The file is `lambda.log` in the emulator's data folder: a line of a function's output with its name in front.
"""

import logging
import logging.handlers
import os
from pathlib import Path
from typing import Any

from ministack.services import lambda_svc

from local.emulator import upstream

FILE = "lambda.log"
BYTES = 10 << 20
OLD_FILES = 1


def apply() -> None:
    """Write each invocation's output into the file besides the log group."""
    file = Path(os.environ["STATE_DIR"]).parent / FILE
    handler = logging.handlers.RotatingFileHandler(file, maxBytes=BYTES, backupCount=OLD_FILES, delay=True)
    log = logging.getLogger("lambda_log_file")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False

    def emit(original: Any) -> Any:
        def emit_lambda_logs(
            func: dict[str, Any], request_id: str, text: str, *args: Any, **kwargs: Any
        ) -> None:
            name = (func.get("config") or func).get("FunctionName", "")
            for line in (text or "").splitlines():
                log.info("%s %s", name, line)
            original(func, request_id, text, *args, **kwargs)

        return emit_lambda_logs

    upstream.replace(lambda_svc, "_emit_lambda_logs", emit)
