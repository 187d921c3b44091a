"""Measure the running system: ``python -m benchmarks.bench_system``.

Starts everything that `make run` starts, but for the cameras, and measures: from the last byte uploaded to
the register readable in the API; many rooms at the same minute; reads of the API at a steady rate. Each is
beside what was measured in the same run: a bare loop over the same frames, a bare Query of the table.
"""

import argparse
import json
import math
import sys
import tempfile
import time
import urllib.error
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from attendance.adapters.s3 import S3ObjectStore
from benchmarks.application import Application
from benchmarks.bare_loop import BareLoop
from benchmarks.crowds import burst_of, people_of
from benchmarks.documents import NoBlockError, check_blocks, write_block
from benchmarks.growth import FULL_HD
from benchmarks.machine import Circumstances
from benchmarks.measured_class import Frame, MeasuredClass
from benchmarks.system_school import PlayedCapture, register_cameras, school_of, upload_frames
from benchmarks.tables import Table
from demo.portraits import DEFAULT_CACHE, PortraitsError, fetch_portraits
from faces import FaceEngine
from local.dashboard import Dashboard
from local.emulator.ports import free_port
from local.errors import LocalRunError
from local.settings import LocalSettings
from local.system import LocalSystem

BLOCK: Final = "system"
"""Of the document that the table is written into."""

CLASS_SIZE: Final = 10
FRAMES: Final = 3
_QUIET_ROOM: Final = "r0"
# Asking is work for the machine that is measured: the more there is to wait for, the less often.
_POLL_SECONDS: Final = 0.1
_HERD_POLL_SECONDS: Final = 0.5
_WAIT_SECONDS: Final = 240
"""For one capture, and for those of all rooms together."""

_READERS: Final = 32
_ENDED: Final = {"failed", "no_meeting"}


@dataclass(frozen=True, slots=True)
class LastByte:
    """Captures one after the other: from the manifest's upload to the register in the API, in seconds."""

    captures: int
    median: float
    p95: float
    bare_seconds: float


@dataclass(frozen=True, slots=True)
class Herd:
    """Captures of many rooms at once: from the first manifest to the last register, in seconds.

    Attributes
    ----------
    right
        Registers that say of everybody what the use cases in one process say; one that did not come in time
        does not.
    bare_seconds
        The bare loop over the frames of all rooms.
    """

    rooms: int
    right: int
    seconds: float
    bare_seconds: float


@dataclass(frozen=True, slots=True)
class Reads:
    """Reads of a register, in seconds, counted from when each was due; and a bare Query of the table.

    Attributes
    ----------
    reader
        What answered.
    rate, answered_rate
        Reads a second: that were due, and that were answered.
    """

    reader: str
    rate: float
    answered_rate: float
    requests: int
    failed: int
    median: float
    p99: float
    query_median: float


