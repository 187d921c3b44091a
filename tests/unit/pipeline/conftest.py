import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from pipeline import bootstrap, runtime
from tests.fakes.idempotency import InMemoryIdempotency
from tests.fakes.school_with_cameras import SchoolWithCameras


@dataclass(frozen=True)
class Context:
    """What the handlers see of Lambda's context."""

    function_name: str = "a-function"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:123456789012:function:a-function"
    aws_request_id: str = "6d5f8a0e-0000-4000-8000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


@pytest.fixture
def context() -> Context:
    return Context()


@pytest.fixture
def school(monkeypatch: pytest.MonkeyPatch) -> SchoolWithCameras:
    """The school that the handlers' bootstrap is wired to."""
    school = SchoolWithCameras()
    idempotency = InMemoryIdempotency()
    wiring = {
        "schools": lambda: school.schools,
        "students": lambda: school.students,
        "captures": lambda: school.captures,
        "registers": lambda: school.registers,
        "projections": lambda: school.projections,
        "capture_files": lambda: school.pictures,
        "portrait_files": lambda: school.portraits,
        "registry": lambda: school.registry,
        "messenger": lambda: school.messenger,
        "announcer": lambda: school.announcer,
        "face_detector_of_captures": lambda: school.index,
        "face_index_of_captures": lambda: school.index,
        "face_index_of_portraits": lambda: school.index,
        "idempotency": lambda: idempotency,
        "clock": school.clock,
    }
    for name, port in wiring.items():
        monkeypatch.setattr(bootstrap, name, port)
    return school


@pytest.fixture
def logged() -> Iterator[Callable[[], list[dict]]]:
    """The log lines so far."""
    buffer = io.StringIO()
    stream = runtime.logger.registered_handler.setStream(buffer)
    yield lambda: [json.loads(line) for line in buffer.getvalue().splitlines()]
    runtime.logger.registered_handler.setStream(stream)


@pytest.fixture
def sqs() -> Callable[..., dict]:
    """An event of SQS with a message a body; what is not text is written as JSON."""

    def event(*bodies: object) -> dict:
        return {
            "Records": [
                {
                    "messageId": f"message-{number}",
                    "receiptHandle": "handle",
                    "body": body if isinstance(body, str) else json.dumps(body),
                    "attributes": {"ApproximateReceiveCount": "1"},
                    "messageAttributes": {},
                    "eventSource": "aws:sqs",
                    "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:queue",
                    "awsRegion": "eu-central-1",
                }
                for number, body in enumerate(bodies, start=1)
            ]
        }

    return event
