"""Only the emulator's own root key is root, and only with its right secret.

What upstream lacks: it takes "test", any twelve digits and the configured key as root without looking at the
signature, so under AUTH=true anything that can open a connection to the port may do everything.

What AWS does: every signature is checked, the root user's too.
"""

import contextvars
import os
from typing import Any

from ministack.core import iam_evaluator

from local.emulator import upstream

_checking = contextvars.ContextVar("checking", default=False)


def apply() -> None:
    """Check the signatures of the root key like those of any other."""
    configured = os.environ["AWS_ACCESS_KEY_ID"]

    def is_root_access_key(_: Any) -> Any:
        # No key at all stands for the emulator's own calls from one service to another; a request without
        # a key is refused, or treated as anonymous, before this is asked.
        return lambda access_key_id: not access_key_id or access_key_id == configured

    def is_root_key(_: Any) -> Any:
        return lambda access_key_id: not _checking.get() and iam_evaluator.is_root_access_key(access_key_id)

    def while_checking(original: Any) -> Any:
        def checked(*args: Any, **kwargs: Any) -> Any:
            token = _checking.set(True)
            try:
                return original(*args, **kwargs)
            finally:
                _checking.reset(token)

        return checked

    upstream.replace(iam_evaluator, "is_root_access_key", is_root_access_key)
    upstream.replace(iam_evaluator, "_is_root_key", is_root_key)
    upstream.replace(iam_evaluator, "pin_signed_request", while_checking)
    upstream.replace(iam_evaluator, "caller_verified", while_checking)
