"""Brings a school into a deployment: timetable, sections, students, consents, and portraits to enrol."""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from attendance.adapters.s3 import S3ObjectStore
from attendance.contracts.object_keys import PortraitKey
from attendance.domain.consent import Consent
from attendance.domain.policy import Policy
from attendance.domain.portraits import Portrait
from attendance.domain.rosters import Enrollment, Section, Student
from attendance.domain.timetable import Timetable
from local.emulator.clients import Clients
from local.errors import LocalRunError
from local.stores import Stores

_CONSENT = Consent(given_by="the school's office", given_on=date(2026, 1, 1), text_version="local-1")
# A portrait takes a second or so on a small machine; this much without any progress means something is stuck.
_STUCK_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class EnrolledStudent:
    """A student with the sections and the portraits (encoded pictures) that come with them."""

    student: Student
    section_ids: tuple[str, ...]
    portraits: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Camera:
    """Where a camera stands, and the folder of pictures that its agent replays."""

    room_id: str
    folder: Path


@dataclass(frozen=True, slots=True)
class LocalSchool:
    """A school as the local run brings it up.

    Parameters
    ----------
    cameras
        By device id.
    accounts
        Groups of each username.
    admin_thing
        Name of the Thing whose certificate asks for captures over MQTT.
    """

    school_id: str
    name: str
    policy: Policy
    timetable: Timetable
    sections: tuple[Section, ...]
    students: tuple[EnrolledStudent, ...]
    cameras: Mapping[str, Camera]
    accounts: Mapping[str, tuple[str, ...]]
    admin_thing: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """How many portraits became references; of the others, the student's name and why not."""

    enrolled: int
    refused: tuple[tuple[str, str], ...]


def seed_school(school: LocalSchool, stores: Stores) -> None:
    """Write the school, its sections and its students. Written again, it is the same."""
    stores.schools.add_school(school.school_id, school.name, school.policy, school.timetable)
    for section in school.sections:
        stores.schools.add_section(school.school_id, section)
    for entry in school.students:
        student_id = entry.student.student_id
        enrollments = [
            Enrollment(student_id, section_id, begins_on=date(2026, 1, 1)) for section_id in entry.section_ids
        ]
        stores.students.add_student(school.school_id, entry.student, enrollments)
        stores.students.record_consent(school.school_id, student_id, _CONSENT)


def enrol_students(
    school: LocalSchool,
    stores: Stores,
    clients: Clients,
    bucket: str,
    progress: Callable[[int, int], None],
) -> Enrolled:
    """Put every portrait where enrol-student finds it, and wait until each was enrolled or refused.

    Raises
    ------
    LocalRunError
        The workflow got stuck.
    """
    files = S3ObjectStore(clients.client("s3"), bucket)
    for entry in school.students:
        student_id = entry.student.student_id
        if stores.students.portraits(school.school_id, student_id):
            continue  # an earlier start got this far
        for picture in entry.portraits:
            place = PortraitKey(school.school_id, student_id, uuid.uuid4().hex)
            waiting = Portrait(place.school_id, student_id, place.portrait_id, datetime.now(UTC))
            stores.students.put_portrait(waiting)
            files.put(place.key, picture, "image/jpeg")
    settled = _await_all(school, stores, progress)
    names = {entry.student.student_id: entry.student.name for entry in school.students}
    refused = [portrait for portrait in settled if portrait.status != "enrolled"]
    return Enrolled(
        enrolled=len(settled) - len(refused),
        refused=tuple((names[p.student_id], p.message or p.status) for p in refused),
    )


def _await_all(school: LocalSchool, stores: Stores, progress: Callable[[int, int], None]) -> list[Portrait]:
    most = -1
    moved_at = time.monotonic()
    while time.monotonic() - moved_at < _STUCK_SECONDS:
        every = [
            portrait
            for entry in school.students
            for portrait in stores.students.portraits(school.school_id, entry.student.student_id)
        ]
        settled = [portrait for portrait in every if portrait.status != "waiting"]
        if len(settled) > most:
            most, moved_at = len(settled), time.monotonic()
            progress(len(settled), len(every))
        if len(settled) == len(every):
            return settled
        time.sleep(0.5)
    message = f"{most} portraits were enrolled or refused, then nothing moved: see the emulator's log."
    raise LocalRunError(message)
