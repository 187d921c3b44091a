"""The two machines on the emulator, deployed once."""

import pytest
from stage import Stage

from local.emulator.clients import Clients


@pytest.fixture(scope="session")
def take_roll(aws: Clients) -> Stage:
    steps = (
        "OpenCapture",
        "ResolveMeeting",
        "DetectFaces",
        "SearchFaces",
        "DecideMarks",
        "RecordMarks",
        "PublishSummary",
        "RecordFailure",
    )
    return Stage(aws, "take-roll", steps)


@pytest.fixture(scope="session")
def enrol_student(aws: Clients) -> Stage:
    return Stage(aws, "enrol-student", ("CheckPortrait", "IndexPortrait", "RecordRefusal"))
