"""The benchmark of the running system: its school, its captures and its figures."""

import json
from collections.abc import Iterator
from hashlib import sha256

import numpy as np
import pytest

from attendance.contracts.upload import Manifest
from benchmarks import bench_system
from benchmarks.bench_system import Herd, LastByte, Reads, SystemMeasured, quantile
from benchmarks.crowds import Person
from benchmarks.measured_class import Frame
from benchmarks.system_school import school_of, upload_frames
from local.errors import LocalRunError
from local.stores import Stores

PEOPLE = [Person(name, name.encode(), np.zeros((4, 4, 3), np.uint8)) for name in ("ann", "ben")]
BURST = [Frame(1, 1920, 1080, b"first"), Frame(2, 1920, 1080, b"second")]


class Bucket:
    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}

    def put(self, key: str, content: bytes, content_type: str) -> None:
        self.contents[key] = content


class CapturesFromMemory:
    def __init__(self) -> None:
        self.added = []

    def add(self, capture) -> bool:
        self.added.append(capture)
        return True


@pytest.fixture
def captures() -> CapturesFromMemory:
    return CapturesFromMemory()


@pytest.fixture
def stores(captures) -> Stores:
    return Stores(schools=None, students=None, captures=captures, registers=None)


def reads(reader: str, **figures: float) -> Reads:
    return Reads(reader=reader, rate=100, requests=1000, query_median=0.004, **figures)


def measured() -> SystemMeasured:
    return SystemMeasured(
        LastByte(captures=10, median=2.0, p95=3.0, bare_seconds=1.5),
        Herd(rooms=40, right=39, seconds=90.0, bare_seconds=60.0),
        (
            reads("with all", answered_rate=98.8, failed=2, median=0.01, p99=0.04),
            reads("alone", answered_rate=100.0, failed=0, median=0.006, p99=0.02),
        ),
    )


def test_everybody_is_on_the_roster_of_every_room():
    school = school_of(PEOPLE, ["r1", "r2"])

    assert [entry.section_ids for entry in school.students] == [("sec-r1", "sec-r2")] * 2
    assert {(lesson.room_id, lesson.section_id) for lesson in school.timetable.lessons} == {
        ("r1", "sec-r1"),
        ("r2", "sec-r2"),
    }


def test_nothing_is_captured_that_the_benchmark_did_not_ask_for():
    assert school_of(PEOPLE, ["r1"]).policy.capture_moments == ()


def test_the_frames_of_a_capture_are_uploaded_and_the_manifest_waits(stores, captures):
    bucket = Bucket()

    played = upload_frames("r1", BURST, stores, bucket)

    (capture,) = captures.added
    assert (capture.room_id, capture.capture_id) == ("r1", played.capture_id)
    assert sorted(bucket.contents.values()) == [b"first", b"second"]
    assert played.manifest_key not in bucket.contents


def test_the_manifest_tells_of_the_frames_that_were_uploaded(stores):
    bucket = Bucket()

    played = upload_frames("r1", BURST, stores, bucket)

    manifest = Manifest.model_validate(json.loads(played.manifest))
    assert [(frame.name, frame.sha256) for frame in manifest.frames] == [
        ("1.jpg", sha256(b"first").hexdigest()),
        ("2.jpg", sha256(b"second").hexdigest()),
    ]
    folder = played.manifest_key.rsplit("/", 1)[0]
    assert all(key.startswith(folder) for key in bucket.contents)


def test_each_figure_stands_beside_its_goal():
    rows = [row[1:] for row in measured().table().rows]

    assert list(rows) == [
        ("2.00 (3.0 s)", "2 and 1 s more (4.0 s)"),
        ("39 of 40", "all"),
        ("1.50", "1.3"),
        ("2", "0"),
        ("99", "100"),
        ("2.5", ""),
        ("10.0", "5"),
        ("0", "0"),
        ("100", "100"),
        ("1.5", ""),
        ("5.0", "5"),
    ]


def test_what_was_not_measured_has_no_figures():
    whole = measured()

    assert len(SystemMeasured(whole.last_byte).table().rows) == 1
    assert len(SystemMeasured(reads=whole.reads).table().rows) == 8


def test_a_run_that_ends_early_keeps_what_it_measured(tmp_path, monkeypatch, capsys):
    def measure(*_: object) -> Iterator[SystemMeasured]:
        yield SystemMeasured(measured().last_byte)
        raise LocalRunError("the emulator has ended")

    monkeypatch.setattr(bench_system, "_measure", measure)
    document, result = tmp_path / "speed.md", tmp_path / "out.json"
    document.write_text("<!-- system: begin -->\n<!-- system: end -->\n")

    status = bench_system.main(["--document", str(document), "--json", str(result)])

    assert status == 1
    assert "the emulator has ended" in capsys.readouterr().err
    assert "| 2.00 (3.0 s) |" in document.read_text()
    assert json.loads(result.read_text())["last_byte"]["p95"] == 3.0


def test_a_part_that_could_not_be_measured_is_not_a_success(monkeypatch):
    monkeypatch.setattr(bench_system, "_measure", lambda *_: (part for part in [SystemMeasured()]))

    assert bench_system.main([]) == 1


def test_the_result_holds_the_three_measurements():
    assert set(measured().as_json()) == {"last_byte", "herd", "reads"}


@pytest.mark.parametrize(("share", "found"), [(0.5, 5), (0.95, 10), (0.99, 10), (0.1, 1), (1.0, 10)])
def test_a_quantile_is_the_least_value_that_enough_values_do_not_exceed(share, found):
    assert quantile(range(1, 11), share) == found


def test_no_values_have_no_quantile():
    with pytest.raises(ValueError, match="no quantile"):
        quantile([], 0.5)