@dataclass
class SystemBench:
    """Measures a started system whose school is `school_of`."""

    system: LocalSystem
    burst: Sequence[Frame]
    progress: Callable[[str], None]

    def __post_init__(self) -> None:
        settings = self.system.settings
        self._dashboard = Dashboard(settings.dashboard_url, self.system.sign_ins["admin"])
        self._token = self._dashboard.token()
        self._files = S3ObjectStore(self.system.clients.client("s3"), self.system.outputs["CapturesBucket"])

    def last_byte(self, captures: int, bare_seconds: float) -> LastByte:
        """Take the same room's roll again and again; the first warms the functions up and is not counted."""
        seconds = []
        for number in range(captures + 1):
            self.progress(f"capture {number} of {captures}")
            capture = self._upload(_QUIET_ROOM)
            began = time.perf_counter()
            self._begin(capture)
            self._dashboard.get(f"/v1/registers/{self._await(capture)}", self._token)
            seconds.append(time.perf_counter() - began)
        counted = sorted(seconds[1:])
        return LastByte(captures, quantile(counted, 0.5), quantile(counted, 0.95), bare_seconds)

    def herd(self, rooms: Sequence[str], expected: frozenset[str], bare_seconds: float) -> Herd:
        """Begin the rolls of all rooms at once."""
        self.progress(f"{len(rooms)} rooms at once")
        captures = [self._upload(room) for room in rooms]
        began = time.perf_counter()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(self._begin, captures))
        deadline = time.monotonic() + _WAIT_SECONDS
        meetings = []
        for capture in captures:
            try:
                meetings.append(self._await(capture, deadline, _HERD_POLL_SECONDS))
            except LocalRunError as error:
                self.progress(str(error))
        seconds = time.perf_counter() - began
        right = sum(self._present(meeting) == expected for meeting in meetings)
        return Herd(len(rooms), right, seconds, bare_seconds * len(rooms))

    def register_to_read(self) -> str:
        """The id of a meeting with a register."""
        return self._await(self._begin(self._upload(_QUIET_ROOM)))

    def reads_of_api(self, meeting: str, rate: float, seconds: float) -> Reads:
        """Read one register through the front, the gateway and the function, many readers at once."""

        def read() -> bool:
            try:
                self._dashboard.get(f"/v1/registers/{meeting}", self._token)
            except (urllib.error.URLError, TimeoutError):
                return False
            return True

        return self._reads("through the emulator's gateway", read, meeting, rate, seconds, _READERS)

    def reads_of_application(self, meeting: str, rate: float, seconds: float) -> Reads:
        """Read it from the application in this process, which answers one read at a time."""
        system = self.system
        application = Application.of(system.clients, system.outputs, system.school.school_id)

        def read() -> bool:
            return application.get(f"/v1/registers/{meeting}") == HTTPStatus.OK

        return self._reads("from the application alone", read, meeting, rate, seconds, 1)

    def _reads(
        self, reader: str, read: Callable[[], bool], meeting: str, rate: float, seconds: float, readers: int
    ) -> Reads:
        """Read at a steady rate, however long the answers take."""
        self.progress(f"{rate:.0f} reads a second {reader} for {seconds:.0f} s")
        read()  # warms up
        query = self._query_median(meeting)
        began = time.perf_counter() + 0.1

        def read_when_due(number: int) -> float | None:
            due = began + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            return time.perf_counter() - due if read() else None

        with ThreadPoolExecutor(readers) as pool:
            answers = list(pool.map(read_when_due, range(round(rate * seconds))))
        passed = time.perf_counter() - began
        taken = sorted(answer for answer in answers if answer is not None)
        if not taken:
            raise LocalRunError(f"no read {reader} was answered")
        return Reads(
            reader=reader,
            rate=rate,
            answered_rate=len(taken) / passed,
            requests=len(answers),
            failed=len(answers) - len(taken),
            median=quantile(taken, 0.5),
            p99=quantile(taken, 0.99),
            query_median=query,
        )

    def _upload(self, room: str) -> PlayedCapture:
        return upload_frames(room, self.burst, self.system.stores, self._files)

    def _begin(self, capture: PlayedCapture) -> PlayedCapture:
        self._files.put(capture.manifest_key, capture.manifest, "application/json")
        return capture

    def _await(
        self, capture: PlayedCapture, deadline: float | None = None, poll_seconds: float = _POLL_SECONDS
    ) -> str:
        """The id of the meeting, once its register has the capture."""
        deadline = deadline or time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < deadline:
            state = self._dashboard.get(f"/v1/captures/{capture.capture_id}", self._token)
            if state["stage"] == "recorded":
                return str(state["meeting_id"])
            if state["stage"] in _ENDED:
                message = f"the capture of {capture.room} ended as {state['stage']}: {state['reason']}"
                raise LocalRunError(message)
            time.sleep(poll_seconds)
        message = f"the capture of {capture.room} brought no register within {_WAIT_SECONDS} s"
        raise LocalRunError(message)

    def _present(self, meeting: str) -> frozenset[str]:
        register = self._dashboard.get(f"/v1/registers/{meeting}", self._token)
        return frozenset(mark["student_id"] for mark in register["marks"] if mark["status"] == "present")

    def _query_median(self, meeting: str) -> float:
        """Of a Query that brings the same register from the table."""
        table = self.system.clients.client("dynamodb")
        asked = {
            "TableName": self.system.outputs["TableName"],
            "KeyConditionExpression": "PK = :pk AND SK = :sk",
            "ExpressionAttributeValues": {
                ":pk": {"S": f"SCHOOL#{self.system.school.school_id}#MEETING#{meeting}"},
                ":sk": {"S": "REGISTER"},
            },
        }
        taken = []
        for _ in range(100):
            began = time.perf_counter()
            answer = table.query(**asked)
            taken.append(time.perf_counter() - began)
            if answer["Count"] != 1:
                raise LocalRunError(f"the table has no register of {meeting}")
        return quantile(sorted(taken), 0.5)


