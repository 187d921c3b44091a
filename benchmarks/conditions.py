"""Where does recognition fail? ``python -m benchmarks.conditions --people TABLE``.

People of the table's `far` half, with whom nothing was calibrated: three photos of each are enrolled, and one
other photo is composed into a scene that a camera sees well. Then one thing at a time is made worse: the size
of the face, the light, its roll, motion blur, noise, compression, or a covered mouth. The face is searched in
a class of 40, once, and decided on as take-roll decides: a burst has more looks and finds more.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, Literal

import numpy as np

import faces
from attendance.adapters.pictures import box_in_ratios
from attendance.domain.policy import DEFAULT_POLICY, Engine, Policy
from attendance.domain.sightings import Box, Face
from attendance.usecases.decide_marks import decide_faces
from benchmarks.bands import BANDS_BLOCK, bands_table
from benchmarks.documents import NoBlockError, check_blocks, write_block
from benchmarks.intervals import share
from benchmarks.judging import SAME_FACE
from benchmarks.machine import Circumstances
from benchmarks.people import (
    PeopleError,
    Photo,
    Portrait,
    SceneLook,
    look_on_all_cores,
    near_students,
    read_photos,
    see_portrait,
    see_scene,
)
from benchmarks.scenes import Conditions, compose
from benchmarks.tables import Table
from faces.arrays import Vector

BLOCK: Final = "conditions"
"""Of the document that the table is written into."""

CLASS: Final = 40
ENROLLED: Final = 3
CANDIDATES: Final = 10
"""As many as take-roll asks for a face."""

GOOD: Final = Conditions(width=64.0, light=1.0, noise=2.0, quality=90)
"""A face as near as the middle of a classroom, well lit, still and upright."""

_ENGINE: Final = str(Engine(faces.FaceEngine.name, faces.FaceEngine.version))

Outcome = Literal["recognised", "doubtful", "unknown", "taken for another"]


@dataclass(frozen=True, slots=True)
class Level:
    """One condition made so much better or worse than in the good view; `name` says how much."""

    condition: str
    name: str
    seen: Conditions


def levels() -> Iterator[Level]:
    """The good view, and every other that differs from it in one condition."""
    yield Level("good view", f"{GOOD.width:.0f} px", GOOD)
    for width in (96.0, 48.0, 32.0, 24.0, 20.0, 16.0, 12.0):
        yield Level("width of the face", f"{width:.0f} px", replace(GOOD, width=width))
    for light in (0.1, 0.2, 0.3, 0.5, 1.3, 1.6):
        yield Level("light", f"{light:.1f} times", replace(GOOD, light=light))
    for roll in (10.0, 20.0, 30.0, 40.0):
        yield Level("roll", f"{roll:.0f}°", replace(GOOD, roll=roll))
    for movement in (0.1, 0.2, 0.3, 0.4):
        yield Level("motion blur", f"{movement:.1f} widths", replace(GOOD, movement=movement))
    for noise in (8.0, 16.0, 32.0):
        yield Level("noise", f"{noise:.0f} grey levels", replace(GOOD, noise=noise))
    for quality in (50, 30, 20, 10):
        yield Level("JPEG quality", str(quality), replace(GOOD, quality=quality))
    yield Level("mouth", "covered", replace(GOOD, covered=True))


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """One person at one level.

    Attributes
    ----------
    box : where the detector finds the face in the scene; None where it does not
    confidence : of the detector, percent
    look : at the face by itself; None where, seen so, it is no face
    """

    box: Box | None
    confidence: float = 0.0
    look: SceneLook | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A person with the unit vectors, (128,), of the photos enrolled, and a sight a level."""

    identity: str
    references: tuple[Vector, ...]
    sights: tuple[Sight, ...]


