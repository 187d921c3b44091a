"""Photos of named people and of strangers, to calibrate with and to measure errors on people not seen before.

A folder with a table ``NAME.csv`` (identity, path, role, split): `member` identities have several photos,
`stranger` ones a single one; `split` is `calibrate` or `far`, and nobody is in both.
"""

import csv
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from attendance.adapters.engine import FaceLook, look_at
from attendance.adapters.pictures import box_in_ratios
from attendance.domain.sightings import View
from benchmarks.scenes import compose, draw_burst
from faces import DetectedFace, FaceEngine, Picture, read_picture
from faces.arrays import Vector

Half = Literal["calibrate", "far"]


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
    with table.open(encoding="utf-8", newline="") as lines:
        return [
            Photo(row["identity"], row["role"] == "member", table.parent / row["path"])
            for row in csv.DictReader(lines)
            if row["split"] == half
        ]


def see_photos(table: Path, half: Half, *, bursts: int, frames: int) -> list[SeenPhoto]:
    """Look at all photos of a half, on all cores; those in which no face is found are left out."""
    photos = read_photos(table, half)
    with ProcessPoolExecutor(initializer=_load_engine) as pool:
        seen = pool.map(partial(_see_numbered, bursts=bursts, frames=frames), enumerate(photos), chunksize=8)
        return [one for one in seen if one is not None]


_engines: list[FaceEngine] = []


def _load_engine() -> None:
    cv2.setNumThreads(1)
    _engines.append(FaceEngine())


def _see_numbered(numbered: tuple[int, Photo], *, bursts: int, frames: int) -> SeenPhoto | None:
    number, photo = numbered
    return see_photo(_engines[0], photo, bursts=bursts, frames=frames, seed=number)


def see_photo(engine: FaceEngine, photo: Photo, *, bursts: int, frames: int, seed: int) -> SeenPhoto | None:
    """Look at a photo as enrolment does, and at scenes composed of it as a search does.

    None where no face is found in the photo.
    """
    picture = read_picture(photo.path.read_bytes())
    found = engine.detect(picture)
    if not found:
        return None
    face = min(found, key=lambda one: _off_centre(one, picture))
    portrait = look_at(engine, picture, box_in_ratios(face.box, picture))
    if portrait is None:
        return None
    random = np.random.default_rng(seed)
    return SeenPhoto(
        photo,
        portrait.vector,
        tuple(_see_burst(engine, picture, face, random, frames) for _ in range(bursts)),
    )


def _see_burst(
    engine: FaceEngine, picture: Picture, face: DetectedFace, random: np.random.Generator, frames: int
) -> tuple[SceneLook, ...]:
    looks = [
        _look_at_scene(engine, compose(picture.pixels, face, seen, random).picture)
        for seen in draw_burst(random, frames)
    ]
    return tuple(SceneLook(look.vector, look.cut.view(look.confidence, None)) for look in looks if look)


def _look_at_scene(engine: FaceEngine, scene: Picture) -> FaceLook | None:
    """The face of a scene as the workflow would see it: detected in the frame, then looked at by itself."""
    found = engine.detect(scene)
    if not found:
        return None
    face = min(found, key=lambda one: _off_centre(one, scene))
    return look_at(engine, scene, box_in_ratios(face.box, scene))


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
