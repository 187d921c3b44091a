"""Measure what taking a roll costs and how that grows: ``python -m benchmarks.bench``.

Figures are ratios within one run, or counts: they mean something on any machine. Growth is told in the time
of the processor, which other programs disturb least. Frames are composed of the demo's portraits; for classes
that are labelled ``benchmarks.evaluate`` prints the ratio to the bare loop too.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from benchmarks.crowds import Person, people_of
from benchmarks.documents import NoBlockError, check_blocks, write_block
from benchmarks.growth import CLASS_SIZE, FULL_HD, Bench, Point
from benchmarks.machine import Circumstances
from benchmarks.peak_memory import LargePhotoTask, Peak, RollTask, peak_of
from benchmarks.plots import Chart, Line, svg_of
from benchmarks.tables import Table
from demo.portraits import DEFAULT_CACHE, PortraitFolder, PortraitsError, fetch_portraits
from faces import FaceEngine

BLOCKS: Final = ("bare loop", "growth", "enrolled", "memory", "circumstances")
"""Of the document that the tables are written into."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run has brought so far."""

    captures: tuple[Point, ...] = ()
    faces: tuple[Point, ...] = ()
    pixels: tuple[Point, ...] = ()
    enrolled: tuple[Point, ...] = ()
    memory: tuple[Peak, ...] = ()

    def tables(self) -> dict[str, Table]:
        """Those that have rows, by the name of their block."""
        tables = {
            "bare loop": captures_table(self.captures),
            "growth": growth_table([self.faces, self.pixels]),
            "enrolled": enrolled_table(self.enrolled),
            "memory": memory_table(self.memory),
        }
        return {name: table for name, table in tables.items() if table.rows}

    def charts(self) -> list[Chart]:
        """Those that have points."""
        charts = []
        if self.faces:
            charts.append(growth_chart("Faces in a 1080p frame", "faces", self.faces))
        if self.pixels:
            charts.append(growth_chart("Pixels, with 30 faces", "megapixels", self.pixels))
        if self.enrolled:
            charts.append(growth_chart("Enrolled in the school", "students", self.enrolled, logarithmic=True))
        return charts

    def as_json(self) -> dict[str, object]:
        return {
            "captures": [_point_json(point) for point in self.captures],
            "faces": [_point_json(point) for point in self.faces],
            "pixels": [_point_json(point) for point in self.pixels],
            "enrolled": [_point_json(point) for point in self.enrolled],
            "memory": [
                {
                    "task": peak.task,
                    "before_mib": round(peak.before_mib, 1),
                    "peak_mib": round(peak.peak_mib, 1),
                }
                for peak in self.memory
            ],
        }


def measure(portraits: PortraitFolder, repeats: int) -> Iterator[Measured]:
    """Measure everything, some minutes, and say after each part what there is so far."""
    engine = FaceEngine()
    people = people_of(portraits, engine)
    bench = Bench(engine, people, repeats, _tell)
    measured = Measured(captures=tuple(bench.captures()))
    yield measured
    measured = replace(measured, faces=tuple(bench.with_faces()))
    yield measured
    measured = replace(measured, pixels=tuple(bench.with_pixels()))
    yield measured
    measured = replace(measured, enrolled=tuple(bench.with_enrolled()))
    yield measured
    yield replace(measured, memory=tuple(_memory(people[:CLASS_SIZE])))


def captures_table(points: Sequence[Point]) -> Table:
    """The pipeline over the bare loop."""
    rows = [
        (point.label, str(point.faces), f"{point.ratio:.2f}", f"{point.cpu_ratio:.2f}") for point in points
    ]
    return Table(("capture", "faces seen", "time / bare loop", "CPU time / bare loop"), rows)


def growth_table(series: Sequence[Sequence[Point]]) -> Table:
    """Each series beside its own first point, in the processor's time, and beside the bare loop."""
    rows = [
        (
            point.label,
            str(point.faces),
            f"{point.pipeline.cpu_seconds / points[0].pipeline.cpu_seconds:.2f}",
            f"{point.bare.cpu_seconds / points[0].bare.cpu_seconds:.2f}",
            f"{point.ratio:.2f}",
            f"{point.cpu_ratio:.2f}",
        )
        for points in series
        for point in points
    ]
    headings = (
        "frame",
        "faces seen",
        "CPU time / first",
        "bare loop's CPU time / first",
        "time / bare loop",
        "CPU time / bare loop",
    )
    return Table(headings, rows)


