"""How often is an absent student marked present? ``python -m benchmarks.evaluate_far --people TABLE``.

Classes of people whom nothing was calibrated with (the table's `far` half): 40 students with three photos
enrolled, of whom 4 are absent, and 2 strangers, three pictures of everybody in the room. The pictures are
other photos than those enrolled, composed into scenes as a camera in a classroom would see them; where a
person has fewer than three other photos (a stranger has one), they are shown again under other conditions.

With ``--half calibrate`` the same is counted on the half that everything is calibrated with: the bands are
chosen by that, and the `far` half judges them.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, uuid5

import numpy as np
from numpy.random import Generator

import faces
from attendance.contracts.object_keys import CapturePrefix
from attendance.contracts.workflow import CaptureRef, CaptureSightings, FrameRef
from attendance.domain.policy import DEFAULT_POLICY, Engine
from attendance.domain.rosters import Student
from attendance.domain.sightings import Box
from attendance.ports import DetectedFace, FaceSearches, PictureFaces
from attendance.usecases.decide_marks import decide_marks
from attendance.usecases.detect_faces import detect_faces
from attendance.usecases.search_faces import search_faces
from benchmarks.bands import BANDS_BLOCK, bands_table
from benchmarks.documents import NoBlockError, check_blocks, write_block
from benchmarks.intervals import rate, share
from benchmarks.machine import Circumstances
from benchmarks.memory import CAMERA, ROOM, SCHOOL, MemoryObjects, MemorySchool, capture_time
from benchmarks.people import Half, PeopleError, SceneLook, SeenPhoto, by_identity, near_students, see_photos
from benchmarks.tables import Table

CLASS: Final = 40
ABSENT: Final = 4
STRANGERS: Final = 2
PICTURES: Final = 3
ENROLLED: Final = 3
HOURS: Final = 2500
BLOCKS: Final[Mapping[Half, str]] = {"far": "far", "calibrate": "bands tried"}
"""Of the document that the table of a half is written into."""

_BURSTS_A_PHOTO: Final = 2
_HOURS_A_BLOCK: Final = 100
_RESAMPLES: Final = 2000
_SIZE: Final = (1920, 1080)
_COLUMNS: Final = 8
_UPPER_OF_NONE: Final = 3.0
"""None seen: the upper end of the interval of 95 % (the rule of three)."""

_ENGINE: Final = Engine(faces.FaceEngine.name, faces.FaceEngine.version)


@dataclass
class FarScore:
    """What was counted, by identity so that people can be drawn again.

    Attributes
    ----------
    absences : hours absent, by student
    false : hours wrongly marked present, by student and who sat there
    """

    absences: Counter[str] = field(default_factory=Counter)
    false: Counter[tuple[str, str]] = field(default_factory=Counter)
    present_hours: int = 0
    recognised: int = 0

    def add(self, other: "FarScore") -> None:
        self.absences += other.absences
        self.false += other.false
        self.present_hours += other.present_hours
        self.recognised += other.recognised

    def interval(self, random: Generator) -> tuple[float, float]:
        """False presences in as many hours, drawn again from the people: 95 % of the draws lie within."""
        if not self.false:
            return 0.0, _UPPER_OF_NONE
        people = sorted({*self.absences, *(seen for _, seen in self.false)})
        place = {name: number for number, name in enumerate(people)}
        counts = []
        for _ in range(_RESAMPLES):
            drawn = np.bincount(random.integers(0, len(people), len(people)), minlength=len(people))
            hours = sum(drawn[place[name]] * hours for name, hours in self.absences.items())
            wrong = sum(n * drawn[place[one]] * drawn[place[other]] for (one, other), n in self.false.items())
            counts.append(wrong / max(hours, 1) * self.absences.total())
        low, high = np.percentile(counts, [2.5, 97.5])
        return float(low), float(high)

    def as_json(self, random: Generator) -> dict[str, object]:
        return {
            "absent_hours": self.absences.total(),
            "false_present": self.false.total(),
            "interval": [round(end, 2) for end in self.interval(random)],
            "present_hours": self.present_hours,
            "recognised": self.recognised,
        }


@dataclass
class SceneIndex:
    """Finds and searches faces that were looked at before: one a seat, by frame.

    Attributes
    ----------
    templates : one a student
    shown : by the frame's key, the look at each seat; None where no face was found
    """

    templates: faces.Gallery
    shown: Mapping[str, Sequence[SceneLook | None]]

    def detect(self, picture_key: str) -> PictureFaces:
        looks = enumerate(self.shown[picture_key])
        found = [DetectedFace(_seat(seat), look.view.confidence) for seat, look in looks if look]
        return PictureFaces(tuple(found), calls=1)

    def search(
        self,
        school_id: str,  # noqa: ARG002 - there is one school
        picture_key: str,
        boxes: Sequence[Box],
        *,
        floor: float,
        limit: int,
    ) -> FaceSearches:
        looks = {_seat(seat): look for seat, look in enumerate(self.shown[picture_key]) if look}
        found = [near_students(self.templates, looks[box], floor=floor, limit=limit) for box in boxes]
        return FaceSearches(
            _ENGINE,
            tuple(candidates for candidates, _ in found),
            calls=len(boxes),
            views=tuple(view for _, view in found),
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status: 0, or 2 where the table of photos or a block of the document is missing."""
    asked = _parse(arguments)
    circumstances = Circumstances.now()
    try:
        if asked.document:
            check_blocks(asked.document, [BLOCKS[asked.half], BANDS_BLOCK])
        seen = see_photos(asked.people, asked.half, bursts=_BURSTS_A_PHOTO, frames=PICTURES)
        check_people(seen)
    except (PeopleError, NoBlockError, OSError) as error:
        print(f"evaluate-far: {error}", file=sys.stderr)
        return 2
    score = evaluate_far(seen, asked.hours, asked.seed)
    result = score.as_json(np.random.default_rng(asked.seed))
    table = far_table(score, np.random.default_rng(asked.seed))
    print(table.as_text())
    if asked.json:
        asked.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if asked.document:
        write_block(
            asked.document, BLOCKS[asked.half], f"{table.as_markdown()}\n\n{circumstances.sentence()}"
        )
        write_block(asked.document, BANDS_BLOCK, bands_table(DEFAULT_POLICY).as_markdown())
    return 0


