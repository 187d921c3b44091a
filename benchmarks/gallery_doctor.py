"""Check the portraits of class sets: ``python -m benchmarks.gallery_doctor --set DIR [DIR ...]``.

Every portrait that passes the gate becomes a reference, without a look at the student's others; then each is
compared with them and with everyone's. With ``--photos NAME.csv`` the bounds of these comparisons are
measured on photos of named people.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from attendance.adapters.engine import EngineFaceIndex
from attendance.contracts.object_keys import PortraitKey
from attendance.domain.errors import PictureTooLargeError, PictureUnreadableError, PortraitRefusedError
from attendance.domain.portraits import require_subject
from attendance.usecases.check_gallery import GalleryReport, compare_references, lines_of
from benchmarks.class_sets import ClassSet, ClassSetError, read_class_set
from benchmarks.likeness import calibration_photos, measure_likeness
from benchmarks.memory import SCHOOL, MemoryObjects, MemoryReferences
from faces import FaceEngine


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status: 0, or 2 where a folder is no class set or there is no such table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gallery_doctor", description=__doc__)
    parser.add_argument("--set", nargs="+", type=Path, default=[], metavar="DIR", help="class sets")
    parser.add_argument("--photos", type=Path, metavar="TABLE", help="identity, path and split of photos")
    asked = parser.parse_args(arguments)
    if not asked.set and not asked.photos:
        parser.error("say which class sets (--set), or which photos (--photos)")
    try:
        class_sets = [read_class_set(folder) for folder in asked.set]
        photos = calibration_photos(asked.photos) if asked.photos else None
    except (ClassSetError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    engine = FaceEngine()
    for class_set in class_sets:
        report, refused = check(class_set, engine)
        print(f"{class_set.name}:", *refused, *lines_of(report), sep="\n")
    if photos is not None:
        print(measure_likeness(photos, engine).table().as_text())
    return 0


def check(class_set: ClassSet, engine: FaceEngine) -> tuple[GalleryReport, list[str]]:
    """Compare the portraits of a class, and say which the gate refuses; a reference's id is its file."""
    files, references = MemoryObjects(), MemoryReferences()
    index = EngineFaceIndex(engine, files, references)
    refused = []
    for student_id, portraits in class_set.portraits.items():
        for path in portraits:
            key = PortraitKey(SCHOOL, student_id, path.stem).key
            files.contents[key] = path.read_bytes()
            try:
                subject = require_subject(index.portrait_faces(key))
                index.add_reference(SCHOOL, student_id, key, subject.box)
                added = references.references.pop()
                references.add(SCHOOL, replace(added, reference_id=f"{student_id}/{path.name}"))
            except (PortraitRefusedError, PictureUnreadableError, PictureTooLargeError) as error:
                refused.append(f"  refused by the gate: {student_id}/{path.name}: {error}")
            finally:
                del files.contents[key]
    return compare_references(SCHOOL, index=index), refused


if __name__ == "__main__":
    sys.exit(main())