def enrolled_table(points: Sequence[Point]) -> Table:
    """The roll, and the search of one face alone, beside the smallest school."""
    rows = [
        (
            point.label,
            f"{point.pipeline.cpu_seconds / first.pipeline.cpu_seconds:.2f}",
            f"{point.ratio:.2f}",
            f"{point.cpu_ratio:.2f}",
            f"{point.search.seconds / first.search.seconds:.1f}",
            f"{point.search.seconds / point.bare.seconds * point.faces:.4f}",
        )
        for first in points[:1]
        for point in points
        if point.search is not None and first.search is not None
    ]
    headings = (
        "school",
        "CPU time / first",
        "time / bare loop",
        "CPU time / bare loop",
        "one search / first",
        "one search / a face of the bare loop",
    )
    return Table(headings, rows)


def memory_table(peaks: Sequence[Peak]) -> Table:
    """Mebibytes."""
    rows = [(peak.task, f"{peak.before_mib:.0f}", f"{peak.peak_mib:.0f}") for peak in peaks]
    return Table(("process", "MiB before", "MiB at most"), rows)


def growth_chart(title: str, x_name: str, points: Sequence[Point], *, logarithmic: bool = False) -> Chart:
    """Pipeline and bare loop in the processor's time, as multiples of the bare loop of the first point."""
    unit = points[0].bare.cpu_seconds
    lines = (
        Line("whole roll", tuple((point.amount, point.pipeline.cpu_seconds / unit) for point in points)),
        Line("bare loop", tuple((point.amount, point.bare.cpu_seconds / unit) for point in points)),
    )
    return Chart(title, x_name, "CPU time, first bare loop = 1", lines, logarithmic)


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status: 0, or 1 where something could not be measured or written; the rest is kept."""
    asked = _parse(arguments)
    circumstances = Circumstances.now()
    measured = Measured()
    try:
        if asked.document:
            check_blocks(asked.document, BLOCKS)
        for measured in measure(fetch_portraits(asked.portraits), asked.repeats):
            _keep(measured, circumstances, asked)
    except (PortraitsError, NoBlockError, BrokenProcessPool, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    finally:
        for name, table in measured.tables().items():
            print(f"{name}\n{table.as_text()}\n")
        print(circumstances.sentence())
    return 0


def _keep(measured: Measured, circumstances: Circumstances, asked: argparse.Namespace) -> None:
    """Write what there is, so that a run that ends early was not for nothing."""
    if asked.document:
        for name, table in measured.tables().items():
            write_block(asked.document, name, table.as_markdown())
        write_block(asked.document, "circumstances", circumstances.sentence())
    if asked.json:
        asked.json.write_text(json.dumps(measured.as_json(), indent=1) + "\n", encoding="utf-8")
    if asked.plot and measured.charts():
        asked.plot.write_text(svg_of(measured.charts()), encoding="utf-8")


def _memory(people: Sequence[Person]) -> list[Peak]:
    crowd = tuple(people)
    tasks: list[RollTask | LargePhotoTask] = [
        RollTask(crowd, FULL_HD, 3),
        RollTask(crowd, (3840, 2160), 3),
        LargePhotoTask(crowd),
    ]
    peaks = []
    for task in tasks:
        _tell(task.words)
        peaks.append(peak_of(task))
    return peaks


def _point_json(point: Point) -> dict[str, object]:
    told: dict[str, object] = {
        "label": point.label,
        "amount": point.amount,
        "frames": point.frames,
        "faces": point.faces,
        "seconds": round(point.pipeline.seconds, 5),
        "cpu_seconds": round(point.pipeline.cpu_seconds, 5),
        "bare_seconds": round(point.bare.seconds, 5),
        "bare_cpu_seconds": round(point.bare.cpu_seconds, 5),
        "ratio": round(point.ratio, 4),
        "cpu_ratio": round(point.cpu_ratio, 4),
    }
    return told | ({} if point.search is None else {"search_seconds": round(point.search.seconds, 8)})


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the growth there, as an SVG")
    parser.add_argument("--document", type=Path, metavar="FILE", help="write the tables into this document")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="the least of N (%(default)s)")
    parser.add_argument(
        "--portraits", type=Path, default=DEFAULT_CACHE, metavar="DIR", help="their cache (%(default)s)"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
