"""A state machine sees a throttled function as AWS names it, so that its Retry can match it.

What upstream lacks: the error is called `Lambda.Unknown`.

What AWS does: it is `Lambda.TooManyRequestsException`.
"""

from typing import Any

from ministack.services import lambda_svc, stepfunctions

from local.emulator import upstream

NAME = "Lambda.TooManyRequestsException"


def apply() -> None:
    """Rename the error by what the function's own answer says."""
    upstream.check(lambda_svc, "_throttle_response")

    def call(original: Any) -> Any:
        def call_lambda(function: str, event: Any) -> Any:
            try:
                return original(function, event)
            except stepfunctions._ExecutionError as error:
                if error.error == "Lambda.Unknown" and "ConcurrentInvocationLimitExceeded" in error.cause:
                    raise stepfunctions._ExecutionError(NAME, error.cause) from error
                raise

        return call_lambda

    upstream.replace(stepfunctions, "_call_lambda", call)
