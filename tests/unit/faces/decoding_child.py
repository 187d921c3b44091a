"""A process that decodes what it is given and says what came of it; a crash or a hang is its own alone.

In: four bytes of length, then the picture. Out: a line of JSON.
"""

import json
import resource
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import IO

HERE = Path(__file__).resolve()
SECONDS = 20
"""A picture that takes longer hangs the decoder; the slowest that is allowed takes two."""

MOST_MEBIBYTES = 1024
"""Of address space beyond what the process begins with: the decoder's own bound, and the picture."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`error` is the name of a typed error; `shape` of the picture, where there is one."""

    error: str | None
    shape: tuple[int, int, int] | None
    size: tuple[int, int] | None


class DecodingChild:
    """Asks the child process, which is started anew when it has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def decode(self, data: bytes) -> Outcome:
        """Raises AssertionError where the child crashes, hangs, or says what it should not."""
        process = self._started()
        timer = Timer(SECONDS, process.kill)
        timer.start()
        try:
            line = _exchange(process, data)
        finally:
            timer.cancel()
        if not line:
            code = process.wait()
            self._process = None
            raise AssertionError(f"the decoder died or hung ({code}) on {len(data)} bytes: {data[:200]!r}")
        told = json.loads(line)
        assert "unexpected" not in told, told["unexpected"]
        shape, size = told["shape"], told["size"]
        return Outcome(told["error"], shape and tuple(shape), size and tuple(size))

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, str(HERE)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=HERE.parents[3],
            )
        return self._process


def _exchange(process: "subprocess.Popen[bytes]", data: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(struct.pack(">I", len(data)) + data)
        process.stdin.flush()
    except BrokenPipeError:
        return b""
    return process.stdout.readline()


def _answer(data: bytes) -> dict[str, object]:
    from faces import ImageError, read_picture  # noqa: PLC0415 - the child's alone

    answer: dict[str, object] = {"error": None, "shape": None, "size": None}
    try:
        picture = read_picture(data)
    except ImageError as error:
        return answer | {"error": type(error).__name__}
    return answer | {"shape": picture.pixels.shape, "size": (picture.width, picture.height)}


def _serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    sys.path.insert(0, str(HERE.parents[3]))
    _answer(b"")  # imports all that there is to import
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MOST_MEBIBYTES * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    while head := requests.read(4):
        data = requests.read(*struct.unpack(">I", head))
        try:
            answer = _answer(data)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is to hear of it
            answer = {"unexpected": repr(error)}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)
