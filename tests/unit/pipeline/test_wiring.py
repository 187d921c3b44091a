import inspect
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from attendance.contracts.upload import UploadFile
from pipeline import bootstrap

SETTINGS = {
    "TABLE_NAME": "rollcall",
    "CAPTURES_BUCKET": "rollcall-captures",
    "PORTRAITS_BUCKET": "rollcall-portraits",
    "SUMMARY_TOPIC_ARN": "arn:aws:sns:eu-central-1:123456789012:summaries",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
}


@pytest.fixture(autouse=True)
def _forgotten():
    """What a test wires is wired anew."""
    cached = [function for function in vars(bootstrap).values() if hasattr(function, "cache_clear")]
    for function in cached:
        function.cache_clear()
    yield
    for function in cached:
        function.cache_clear()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment that the stacks give."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_every_port_is_wired_from_the_environment_alone(told):
    """Without a call of AWS: sockets are blocked here."""
    wired = [
        function
        for name, function in vars(bootstrap).items()
        if callable(function)
        and not name.startswith("_")
        and inspect.getmodule(inspect.unwrap(function)) is bootstrap
    ]
    assert len(wired) >= 14
    assert all(function() is not None for function in wired)


def test_upload_addresses_are_signed_with_sigv4(told):
    file = UploadFile(name="1.jpg", bytes=1, sha256="0" * 64, content_type="image/jpeg")
    url = bootstrap.capture_files().upload_url("captures/a/1.jpg", file, seconds=600).url
    assert parse_qs(urlsplit(url).query)["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert "rollcall-captures" in url


@pytest.mark.parametrize(
    ("missing", "port"),
    [
        ("TABLE_NAME", bootstrap.table),
        ("CAPTURES_BUCKET", bootstrap.capture_files),
        ("PORTRAITS_BUCKET", bootstrap.portrait_files),
        ("SUMMARY_TOPIC_ARN", bootstrap.announcer),
    ],
)
def test_a_setting_that_is_missing_is_named(told, missing, port):
    told.delenv(missing)
    with pytest.raises(ValidationError, match=missing.lower()):
        port()


def test_a_topic_that_is_no_arn_is_refused(told):
    told.setenv("SUMMARY_TOPIC_ARN", "summaries")
    with pytest.raises(ValidationError, match="arn:"):
        bootstrap.announcer()


def test_time_is_told_in_utc():
    assert bootstrap.clock().utcoffset().total_seconds() == 0


@pytest.mark.parametrize(
    ("port", "function_s"),
    [
        (bootstrap.table, 20),
        (bootstrap.capture_files, 20),
        (bootstrap.registry, 20),
        (bootstrap.face_index_of_captures, 60),
    ],
)
def test_a_client_gives_up_before_its_function_is_ended(told, port, function_s):
    """A function that is ended fails with a time-out, which is no outage that a state would try again."""
    config = port()._client.meta.config
    attempts = config.retries["total_max_attempts"]
    assert attempts * (config.connect_timeout + config.read_timeout) < function_s
