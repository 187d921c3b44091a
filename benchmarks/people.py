"""Photos of named people and of strangers, to calibrate with and to measure errors on people not seen before.

A folder with a table ``NAME.csv`` (identity, path, role, split): `member` identities have several photos,
`stranger` ones a single one; `split` is `calibrate` or `far`, and nobody is in both.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Final, Literal, TypeVar, get_args

import cv2
import numpy as np

from attendance.adapters.engine import look_at
from attendance.adapters.pictures import box_in_ratios, crowd_of
from attendance.domain.sightings import Candidate, View
from benchmarks.scenes import compose, draw_burst
from faces import DetectedFace, FaceEngine, Gallery, Picture, read_picture, similarity_of
from faces.arrays import Vector

Half = Literal["calibrate", "far"]
Seen = TypeVar("Seen")

_COLUMNS: Final = frozenset({"identity", "path", "role", "split"})
_HALVES: Final = frozenset(get_args(Half))
_ROLES: Final = frozenset({"member", "stranger"})


class PeopleError(ValueError):
    """There is no such table of photos, or it is malformed; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of one person, who is in its middle."""

    identity: str
    is_member: bool
    path: Path


@dataclass(frozen=True, slots=True, eq=False)
class SceneLook:
    """A look at a face in a composed scene: its unit vector, (128,), and how it was seen, crowd unknown."""

    vector: Vector
    view: View


@dataclass(frozen=True, slots=True, eq=False)
class SeenPhoto:
    """A photo as a portrait, and as bursts in which a camera sees the face; what is not found is missing."""

    photo: Photo
    reference: Vector
    bursts: tuple[tuple[SceneLook, ...], ...]


def read_photos(table: Path, half: Half) -> list[Photo]:
    """The photos of a half.

    Raises
    ------
    PeopleError
        The table is absent or malformed, or a photo of the half is not there.
    """
    try:
        with table.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        message = f"{table} cannot be read as a table of photos: {error}"
        raise PeopleError(message) from error
    _check_rows(table, rows)
    photos = [
        Photo(row["identity"], row["role"] == "member", table.parent / row["path"])
        for row in rows
        if row["split"] == half
    ]
    if not photos:
        message = f"{table} has no photos of the half {half!r}"
        raise PeopleError(message)
    missing = [photo.path for photo in photos if not photo.path.is_file()]
    if missing:
        message = f"{table} names {len(missing)} photos that are not there, the first is {missing[0]}"
        raise PeopleError(message)
    return photos


def _check_rows(table: Path, rows: Sequence[dict[str, str]]) -> None:
    halves: dict[str, str] = {}
    for number, row in enumerate(rows, start=2):
        # A short row has None where it has no cell.
        if any(not row.get(column) for column in _COLUMNS):
            message = f"{table}, line {number}: a photo needs identity, path, role and split"
            raise PeopleError(message)
        if row["split"] not in _HALVES or row["role"] not in _ROLES:
            message = (
                f"{table}, line {number}: role is one of {sorted(_ROLES)}, not {row['role']!r}, "
                f"and split one of {sorted(_HALVES)}, not {row['split']!r}"
            )
            raise PeopleError(message)
        if halves.setdefault(row["identity"], row["split"]) != row["split"]:
            message = f"{table}, line {number}: {row['identity']} is in both halves, and may be in one only"
            raise PeopleError(message)


def see_photos(table: Path, half: Half, *, bursts: int, frames: int) -> list[SeenPhoto]:
    """Look at all photos of a half, on all cores; those in which no face is found are left out.

    Raises
    ------
    PeopleError
        The table is absent or malformed, or a photo of the half is not there.
    """
    seen = look_on_all_cores(partial(_see_numbered, bursts=bursts, frames=frames), read_photos(table, half))
    return [one for one in seen if one is not None]


def look_on_all_cores(look: Callable[[FaceEngine, Photo, int], Seen], photos: Iterable[Photo]) -> list[Seen]:
    """What a function makes of each photo, given an engine, the photo and its number."""
    # New processes: a copy of this one would wait for OpenCV's threads, which are not copied.
    with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=_load_engine) as pool:
        return list(pool.map(partial(_look_with_engine, look), enumerate(photos), chunksize=8))


_engines: list[FaceEngine] = []


def _load_engine() -> None:
    cv2.setNumThreads(1)
    _engines.append(FaceEngine())


def _look_with_engine(look: Callable[[FaceEngine, Photo, int], Seen], numbered: tuple[int, Photo]) -> Seen:
    number, photo = numbered
    return look(_engines[0], photo, number)


def _see_numbered(
    engine: FaceEngine, photo: Photo, number: int, *, bursts: int, frames: int
) -> SeenPhoto | None:
    return see_photo(engine, photo, bursts=bursts, frames=frames, seed=number)


def see_photo(engine: FaceEngine, photo: Photo, *, bursts: int, frames: int, seed: int) -> SeenPhoto | None:
    """Look at a photo as enrolment does, and at scenes composed of it as a search does.

    None where no face is found in the photo.
    """
    portrait = see_portrait(engine, photo)
    if portrait is None:
        return None
    random = np.random.default_rng(seed)
    return SeenPhoto(
        photo,
        portrait.reference,
        tuple(_see_burst(engine, portrait, random, frames) for _ in range(bursts)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A photo that was looked at: the face of its person, and the face's unit vector, (128,)."""

    picture: Picture
    face: DetectedFace
    reference: Vector