def check_people(seen: Sequence[SeenPhoto]) -> None:
    """Raises PeopleError where there are too few people to make a class of."""
    members = sum(len(photos) > ENROLLED for photos in by_identity(seen).values())
    strangers = sum(not one.photo.is_member for one in seen)
    if members < CLASS or strangers < STRANGERS:
        message = (
            f"a class needs {CLASS} members with more than {ENROLLED} photos and {STRANGERS} strangers; "
            f"there are {members} and {strangers}"
        )
        raise PeopleError(message)


def far_table(score: FarScore, random: Generator) -> Table:
    """The counts, with their intervals of 95 %."""
    low, high = score.interval(random)
    absent = score.absences.total()
    rows = [
        ("absent student-hours", f"{absent:,}", ""),
        ("falsely present", f"{score.false.total():,}", f"{low:.1f} to {high:.1f}"),
        ("falsely present, as a share", rate(score.false.total(), absent), ""),
        ("absent students whom that happened to", f"{len({name for name, _ in score.false}):,}", ""),
        ("present student-hours", f"{score.present_hours:,}", ""),
        ("recognised", f"{score.recognised:,}", share(score.recognised, score.present_hours)),
    ]
    return Table(("", "counted", "95 % interval"), rows)


def evaluate_far(seen: Sequence[SeenPhoto], hours: int, seed: int, processes: int | None = None) -> FarScore:
    """Take the roll of one class after the other, each of other people.

    Parameters
    ----------
    seen
        Photos of members and strangers, enough of both for a class (`check_people`).
    hours
        Class-hours to take.
    seed
        What is drawn depends on it and on nothing else.
    processes
        Side by side; by default as many as there are cores.
    """
    blocks = [min(_HOURS_A_BLOCK, hours - first) for first in range(0, hours, _HOURS_A_BLOCK)]
    seeds = np.random.SeedSequence(seed).spawn(len(blocks))
    score = FarScore()
    take = partial(_take_block, seen)
    if processes == 1:
        parts = list(map(take, blocks, seeds))
    else:
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
            parts = list(pool.map(take, blocks, seeds))
    for part in parts:
        score.add(part)
    return score


def _take_block(seen: Sequence[SeenPhoto], hours: int, seed: np.random.SeedSequence) -> FarScore:
    random = np.random.default_rng(seed)
    members = {name: photos for name, photos in by_identity(seen).items() if len(photos) > ENROLLED}
    strangers = [one for one in seen if not one.photo.is_member]
    score = FarScore()
    for hour in range(hours):
        names = [str(name) for name in random.permutation(sorted(members))[:CLASS]]
        visitors = [strangers[int(n)] for n in random.choice(len(strangers), STRANGERS, replace=False)]
        _take_hour(hour, names, members, visitors, random, score)
    return score


