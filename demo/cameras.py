"""What the demo's cameras see: a folder of pictures for each, replayed by its agent in the order of names."""

import argparse
import json
import shutil
import sys
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from demo.classroom import ROOMS
from demo.composer import ComposedFrame, Sitter, compose_burst
from demo.dice import dice
from demo.heads import Head, cut_head
from demo.portraits import DEFAULT_CACHE, PortraitFolder, PortraitsError, fetch_portraits
from demo.school import School, Section, demo_school
from faces import FaceEngine, FaceEngineError, read_picture

DEFAULT_SEED: Final = 24

_VERSION: Final = 1
"""Of the composed pictures. Folders of another version are composed anew."""

_NOTICE: Final = (
    "These faces are cut out of the enrolled portraits: no accuracy can be told from these pictures."
)


@dataclass(frozen=True, slots=True)
class ComposedCapture:
    """A burst with the names of its files, and who is there."""

    files: tuple[str, ...]
    frames: tuple[ComposedFrame, ...]
    present: frozenset[str]
    absent: frozenset[str]


def cut_heads(portraits: PortraitFolder, names: Sequence[str], engine: FaceEngine) -> dict[str, Head | None]:
    """Cut the heads out of portraits, by name; None where the engine sees no face.

    Raises
    ------
    PortraitsDamagedError
        A portrait is missing.
    """
    heads: dict[str, Head | None] = {}
    for name in names:
        picture = read_picture(portraits.read(name))
        faces = engine.detect(picture)
        heads[name] = cut_head(picture.pixels, faces[0].box) if faces else None
    return heads


def compose_capture(
    section: Section, heads: Mapping[str, Head | None], *, seed: int, number: int, frames: int = 3
) -> ComposedCapture:
    """Compose one burst of a section in its room.

    Parameters
    ----------
    section : Section
        Who is taught there. Two students are absent from every burst of a seed, and now and then a third.
    heads : mapping of str to Head or None
        By portrait, the stranger's included.
    seed : int
        Decides all that varies.
    number : int
        Which burst, from 1; the stranger is missing from each fourth.
    frames : int
        Pictures in the burst.
    """
    enrolled = [student.student_id for student in section.students]
    ill = set(dice("term", seed, section.section_id).choice(enrolled, 2, replace=False).tolist())
    chance = dice("day", seed, section.section_id, number)
    if chance.random() < 0.5:
        ill.add(str(chance.choice([student for student in enrolled if student not in ill])))
    sitters = [
        Sitter(student.student_id, student.seat, heads[student.portrait], student.student_id)
        for student in section.students
        if student.student_id not in ill
    ]
    if number % 4:
        seat = section.spare_seats[number % len(section.spare_seats)]
        sitters.append(Sitter("stranger", seat, heads[section.stranger], None))
    burst = compose_burst(ROOMS[section.room_id], sitters, seed=seed * 1000 + number, frames=frames)
    return ComposedCapture(
        files=tuple(f"{number:04}-{frame + 1:02}.jpg" for frame in range(frames)),
        frames=burst,
        present=frozenset(enrolled) - ill,
        absent=frozenset(ill),
    )