@dataclass(frozen=True, slots=True)
class LevelScore:
    """What came of all subjects at one level; `taken` for another means recognised as somebody else."""

    level: Level
    subjects: int = 0
    found: int = 0
    recognised: int = 0
    doubtful: int = 0
    taken: int = 0

    def with_sight(self, sight: Sight, outcome: Outcome) -> "LevelScore":
        return replace(
            self,
            subjects=self.subjects + 1,
            found=self.found + (sight.box is not None),
            recognised=self.recognised + (outcome == "recognised"),
            doubtful=self.doubtful + (outcome == "doubtful"),
            taken=self.taken + (outcome == "taken for another"),
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status: 0, or 2 where the table of photos or a block of the document is missing."""
    asked = _parse(arguments)
    circumstances = Circumstances.now()
    try:
        if asked.document:
            check_blocks(asked.document, [BLOCK, BANDS_BLOCK])
        shown = tuple(levels())
        subjects = see_subjects(asked.people, shown)
    except (PeopleError, NoBlockError, OSError) as error:
        print(f"conditions: {error}", file=sys.stderr)
        return 2
    scores = score_levels(subjects, shown, DEFAULT_POLICY, asked.seed)
    table = conditions_table(scores)
    print(table.as_text())
    if asked.json:
        asked.json.write_text(json.dumps(as_json(scores), indent=1) + "\n", encoding="utf-8")
    if asked.document:
        write_block(asked.document, BLOCK, f"{table.as_markdown()}\n\n{circumstances.sentence()}")
        write_block(asked.document, BANDS_BLOCK, bands_table(DEFAULT_POLICY).as_markdown())
    return 0


def see_subjects(table: Path, shown: Sequence[Level]) -> list[Subject]:
    """Look at the members of the `far` half, on all cores: photos to enrol, and one more at every level.

    Raises
    ------
    PeopleError
        The table is absent or malformed, or has too few members for a class.
    """
    wanted = _photos_wanted(read_photos(table, "far"))
    looked = look_on_all_cores(partial(_look, wanted, shown), list(wanted))
    references: dict[str, list[Vector]] = {}
    sights: dict[str, tuple[Sight, ...]] = {}
    for photo, (reference, seen) in zip(wanted, looked, strict=True):
        if seen:
            sights[photo.identity] = seen
        elif reference is not None:
            references.setdefault(photo.identity, []).append(reference)
    subjects = [
        Subject(identity, tuple(references[identity]), seen)
        for identity, seen in sights.items()
        if identity in references
    ]
    if len(subjects) < CLASS:
        message = f"{table} has {len(subjects)} members who can be enrolled; a class needs {CLASS}"
        raise PeopleError(message)
    return subjects


def _photos_wanted(photos: Iterable[Photo]) -> Mapping[Photo, bool]:
    """Of each member the photos to enrol, and one, True, to compose scenes of: so persons count alike."""
    members: dict[str, list[Photo]] = {}
    for photo in photos:
        if photo.is_member:
            members.setdefault(photo.identity, []).append(photo)
    return {
        photo: number == ENROLLED
        for own in members.values()
        if len(own) > ENROLLED
        for number, photo in enumerate(own[: ENROLLED + 1])
    }


def _look(
    wanted: Mapping[Photo, bool],
    shown: Sequence[Level],
    engine: faces.FaceEngine,
    photo: Photo,
    number: int,
) -> tuple[Vector | None, tuple[Sight, ...]]:
    portrait = see_portrait(engine, photo)
    if portrait is None:
        return None, ()
    if not wanted[photo]:
        return portrait.reference, ()
    return portrait.reference, tuple(_sights(engine, portrait, shown, number))


def _sights(
    engine: faces.FaceEngine, portrait: Portrait, shown: Sequence[Level], seed: int
) -> Iterator[Sight]:
    for level in shown:
        # At every level the same wall, grain and direction of movement: only the condition differs.
        random = np.random.default_rng(seed)
        seen = replace(level.seen, direction=float(random.uniform(0.0, 180.0)))
        scene = compose(portrait.picture.pixels, portrait.face, seen, random)
        found = see_scene(engine, scene.picture)
        if found.face is None or found.face.box.overlap(scene.box) < SAME_FACE:
            yield Sight(None)
        else:
            box = box_in_ratios(found.face.box, scene.picture)
            yield Sight(box, found.face.score * 100, found.look)


def score_levels(
    subjects: Sequence[Subject], shown: Sequence[Level], policy: Policy, seed: int
) -> list[LevelScore]:
    """Search each subject once a level, in one class with others, drawn anew for each subject."""
    templates = {one.identity: faces.template_of(one.references) for one in subjects}
    scores = [LevelScore(level) for level in shown]
    random = np.random.default_rng(seed)
    for subject in subjects:
        others = sorted(set(templates) - {subject.identity})
        names = [subject.identity, *(str(name) for name in random.permutation(others)[: CLASS - 1])]
        school, roster = faces.Gallery((name, templates[name]) for name in names), frozenset(names)
        scores = [
            score.with_sight(sight, outcome_of(subject.identity, sight, school, roster, policy))
            for score, sight in zip(scores, subject.sights, strict=True)
        ]
    return scores


def outcome_of(
    identity: str, sight: Sight, school: faces.Gallery, roster: frozenset[str], policy: Policy
) -> Outcome:
    """What take-roll makes of one face in one frame."""
    if sight.box is None or sight.look is None:
        return "unknown"
    candidates, view = near_students(school, sight.look, floor=policy.search_floor, limit=CANDIDATES)
    face = Face(1, 0, sight.box, sight.confidence, candidates, view=view)
    decided = decide_faces([face], _ENGINE, roster, policy, {})
    for sighting in decided.sightings:
        if sighting.student_id == identity:
            return "recognised" if sighting.band == "recognised" else "doubtful"
        if sighting.band == "recognised":
            return "taken for another"
    return "unknown"


def conditions_table(scores: Sequence[LevelScore]) -> Table:
    """Shares of the subjects with their intervals of 95 %."""
    rows = [
        (
            score.level.condition,
            score.level.name,
            str(score.subjects),
            share(score.found, score.subjects),
            share(score.recognised, score.subjects),
            share(score.recognised + score.doubtful, score.subjects),
            str(score.taken),
        )
        for score in scores
    ]
    headings = (
        "condition",
        "level",
        "photos",
        "found by the detector",
        "recognised",
        "recognised or doubtful",
        "taken for another",
    )
    return Table(headings, rows, worded=2)


def as_json(scores: Sequence[LevelScore]) -> list[dict[str, object]]:
    return [
        {
            "condition": score.level.condition,
            "level": score.level.name,
            "photos": score.subjects,
            "found": score.found,
            "recognised": score.recognised,
            "doubtful": score.doubtful,
            "taken_for_another": score.taken,
        }
        for score in scores
    ]


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.conditions", description=__doc__)
    parser.add_argument("--people", type=Path, required=True, metavar="TABLE", help="the photos' table")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the counts there")
    parser.add_argument("--document", type=Path, metavar="FILE", help="write the table into this document")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