def _take_hour(
    hour: int,
    names: Sequence[str],
    members: Mapping[str, Sequence[SeenPhoto]],
    visitors: Sequence[SeenPhoto],
    random: Generator,
    score: FarScore,
) -> None:
    templates = faces.Gallery()
    seated: list[tuple[str, list[SceneLook | None]]] = []
    for number, name in enumerate(names):
        photos = [members[name][int(n)] for n in random.permutation(len(members[name]))]
        templates.add(_id(number), faces.template_of([photo.reference for photo in photos[:ENROLLED]]))
        if number >= ABSENT:
            seated.append((name, _pictures(photos[ENROLLED:], random)))
    seated += [(visitor.photo.identity, _pictures([visitor], random)) for visitor in visitors]
    sightings = _take_roll(hour, templates, [looks for _, looks in seated])
    present = {s.student_id for s in sightings.sightings if s.band == "recognised"}
    for number, name in enumerate(names):
        is_present = _id(number) in present
        if number >= ABSENT:
            score.present_hours += 1
            score.recognised += is_present
            continue
        score.absences[name] += 1
        if is_present:
            score.false[name, _sitting(sightings, _id(number), seated)] += 1


def _pictures(photos: Sequence[SeenPhoto], random: Generator) -> list[SceneLook | None]:
    """Three looks at one person in a burst: at as many photos as there are, in scenes of one burst each."""
    bursts = [photo.bursts[int(random.integers(len(photo.bursts)))] for photo in photos]
    looks: list[SceneLook | None] = []
    for number in range(PICTURES):
        burst = bursts[number % len(bursts)]
        moment = number // len(bursts) if len(bursts) < PICTURES else 0
        looks.append(burst[moment] if moment < len(burst) else None)
    return looks


def _take_roll(
    hour: int, templates: faces.Gallery, seated: Sequence[Sequence[SceneLook | None]]
) -> CaptureSightings:
    place = CapturePrefix(SCHOOL, CAMERA, str(uuid5(NAMESPACE_URL, f"far/{hour}")))
    ref = CaptureRef(
        school_id=SCHOOL,
        device_id=CAMERA,
        capture_id=place.capture_id,
        room_id=ROOM,
        taken_at=capture_time(0),
        frames=PICTURES,
    )
    frames = [
        FrameRef(frame=number, key=place.file(f"{number}.jpg"), width=_SIZE[0], height=_SIZE[1])
        for number in range(1, PICTURES + 1)
    ]
    index = SceneIndex(
        templates, {frame.key: [looks[frame.frame - 1] for looks in seated] for frame in frames}
    )
    files = MemoryObjects()
    school = MemorySchool({_id(n): Student(_id(n), _id(n)) for n in range(len(templates))})
    detected = [detect_faces(ref, frame, index=index, files=files) for frame in frames]
    search_faces(ref, detected, index=index, files=files, schools=school)
    meeting = school.timetable(SCHOOL).resolve(ROOM, ref.taken_at)
    if meeting is None:
        raise LookupError("the measured class has a lesson every day")
    decide_marks(ref, meeting.meeting_id, files=files, schools=school)
    return CaptureSightings.model_validate_json(files.read(place.sightings))


def _sitting(
    sightings: CaptureSightings, student_id: str, seated: Sequence[tuple[str, Sequence[SceneLook | None]]]
) -> str:
    """Who sits where a student was recognised."""
    box = next(s.box for s in sightings.sightings if s.student_id == student_id)
    seats = {_seat(number): name for number, (name, _) in enumerate(seated)}
    return seats[Box(box.left, box.top, box.width, box.height)]


def _seat(number: int) -> Box:
    return Box(0.02 + 0.12 * (number % _COLUMNS), 0.02 + 0.15 * (number // _COLUMNS), 0.04, 0.09)


def _id(number: int) -> str:
    return f"s{number:03}"


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("say a number from 1 up")
    return number


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evaluate_far", description=__doc__)
    parser.add_argument("--people", type=Path, required=True, metavar="TABLE", help="the photos' table")
    parser.add_argument("--half", choices=BLOCKS, default="far", help="of the photos (%(default)s)")
    parser.add_argument("--hours", type=_positive, default=HOURS, metavar="N", help="to take (%(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the counts there")
    parser.add_argument("--document", type=Path, metavar="FILE", help="write the table into this document")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