@dataclass(frozen=True, slots=True)
class SystemMeasured:
    """What a run has brought so far."""

    last_byte: LastByte | None = None
    herd: Herd | None = None
    reads: tuple[Reads, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every part could be measured."""
        return self.last_byte is not None and self.herd is not None and len(self.reads) == 2

    def table(self) -> Table:
        """Each figure beside its goal."""
        rows = [
            *(_last_byte_rows(self.last_byte) if self.last_byte else ()),
            *(_herd_rows(self.herd) if self.herd else ()),
            *(row for reads in self.reads for row in _reads_rows(reads)),
        ]
        return Table(("what", "measured", "goal"), rows)

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def _last_byte_rows(byte: LastByte) -> Iterator[tuple[str, str, str]]:
    yield (
        f"last byte uploaded to register in the API, p95 of {byte.captures}, over the bare loop",
        f"{byte.p95 / byte.bare_seconds:.2f} ({byte.p95:.1f} s)",
        f"2 and 1 s more ({2 * byte.bare_seconds + 1:.1f} s)",
    )


def _herd_rows(herd: Herd) -> Iterator[tuple[str, str, str]]:
    yield (
        f"{herd.rooms} rooms at once, {FRAMES} frames each: registers right",
        f"{herd.right} of {herd.rooms}",
        "all",
    )
    yield "the same, over the bare loop of all frames", f"{herd.seconds / herd.bare_seconds:.2f}", "1.3"


def _reads_rows(reads: Reads) -> Iterator[tuple[str, str, str]]:
    what = f"{reads.requests} reads of a register at {reads.rate:.0f}/s {reads.reader}: failed"
    yield what, str(reads.failed), "0"
    yield "the same, answered a second", f"{reads.answered_rate:.0f}", f"{reads.rate:.0f}"
    yield "the same, p50 over a bare Query's p50", f"{reads.median / reads.query_median:.1f}", ""
    yield "the same, p99 over a bare Query's p50", f"{reads.p99 / reads.query_median:.1f}", "5"


def quantile(ordered: Sequence[float], share: float) -> float:
    """The least value that at least such a share of the ascending values does not exceed.

    Raises
    ------
    ValueError
        There are no values.
    """
    if not ordered:
        raise ValueError("no values have no quantile")
    return ordered[max(0, math.ceil(share * len(ordered) - 1e-9) - 1)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status: 0, or 1 where something could not be measured or written; the rest is kept."""
    asked = _parse(arguments)
    circumstances = Circumstances.now()
    measured = SystemMeasured()
    try:
        if asked.document:
            check_blocks(asked.document, [BLOCK])
        with (
            tempfile.TemporaryDirectory(prefix="rollcall-bench-") as folder,
            closing(_measure(asked, Path(folder))) as parts,
        ):
            for measured in parts:
                _keep(measured, circumstances, asked)
    except (LocalRunError, PortraitsError, NoBlockError, OSError) as error:
        print(f"bench_system: {error}", file=sys.stderr)
        return 1
    finally:
        print(f"{measured.table().as_text()}\n{_sentence(circumstances)}")
    return 0 if measured.is_whole else 1


def _keep(measured: SystemMeasured, circumstances: Circumstances, asked: argparse.Namespace) -> None:
    """Write what there is, so that a run that ends early was not for nothing."""
    if asked.json:
        asked.json.write_text(json.dumps(measured.as_json(), indent=1) + "\n", encoding="utf-8")
    if asked.document:
        text = f"{measured.table().as_markdown()}\n\n{_sentence(circumstances)}"
        write_block(asked.document, BLOCK, text)


def _sentence(circumstances: Circumstances) -> str:
    index = {"rekognition": "Rekognition Local", "engine": "the engine in the functions"}
    return f"Faces were found by {index[LocalSettings().face_index]}. {circumstances.sentence()}"


def _measure(asked: argparse.Namespace, folder: Path) -> Generator[SystemMeasured]:
    """Say after each part what there is so far; a part that fails is told, and missing from then on."""
    engine = FaceEngine()
    people = people_of(fetch_portraits(asked.portraits), engine)[:CLASS_SIZE]
    burst = burst_of(people, len(people), FULL_HD, FRAMES)
    in_process = MeasuredClass(engine, {person.name: person.name for person in people})
    for person in people:
        in_process.enrol(person.name, [person.portrait])
    marks = in_process.take(burst, FRAMES).register.marks
    expected = frozenset(who for who, mark in marks.items() if mark.status == "present")
    rooms = [f"r{number}" for number in range(1, asked.rooms + 1)]
    school = school_of(people, [_QUIET_ROOM, *rooms])
    settings = LocalSettings(
        dashboard_port=free_port(),
        aws_port=free_port(),
        mqtt_port=free_port(),
        rekognition_port=free_port(),
        data_dir=folder,
    )
    system = LocalSystem(settings, progress=_tell, prepare_school=lambda _: school)
    try:
        system.start()
        register_cameras([_QUIET_ROOM, *rooms], system.clients)
        bench = SystemBench(system, burst, _tell)
        bare_seconds = _bare_seconds(burst)
        measured = SystemMeasured()
        with _told():
            measured = replace(measured, last_byte=bench.last_byte(asked.captures, bare_seconds))
        yield measured
        with _told():
            measured = replace(measured, herd=bench.herd(rooms, expected, bare_seconds))
        yield measured
        for read in (bench.reads_of_api, bench.reads_of_application):
            with _told():
                reads = read(bench.register_to_read(), asked.rate, asked.seconds)
                measured = replace(measured, reads=(*measured.reads, reads))
            yield measured
    finally:
        system.stop()


@contextmanager
def _told() -> Iterator[None]:
    """Say why a part could not be measured, and go on."""
    try:
        yield
    except (LocalRunError, BotoCoreError, ClientError, OSError) as error:
        _tell(f"not measured: {error}")


def _bare_seconds(burst: Sequence[Frame]) -> float:
    bare = BareLoop()
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        for frame in burst:
            bare.run(frame.data)
        taken.append(time.perf_counter() - began)
    return min(taken)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_system", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--document", type=Path, metavar="FILE", help="write the table into this document")
    parser.add_argument("--captures", type=int, default=10, metavar="N", help="one by one (%(default)s)")
    parser.add_argument("--rooms", type=int, default=40, metavar="N", help="at once (%(default)s)")
    parser.add_argument("--rate", type=float, default=100, metavar="N", help="reads a second (%(default)s)")
    parser.add_argument("--seconds", type=float, default=10, metavar="N", help="of reads (%(default)s)")
    parser.add_argument(
        "--portraits", type=Path, default=DEFAULT_CACHE, metavar="DIR", help="their cache (%(default)s)"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
