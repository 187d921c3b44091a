"""The side of a peer: requests on standard input, answers on standard output, one JSON object a line.

Runs in the peers' environment, so it knows the standard library alone.
"""

import json
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TextIO


class AttendanceScript(Protocol):
    """What a peer does for a class."""

    def enrol(self, portraits: Mapping[str, Sequence[str]]) -> Iterable[str]:
        """Forget whoever was enrolled, enrol everybody from paths by student id, and return who could be."""

    def take(self, frames: Sequence[str]) -> Iterable[str]:
        """Return the ids of the students that are seen in any of the pictures."""


def answer_requests(script: AttendanceScript) -> None:
    """Answer until standard input ends. What libraries print goes to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    sys.stdout = sys.stderr
    answer_lines(script, sys.stdin, answers)


def answer_lines(script: AttendanceScript, requests: Iterable[str], answers: TextIO) -> None:
    """Answer each line; ``cpu_seconds`` is what this process spent on it, all its threads together."""
    for line in requests:
        request: dict[str, Any] = json.loads(line)
        began = time.process_time()
        if "enrol" in request:
            answer = {"enrolled": sorted(script.enrol(request["enrol"]))}
        else:
            answer = {"found": sorted(script.take(request["take"]))}
        answers.write(json.dumps(answer | {"cpu_seconds": time.process_time() - began}) + "\n")
        answers.flush()
