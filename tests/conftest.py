"""What holds for every test: no network where none is needed, this machine alone elsewhere."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import pytest_socket

# Read when pipeline and boto3 are first imported, whichever test comes first.
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "rollcall")
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Rollcall")
os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")

TESTS = Path(__file__).parent
WITHOUT_SOCKETS = (TESTS / "unit", TESTS / "contracts")

# The same examples every time, so that a failure is the change's; HYPOTHESIS_PROFILE=search looks further.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=30)
hypothesis.settings.register_profile("search", deadline=None, max_examples=2_000, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.fixture(autouse=True)
def _network(request: pytest.FixtureRequest) -> Iterator[None]:
    """Block sockets in unit and contract tests (event loops keep theirs), all but loopback in the others."""
    if any(folder in request.path.parents for folder in WITHOUT_SOCKETS):
        pytest_socket.disable_socket(allow_unix_socket=True)
    else:
        pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    pytest_socket._remove_restrictions()
