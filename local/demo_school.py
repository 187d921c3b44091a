"""Brings the demo school into a deployment: timetable, sections, students, consents, portraits."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from attendance.adapters.s3 import S3ObjectStore
from attendance.contracts.object_keys import PortraitKey
from attendance.domain.consent import Consent
from attendance.domain.policy import DEFAULT_POLICY, Policy
from attendance.domain.portraits import Portrait
from attendance.domain.rosters import Enrollment, Section, Student
from attendance.domain.timetable import Lesson, Period, Timetable
from demo.portraits import PortraitFolder
from demo.school import School
from local.emulator.clients import Clients
from local.errors import LocalRunError
from local.stores import Stores

# Lessons of the demo are always going on, so somebody who starts it waits for a tick, not for a bell.
DEMO_POLICY = replace(
    DEFAULT_POLICY,
    version="demo-1",
    capture_moments=tuple(timedelta(minutes=minute) for minute in (0, 20, 40)),
)
_CONSENT = Consent(given_by="Demo School", given_on=date(2026, 1, 1), text_version="demo-1")
_SETTLE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Enrolled:
    """How many portraits became references, and which were refused, by the sentence that says why."""

    enrolled: int
    refused: dict[str, str]


def seed_school(school: School, stores: Stores, policy: Policy = DEMO_POLICY) -> None:
    """Write the school, its sections and its students. Written again, it is the same."""
    stores.schools.add_school(school.school_id, school.name, policy, _timetable(school))
    for section in school.sections:
        stores.schools.add_section(
            school.school_id,
            Section(section.section_id, section.name, frozenset({section.teacher_id})),
        )
        for student in section.students:
            stores.students.add_student(
                school.school_id,
                Student(student.student_id, student.name),
                [Enrollment(student.student_id, section.section_id, begins_on=date(2026, 1, 1))],
            )
            stores.students.record_consent(school.school_id, student.student_id, _CONSENT)


def enrol_students(
    school: School,
    portraits: PortraitFolder,
    stores: Stores,
    clients: Clients,
    bucket: str,
    progress: Callable[[int, int], None],
) -> Enrolled:
    """Put every student's portrait where enrol-student finds it, and wait until each was enrolled or refused.

    Raises
    ------
    LocalRunError
        The workflow did not settle all portraits in time.
    """
    files = S3ObjectStore(clients.client("s3"), bucket)
    everybody = [student for section in school.sections for student in section.students]
    for student in everybody:
        if not stores.students.portraits(school.school_id, student.student_id):
            place = PortraitKey(school.school_id, student.student_id, uuid.uuid4().hex)
            waiting = Portrait(*_parts(place), requested_at=datetime.now(UTC))
            stores.students.put_portrait(waiting)
            files.put(place.key, portraits.read(student.portrait), "image/jpeg")
    deadline = time.monotonic() + _SETTLE_SECONDS
    while time.monotonic() < deadline:
        every = [
            portrait
            for student in everybody
            for portrait in stores.students.portraits(school.school_id, student.student_id)
        ]
        settled = [portrait for portrait in every if portrait.status != "waiting"]
        progress(len(settled), len(every))
        if len(settled) == len(every):
            names = {student.student_id: student.name for student in everybody}
            return Enrolled(
                enrolled=sum(portrait.status == "enrolled" for portrait in every),
                refused={names[p.student_id]: p.message or p.status for p in every if p.status != "enrolled"},
            )
        time.sleep(0.5)
    message = "Not all portraits were enrolled or refused in time: see data/logs and the emulator's log."
    raise LocalRunError(message)


def _parts(place: PortraitKey) -> tuple[str, str, str]:
    return place.school_id, place.student_id, place.portrait_id


def _timetable(school: School) -> Timetable:
    return Timetable(
        time_zone=school.time_zone,
        periods=tuple(Period(p.period_id, p.starts, p.ends) for p in school.periods),
        lessons=tuple(
            Lesson(entry.section_id, entry.room_id, entry.weekday, entry.period_id)
            for entry in school.lessons
        ),
    )
