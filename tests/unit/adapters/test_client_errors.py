import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    IncompleteReadError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

from attendance.adapters.client_errors import code_of, translated
from attendance.domain.errors import ServiceUnavailableError, ThrottledError
from tests.fakes.aws_client import client_error


def raise_translated(error: Exception) -> None:
    with translated("Rekognition"):
        raise error


@pytest.mark.parametrize(
    "error",
    [
        client_error("ThrottlingException"),
        client_error("ProvisionedThroughputExceededException"),
        client_error("SlowDown", 503),
        client_error("TooManyRequestsException", 429),
        client_error("SomethingNew", 429),
    ],
)
def test_throttling_is_throttling_whatever_a_service_calls_it(error):
    with pytest.raises(ThrottledError, match="Rekognition asks to slow down") as raised:
        raise_translated(error)
    assert raised.value.__cause__ is error


@pytest.mark.parametrize(
    "error",
    [
        client_error("InternalServerError", 500),
        client_error("ServiceUnavailable", 503),
        ConnectTimeoutError(endpoint_url="https://x"),
        ReadTimeoutError(endpoint_url="https://x"),
        ConnectionClosedError(endpoint_url="https://x"),
        IncompleteReadError(actual_bytes=1, expected_bytes=2),
        NoCredentialsError(),
        ConnectionResetError(),
    ],
)
def test_an_outage_is_worth_another_try(error):
    with pytest.raises(ServiceUnavailableError, match="Rekognition"):
        raise_translated(error)


@pytest.mark.parametrize(
    "error",
    [
        client_error("AccessDeniedException"),
        client_error("ValidationException"),
        client_error("ResourceNotFoundException", 404),
        client_error(""),
        ParamValidationError(report="Missing required parameter"),
        ValueError("a bug of ours"),
    ],
)
def test_what_trying_again_cannot_mend_keeps_its_name(error):
    with pytest.raises(type(error)) as raised:
        raise_translated(error)
    assert raised.value is error


def test_a_message_tells_no_addresses():
    """An endpoint may be a signed URL."""
    with pytest.raises(ServiceUnavailableError) as raised:
        raise_translated(ReadTimeoutError(endpoint_url="https://bucket/x?X-Amz-Signature=secret"))
    assert "secret" not in str(raised.value)


def test_a_code_is_read_from_any_answer():
    assert code_of(client_error("SlowDown")) == "SlowDown"
    assert code_of(ClientError({}, "Operation")) == ""
    assert issubclass(ParamValidationError, BotoCoreError)
