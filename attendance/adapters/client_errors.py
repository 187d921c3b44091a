"""One translation of what boto3 raises: the rest of the project knows only its own errors."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, ParamValidationError

from attendance.domain.errors import ServiceUnavailableError, ThrottledError

_THROTTLED = {
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
}


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def translated(service: str) -> Iterator[None]:
    """Turn throttling and outages into transient errors; everything else, a wrong call of ours too, is left.

    Raises
    ------
    ThrottledError, ServiceUnavailableError
    """
    try:
        yield
    except ClientError as error:
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        if code_of(error) in _THROTTLED or status == 429:
            raise ThrottledError(f"{service} asks to slow down: {code_of(error)}") from error
        if status >= 500:
            raise ServiceUnavailableError(f"{service} failed: {code_of(error)}") from error
        raise
    except ParamValidationError:
        raise
    except (HTTPClientError, ConnectionError) as error:
        raise ServiceUnavailableError(f"{service} could not be reached: {type(error).__name__}") from error
    except BotoCoreError as error:
        raise ServiceUnavailableError(f"{service} could not be called: {type(error).__name__}") from error


@contextmanager
def tolerating(*codes: str) -> Iterator[None]:
    """Go on where a service answers with one of these codes: what was asked for is so already."""
    try:
        yield
    except ClientError as error:
        if code_of(error) not in codes:
            raise