def write_camera_folder(
    folder: Path,
    section: Section,
    heads: Mapping[str, Head | None],
    *,
    seed: int = DEFAULT_SEED,
    captures: int = 4,
    frames: int = 3,
) -> tuple[ComposedCapture, ...]:
    """Write the pictures of a camera, all or nothing, and beside the folder the truth about them.

    An agent that takes bursts of `frames` pictures keeps in step with the captures; each shows a slightly
    different attendance. The truth goes to ``<folder>.truth.json``: the folder holds nothing but frames.

    Parameters
    ----------
    folder : Path
        Replaced if it exists.
    section : Section
        Whose room it is.
    heads : mapping of str to Head or None
        By portrait.
    seed : int
        The same seed gives the same bytes.
    captures, frames : int
        How many bursts, of how many pictures.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    composed = tuple(
        compose_capture(section, heads, seed=seed, number=number + 1, frames=frames)
        for number in range(captures)
    )
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        for capture in composed:
            for name, frame in zip(capture.files, capture.frames, strict=True):
                (scratch / name).write_bytes(frame.jpeg)
        scratch.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)
        scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    truth = _truth(section, composed, _stamp(section, seed, captures, frames))
    _truth_path(folder).write_text(json.dumps(truth, indent=1) + "\n")
    return composed


def prepare_cameras(
    school: School,
    portraits: PortraitFolder,
    target: Path,
    *,
    seed: int = DEFAULT_SEED,
    captures: int = 4,
    frames: int = 3,
) -> dict[str, Path]:
    """Compose what each camera of the school sees, unless that was done before.

    Returns
    -------
    dict of str to Path
        The folder of each device, by device id.

    Raises
    ------
    PortraitsDamagedError
        A portrait is missing.
    FaceEngineError
        The face models are missing or damaged.
    """
    folders = {device.device_id: target / device.device_id for device in school.devices}
    engine: FaceEngine | None = None
    for device in school.devices:
        folder, section = folders[device.device_id], school.section_in(device.room_id)
        if _is_current(folder, _stamp(section, seed, captures, frames)):
            continue
        engine = engine or FaceEngine()
        names = [*(student.portrait for student in section.students), section.stranger]
        heads = cut_heads(portraits, names, engine)
        write_camera_folder(folder, section, heads, seed=seed, captures=captures, frames=frames)
    return folders


def _stamp(section: Section, seed: int, captures: int, frames: int) -> dict[str, int]:
    """Tell composed pictures apart by all that they depend on."""
    return {
        "version": _VERSION,
        "section": zlib.crc32(repr(section).encode()),
        "seed": seed,
        "captures": captures,
        "frames": frames,
    }


def _truth_path(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.truth.json")


def _is_current(folder: Path, stamp: dict[str, int]) -> bool:
    try:
        told = json.loads(_truth_path(folder).read_text())["stamp"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return bool(told == stamp) and folder.is_dir()


def _truth(section: Section, composed: Sequence[ComposedCapture], stamp: dict[str, int]) -> dict[str, Any]:
    return {
        "notice": _NOTICE,
        "stamp": stamp,
        "section_id": section.section_id,
        "captures": [
            {
                "present": sorted(capture.present),
                "absent": sorted(capture.absent),
                "frames": [
                    {
                        "file": name,
                        "faces": [
                            {
                                "student_id": placed.student_id,
                                "seat": placed.seat,
                                "pose": str(placed.pose),
                                "box": [
                                    round(placed.box.x, 1),
                                    round(placed.box.y, 1),
                                    round(placed.box.width, 1),
                                    round(placed.box.height, 1),
                                ],
                            }
                            for placed in frame.truth
                        ],
                    }
                    for name, frame in zip(capture.files, capture.frames, strict=True)
                ],
            }
            for capture in composed
        ],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Compose what the demo's cameras see; an error is one sentence and exit status 1."""
    parser = argparse.ArgumentParser(prog="python -m demo.cameras", description=main.__doc__)
    parser.add_argument(
        "--cache", type=Path, default=DEFAULT_CACHE, help="the portraits' folder (%(default)s)"
    )
    parser.add_argument("--target", type=Path, help="folder of the cameras' folders (cameras in the cache)")
    chosen = parser.parse_args(arguments)
    try:
        portraits = fetch_portraits(chosen.cache)
        folders = prepare_cameras(demo_school(), portraits, chosen.target or chosen.cache / "cameras")
    except (PortraitsError, FaceEngineError) as error:
        print(error, file=sys.stderr)
        return 1
    for device_id, folder in folders.items():
        print(f"{device_id}: {len(list(folder.glob('*.jpg')))} pictures in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
