"""Judge the recognition of whole classes: ``python -m benchmarks.evaluate --set DIR [DIR ...]``.

The frames go through the use cases of take-roll, over the face engine in this process, with stores in memory.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from attendance.adapters.pictures import picture_errors
from attendance.domain.errors import PictureTooLargeError, PictureUnreadableError
from attendance.domain.policy import DEFAULT_POLICY
from benchmarks.bands import BANDS_BLOCK, bands_table
from benchmarks.bare_loop import BareLoop
from benchmarks.class_sets import ClassSet, ClassSetError, LabelledCapture, read_class_set
from benchmarks.documents import NoBlockError, check_blocks, write_block
from benchmarks.intervals import rate, share
from benchmarks.judging import Score, add_scores, judge_marks, misidentified
from benchmarks.machine import Circumstances
from benchmarks.measured_class import Frame, MeasuredClass, TakenRoll
from benchmarks.miss_report import MissReport
from benchmarks.tables import Table
from faces import FaceEngine

BLOCK: Final = "class sets"
"""Of the document that the table is written into."""

_HEADINGS: Final = (
    "set",
    "captures",
    "present",
    "recognised",
    "doubtful",
    "absent",
    "false present",
    "false doubtful",
    "misidentified",
    "frames",
    "s / bare",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status: 0, or 2 where a folder is no class set or the document lacks a block."""
    asked = _parse(arguments)
    circumstances = Circumstances.now()
    try:
        class_sets = [read_class_set(folder) for folder in asked.set]
        if asked.document:
            check_blocks(asked.document, [BLOCK, BANDS_BLOCK])
    except (ClassSetError, NoBlockError, OSError) as error:
        print(f"evaluate: {error}", file=sys.stderr)
        return 2
    engine, bare = FaceEngine(), BareLoop()
    reports = [MissReport(class_set) for class_set in class_sets]
    scores = [evaluate(report.class_set, engine, bare, report) for report in reports]
    total = add_scores(scores, "total")
    table = scores_table([*scores, total] if len(scores) > 1 else scores)
    print(table.as_text())
    if asked.json:
        result = {"sets": [score.as_json() for score in scores], "total": total.as_json()}
        asked.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if asked.document:
        write_block(asked.document, BLOCK, f"{table.as_markdown()}\n\n{circumstances.sentence()}")
        write_block(asked.document, BANDS_BLOCK, bands_table(DEFAULT_POLICY).as_markdown())
    if asked.report:
        for report in reports:
            print(f"{len(report.misses)} misses explained in {report.write(asked.report)}")
    return 0


def evaluate(class_set: ClassSet, engine: FaceEngine, bare: BareLoop, report: MissReport) -> Score:
    """Enrol a class, take the roll of each of its captures, and judge; report what is missed."""
    measured = MeasuredClass(engine, class_set.students)
    for student_id, portraits in class_set.portraits.items():
        measured.enrol(student_id, [path.read_bytes() for path in portraits])
    _print_enrolment(class_set, measured)
    score = Score(class_set.name)
    faces = searched = 0
    for number, capture in enumerate(class_set.captures):
        frames = read_frames(capture)
        # Whoever goes second finds the caches warm, so they take turns.
        if number % 2:
            bare_seconds = _time_bare(bare, frames)
            taken, seconds = _time_roll(measured, frames, capture)
        else:
            taken, seconds = _time_roll(measured, frames, capture)
            bare_seconds = _time_bare(bare, frames)
        wrong = misidentified(capture, taken.sightings)
        report.add(capture, taken, wrong)
        faces += taken.searched.faces
        searched += taken.searched.searched
        judged = replace(
            judge_marks(taken.register, capture.present),
            captures=1,
            misidentified=len(wrong),
            frames=len(frames),
            seconds=seconds,
            bare_seconds=bare_seconds,
        )
        score = add_scores([score, judged], class_set.name)
    print(f"  {searched} of {faces} faces were searched")
    return score


def read_frames(capture: LabelledCapture) -> list[Frame]:
    return [
        Frame(number, capture.width, capture.height, path.read_bytes())
        for number, path in capture.frames.items()
    ]


def _time_roll(
    measured: MeasuredClass, frames: Sequence[Frame], capture: LabelledCapture
) -> tuple[TakenRoll, float]:
    began = time.perf_counter()
    taken = measured.take(frames, capture.frame_count)
    return taken, time.perf_counter() - began


def _time_bare(bare: BareLoop, frames: Sequence[Frame]) -> float:
    began = time.perf_counter()
    for frame in frames:
        with suppress(PictureUnreadableError, PictureTooLargeError), picture_errors(str(frame.number)):
            bare.run(frame.data)
    return time.perf_counter() - began


def _print_enrolment(class_set: ClassSet, measured: MeasuredClass) -> None:
    portraits = sum(len(paths) for paths in class_set.portraits.values())
    accepted = portraits - len(measured.refusals)
    print(
        f"{class_set.name}: {len(measured.enrolled)} of {len(class_set.students)} students enrolled, "
        f"with {accepted} of {portraits} portraits"
    )
    for refusal in measured.refusals:
        print(f"  {refusal.student_id} portrait {refusal.portrait} refused: {refusal.reason}")
    for student_id in sorted(set(class_set.students) - measured.enrolled):
        print(f"  {student_id} has no face reference and cannot be recognised")


def scores_table(scores: Sequence[Score]) -> Table:
    """The counts, with the intervals of 95 % of the shares of the recognised and the falsely present."""
    return Table(_HEADINGS, [_cells(score) for score in scores])


def _cells(score: Score) -> tuple[str, ...]:
    ratio = f"{score.seconds / score.bare_seconds:.2f}" if score.bare_seconds else "-"
    return (
        score.set,
        str(score.captures),
        str(score.present),
        f"{score.recognised}, {share(score.recognised, score.present)}",
        str(score.doubtful),
        str(score.absent),
        rate(score.false_present, score.absent),
        str(score.false_doubtful),
        str(score.misidentified),
        str(score.frames),
        ratio,
    )


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evaluate", description=__doc__)
    parser.add_argument("--set", nargs="+", type=Path, required=True, metavar="DIR", help="class sets")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the counts there")
    parser.add_argument("--document", type=Path, metavar="FILE", help="write the table into this document")
    parser.add_argument("--report", type=Path, metavar="DIR", help="explain each miss there with its picture")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
