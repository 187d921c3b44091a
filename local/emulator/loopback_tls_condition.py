"""A connection over the loopback interface counts as encrypted when a policy asks for encryption.

Our buckets, queues and topics refuse requests without TLS (`aws:SecureTransport`), as they should on AWS.
The local gateway speaks plain HTTP on 127.0.0.1, where nobody can listen in, so the policies would refuse
every call.
"""

from typing import Any

from ministack.core import iam_evaluator

from local.emulator import upstream


def apply() -> None:
    """Answer the condition key with true."""

    def resolve(original: Any) -> Any:
        def condition_key(key: str, context: Any) -> Any:
            return "true" if key.lower() == "aws:securetransport" else original(key, context)

        return condition_key

    upstream.replace(iam_evaluator, "_resolve_condition_key", resolve)
