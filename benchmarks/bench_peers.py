"""Compare with other libraries on labelled classes: ``python -m benchmarks.bench_peers --set DIR [DIR ...]``.

Each library with its defaults, on the same frames in the same run: engines take turns at each capture, one at
work at a time, each as free to use all cores as it is able to. Enrolment is not in the time of a frame.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.class_sets import ClassSet, ClassSetError, LabelledCapture, read_class_set
from benchmarks.documents import NoBlockError, check_blocks, write_block
from benchmarks.machine import Circumstances
from benchmarks.peers.installed import PEERS
from benchmarks.peers.roll_takers import PeerError, RollcallTaker, RollTaker, Taken
from benchmarks.tables import Table

BLOCK: Final = "peers"
"""Of the document that the table is written into."""

_OURS: Final = RollcallTaker.name
_HEADINGS: Final = (
    "set",
    "engine",
    "enrolled",
    "present",
    "found",
    "absent",
    "false present",
    "frames",
    "s a frame",
    "/ rollcall's",
    "CPU s a frame",
    "/ rollcall's CPU",
)


@dataclass(frozen=True, slots=True)
class PeerScore:
    """What one engine made of one set.

    Attributes
    ----------
    students, enrolled
        On the roster; and those of whose portraits the engine kept one.
    found, false_present
        Students said to be present: of the `present`, and of the `absent`. Who is hidden in every frame is
        neither.
    seconds, cpu_seconds
        From the files of the frames to the answer, of all captures together.
    """

    set: str
    engine: str
    students: int = 0
    enrolled: int = 0
    found: int = 0
    present: int = 0
    false_present: int = 0
    absent: int = 0
    frames: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    def seeing(self, capture: LabelledCapture, taken: Taken) -> "PeerScore":
        """The score with one more capture."""
        present = {student_id for student_id, was_there in capture.present.items() if was_there}
        absent = capture.present.keys() - present
        return PeerScore(
            self.set,
            self.engine,
            self.students,
            self.enrolled,
            self.found + len(present & taken.found),
            self.present + len(present),
            self.false_present + len(absent & taken.found),
            self.absent + len(absent),
            self.frames + len(capture.frames),
            self.seconds + taken.seconds,
            self.cpu_seconds + taken.cpu_seconds,
        )

    def as_json(self) -> dict[str, object]:
        return {
            "set": self.set,
            "engine": self.engine,
            "found": self.found,
            "present": self.present,
            "false_present": self.false_present,
            "absent": self.absent,
            "seconds_per_frame": round(self.seconds / self.frames, 4) if self.frames else None,
        }


def compare(
    class_set: ClassSet, takers: Sequence[RollTaker], captures: int | None = None
) -> Iterator[list[PeerScore]]:
    """Let every engine take the rolls of a set, one capture after the other, in turns.

    Whoever ends is told and left out of the whole set, so that all scores are of the same captures.

    Parameters
    ----------
    captures
        Only the first so many.

    Yields
    ------
    The scores so far, after each capture.
    """
    scores: dict[str, PeerScore] = {}
    for taker in takers:
        with _told(scores, taker):
            enrolled = taker.enrol(class_set)
            scores[taker.name] = PeerScore(class_set.name, taker.name, len(class_set.students), enrolled)
            _tell(f"{class_set.name}: {taker.name} enrolled {enrolled} of {len(class_set.students)} students")
    for number, capture in enumerate(class_set.captures[:captures]):
        # Whoever goes first reads the files from the disk.
        first = number % len(takers)
        for taker in [*takers[first:], *takers[:first]]:
            if taker.name not in scores:
                continue
            with _told(scores, taker):
                taken = taker.take(capture)
                scores[taker.name] = scores[taker.name].seeing(capture, taken)
                _tell(
                    f"{class_set.name} {capture.capture_id}: {taker.name} saw {len(taken.found)} students, "
                    f"{taken.seconds / max(len(capture.frames), 1):.2f} s a frame"
                )
        yield list(scores.values())


def totals(scores: Sequence[PeerScore]) -> list[PeerScore]:
    """One score an engine that did all sets, the sets together."""
    sets = {score.set for score in scores}
    by_engine: dict[str, list[PeerScore]] = {}
    for score in scores:
        by_engine.setdefault(score.engine, []).append(score)
    return [_total(engine, own) for engine, own in by_engine.items() if len(own) == len(sets)]


def table(scores: Sequence[PeerScore]) -> Table:
    """Lay out scores, those of a set below each other, and the totals below all where there are more sets."""
    several = len({score.set for score in scores}) > 1
    shown = [*scores, *totals(scores)] if several else scores
    return Table(_HEADINGS, list(_rows(shown)), worded=2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status: 0, 1 where a peer is missing or ended, or 2 where a folder is no class set."""
    asked = _parse(arguments)
    circumstances = Circumstances.now()
    done: list[PeerScore] = []
    try:
        if asked.document:
            check_blocks(asked.document, [BLOCK])
        class_sets = [read_class_set(folder) for folder in asked.set]
        with ExitStack() as stack:
            takers: list[RollTaker] = [RollcallTaker()]
            for name in asked.peer or PEERS:
                peer = PEERS[name].start(name)
                stack.callback(peer.close)
                takers.append(peer)
            for class_set in class_sets:
                before = done
                for scores in compare(class_set, takers, asked.captures):
                    done = [*before, *scores]
                    # After each capture, because the slowest engines make this a matter of minutes.
                    _write(done, circumstances, asked)
    except ClassSetError as error:
        print(error, file=sys.stderr)
        return 2
    except (PeerError, NoBlockError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        print(table(done).as_text())
        print(circumstances.sentence())
    return 0 if len(done) == len(class_sets) * len(takers) else 1


@contextmanager
def _told(scores: dict[str, PeerScore], taker: RollTaker) -> Iterator[None]:
    """Go on without an engine that ended."""
    try:
        yield
    except PeerError as error:
        scores.pop(taker.name, None)
        _tell(str(error))


def _write(scores: Sequence[PeerScore], circumstances: Circumstances, asked: argparse.Namespace) -> None:
    if asked.json:
        result = {"sets": [score.as_json() for score in scores]}
        asked.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if asked.document:
        which = f"The first {asked.captures} captures of each set. " if asked.captures else ""
        text = f"{table(scores).as_markdown()}\n\n{which}{circumstances.sentence()}"
        write_block(asked.document, BLOCK, text)


def _total(engine: str, scores: Sequence[PeerScore]) -> PeerScore:
    return PeerScore(
        "all",
        engine,
        students=sum(score.students for score in scores),
        enrolled=sum(score.enrolled for score in scores),
        found=sum(score.found for score in scores),
        present=sum(score.present for score in scores),
        false_present=sum(score.false_present for score in scores),
        absent=sum(score.absent for score in scores),
        frames=sum(score.frames for score in scores),
        seconds=sum(score.seconds for score in scores),
        cpu_seconds=sum(score.cpu_seconds for score in scores),
    )


def _rows(scores: Sequence[PeerScore]) -> Iterator[tuple[str, ...]]:
    ours: Mapping[str, PeerScore] = {score.set: score for score in scores if score.engine == _OURS}
    for score in scores:
        own = ours[score.set]
        frames = max(score.frames, 1)
        yield (
            score.set,
            score.engine,
            f"{score.enrolled}/{score.students}",
            str(score.present),
            f"{score.found} ({score.found / score.present:.1%})" if score.present else "0",
            str(score.absent),
            str(score.false_present),
            str(score.frames),
            f"{score.seconds / frames:.2f}",
            _times(score.seconds, own.seconds),
            f"{score.cpu_seconds / frames:.2f}",
            _times(score.cpu_seconds, own.cpu_seconds),
        )


def _times(theirs: float, own: float) -> str:
    return f"{theirs / own:.1f}" if own else "-"


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_peers", description=__doc__)
    parser.add_argument("--set", nargs="+", type=Path, required=True, metavar="DIR", help="class sets")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the counts there")
    parser.add_argument("--document", type=Path, metavar="FILE", help="write the table into this document")
    parser.add_argument("--captures", type=int, metavar="N", help="only the first N captures of each set")
    parser.add_argument("--peer", nargs="+", choices=PEERS, help="only these (all)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
