"""People whose faces are given as vectors: each alike to themselves and, unless told otherwise, to nobody."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from attendance.domain.sightings import View
from benchmarks.people import Photo, SceneLook, SeenPhoto

CLEAR = View(width_px=64.0, confidence=92.0, sharpness=60.0, brightness=50.0, contrast=40.0, crowd=None)
"""A face near the camera, well lit."""

Vector = NDArray[np.float32]


def directions(count: int) -> Sequence[Vector]:
    """Unit vectors, (128,), no two of which are alike: the cosine of every two is 0."""
    square = np.random.default_rng(0).normal(size=(128, 128))
    return list(np.linalg.qr(square)[0][:count].astype(np.float32))


def look_like(vector: Vector, view: View = CLEAR) -> SceneLook:
    return SceneLook(vector, view)


def seen_photo(identity: str, vector: Vector, *, is_member: bool, bursts: int = 2) -> SeenPhoto:
    """A photo whose portrait and scenes, three frames a burst, show the face as it is."""
    burst = (look_like(vector),) * 3
    return SeenPhoto(Photo(identity, is_member, Path(f"{identity}.jpg")), vector, (burst,) * bursts)


def members(vectors: Sequence[Vector], photos: int = 4) -> Iterator[SeenPhoto]:
    """Members m00, m01 ... with as many photos each."""
    for number, vector in enumerate(vectors):
        for _ in range(photos):
            yield seen_photo(f"m{number:02}", vector, is_member=True)