def see_portrait(engine: FaceEngine, photo: Photo) -> Portrait | None:
    """Look at the face in the middle of a photo as enrolment does; None where there is none."""
    picture = read_picture(photo.path.read_bytes())
    found = engine.detect(picture)
    if not found:
        return None
    face = min(found, key=lambda one: _off_centre(one, picture))
    look = look_at(engine, picture, box_in_ratios(face.box, picture))
    return None if look is None else Portrait(picture, face, look.vector)


def _see_burst(
    engine: FaceEngine, portrait: Portrait, random: np.random.Generator, frames: int
) -> tuple[SceneLook, ...]:
    scenes = [
        compose(portrait.picture.pixels, portrait.face, seen, random).picture
        for seen in draw_burst(random, frames)
    ]
    looks = [see_scene(engine, scene).look for scene in scenes]
    return tuple(look for look in looks if look)


@dataclass(frozen=True, slots=True, eq=False)
class SeenScene:
    """The face of a scene as the workflow sees it.

    Attributes
    ----------
    face : as detected in the frame; None where it is not
    look : at the face by itself; None where, seen so, it is no face
    """

    face: DetectedFace | None
    look: SceneLook | None


def see_scene(engine: FaceEngine, scene: Picture) -> SeenScene:
    """Find the face in the middle of a scene, then look at it by itself."""
    found = engine.detect(scene)
    if not found:
        return SeenScene(None, None)
    face = min(found, key=lambda one: _off_centre(one, scene))
    look = look_at(engine, scene, box_in_ratios(face.box, scene))
    return SeenScene(face, SceneLook(look.vector, look.cut.view(look.confidence, None)) if look else None)


def near_students(
    templates: Gallery, look: SceneLook, *, floor: float, limit: int
) -> tuple[tuple[Candidate, ...], View]:
    """Whom a look is near, best first, as the face index of the engine tells it, and its view with the crowd.

    Parameters
    ----------
    templates
        One a student, by id.
    floor
        Similarity (percent) that candidates have at least.
    limit
        Most candidates.
    """
    near = [
        Candidate(one.key, similarity_of(one.cosine)) for one in templates.search(look.vector, len(templates))
    ]
    crowd = crowd_of([candidate.similarity for candidate in near])
    return tuple(one for one in near[:limit] if one.similarity >= floor), replace(look.view, crowd=crowd)


def _off_centre(face: DetectedFace, picture: Picture) -> float:
    x, y = face.box.centre
    return max(abs(x / picture.width - 0.5), abs(y / picture.height - 0.5))


def by_identity(seen: Sequence[SeenPhoto]) -> dict[str, list[SeenPhoto]]:
    """The photos of each member."""
    grouped: dict[str, list[SeenPhoto]] = {}
    for one in seen:
        if one.photo.is_member:
            grouped.setdefault(one.photo.identity, []).append(one)
    return grouped
