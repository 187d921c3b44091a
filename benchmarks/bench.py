"""Measure what taking a roll costs and how that grows: ``python -m benchmarks.bench``.

Figures are ratios within one run, or counts: they mean something on any machine. Growth is told in the time
of the processor, which other programs disturb least. Frames are composed of the demo's portraits; for classes
that are labelled ``benchmarks.evaluate`` prints the ratio to the bare loop too.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crowds import Person, people_of
from benchmarks.documents import NoBlockError, write_block
from benchmarks.growth import CLASS_SIZE, FULL_HD, Bench, Point
from benchmarks.machine import Circumstances
from benchmarks.peak_memory import LargePhotoTask, Peak, RollTask, peak_of
from benchmarks.plots import Chart, Line, svg_of
from benchmarks.tables import Table
from demo.portraits import DEFAULT_CACHE, PortraitFolder, PortraitsError, fetch_portraits
from faces import FaceEngine


@dataclass(frozen=True, slots=True)
class Measured:
    """All that one run brought."""

    captures: tuple[Point, ...]
    faces: tuple[Point, ...]
    pixels: tuple[Point, ...]
    enrolled: tuple[Point, ...]
    memory: tuple[Peak, ...]

    def tables(self) -> dict[str, Table]:
        """By the name of their place in the document."""
        return {
            "bare loop": captures_table(self.captures),
            "growth": growth_table([self.faces, self.pixels]),
            "enrolled": enrolled_table(self.enrolled),
            "memory": memory_table(self.memory),
        }

    def charts(self) -> list[Chart]:
        return [
            growth_chart("Faces in a 1080p frame", "faces", self.faces),
            growth_chart("Pixels, with 30 faces", "megapixels", self.pixels),
            growth_chart("Enrolled in the school", "students", self.enrolled, logarithmic=True),
        ]

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


def measure(portraits: PortraitFolder, repeats: int) -> Measured:
    """Measure everything; some minutes."""
    engine = FaceEngine()
    people = people_of(portraits, engine)
    bench = Bench(engine, people, repeats, _tell)
    return Measured(
        captures=tuple(bench.captures()),
        faces=tuple(bench.with_faces()),
        pixels=tuple(bench.with_pixels()),
        enrolled=tuple(bench.with_enrolled()),
        memory=tuple(_memory(people[:CLASS_SIZE])),
    )


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
    first = points[0]
    rows = [
        (
            point.label,
            f"{point.pipeline.cpu_seconds / first.pipeline.cpu_seconds:.2f}",
            f"{point.ratio:.2f}",
            f"{point.cpu_ratio:.2f}",
            f"{point.search.seconds / first.search.seconds:.1f}",
            f"{point.search.seconds / point.bare.seconds * point.faces:.4f}",
        )
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
    """Return the exit status: 0, or 1 where the portraits cannot be had or a file cannot be written."""
    asked = _parse(arguments)
    circumstances = Circumstances.now()
    try:
        measured = measure(fetch_portraits(asked.portraits), asked.repeats)
        sentence = circumstances.sentence()
        for name, table in measured.tables().items():
            print(f"{name}\n{table.as_text()}\n")
            if asked.document:
                write_block(asked.document, name, table.as_markdown())
        print(sentence)
        if asked.document:
            write_block(asked.document, "circumstances", sentence)
        if asked.json:
            asked.json.write_text(json.dumps(measured.as_json(), indent=1) + "\n", encoding="utf-8")
        if asked.plot:
            asked.plot.write_text(svg_of(measured.charts()), encoding="utf-8")
    except (PortraitsError, NoBlockError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


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
