"""The stores of one measured class, in memory: one school, one section, one room, one camera."""

# ruff: noqa: ARG002 - the ports ask for whose data is meant; here there is only one school.

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from attendance.adapters.engine import FaceReference
from attendance.contracts.base import Contract
from attendance.contracts.upload import UploadFile, UploadUrl
from attendance.domain.captures import Capture, CaptureStatus
from attendance.domain.confusables import ConfusablePair
from attendance.domain.consent import Consent
from attendance.domain.errors import CaptureUnknownError, NotFoundError
from attendance.domain.ledger import Change
from attendance.domain.policy import DEFAULT_POLICY, Policy
from attendance.domain.portraits import Portrait
from attendance.domain.registers import Register
from attendance.domain.rosters import Enrollment, Section, Student
from attendance.domain.timetable import Lesson, Period, Timetable
from attendance.ports import StoredObject

SCHOOL = "measured"
SECTION = "class"
ROOM = "room"
CAMERA = "measured-room-1"
PERIOD = Period("lesson", time(9), time(10))
FIRST_DAY = date(2026, 1, 5)


def capture_time(number: int) -> datetime:
    """When the capture of this number, from 0, is taken: each on a day, and so in a meeting, of its own."""
    return datetime.combine(FIRST_DAY + timedelta(days=number), time(9, 10), tzinfo=UTC)


@dataclass
class MemoryObjects:
    """A bucket."""

    contents: dict[str, bytes] = field(default_factory=dict)

    def read(self, key: str) -> bytes:
        try:
            return self.contents[key]
        except KeyError:
            message = f"There is no object {key}."
            raise NotFoundError(message) from None

    def write(self, key: str, content: Contract) -> None:
        self.contents[key] = content.to_json()

    def describe(self, key: str) -> StoredObject | None:
        content = self.contents.get(key)
        return None if content is None else StoredObject(key, len(content), None)

    def upload_url(self, key: str, file: UploadFile, *, seconds: int) -> UploadUrl:
        raise NotImplementedError("nothing uploads to a bucket in memory")

    def view_url(self, key: str, *, seconds: int) -> str:
        raise NotImplementedError("nobody looks at a bucket in memory")


@dataclass
class MemorySchool:
    """The school and its students: one section, a lesson every day, everybody has consented."""

    roster: dict[str, Student]
    used_policy: Policy = DEFAULT_POLICY
    stored_portraits: dict[tuple[str, str], Portrait] = field(default_factory=dict)
    pairs: dict[tuple[str, str], ConfusablePair] = field(default_factory=dict)

    def schools(self) -> Sequence[str]:
        return [SCHOOL]

    def timetable(self, school_id: str) -> Timetable:
        return Timetable("UTC", (PERIOD,), tuple(Lesson(SECTION, ROOM, day, "lesson") for day in range(1, 8)))

    def policy(self, school_id: str) -> Policy:
        return self.used_policy

    def section(self, school_id: str, section_id: str) -> Section:
        return Section(SECTION, SECTION, frozenset())

    def sections(self, school_id: str) -> Sequence[Section]:
        return [self.section(school_id, SECTION)]

    def enrollments(self, school_id: str, section_id: str) -> Sequence[Enrollment]:
        return [Enrollment(student_id, SECTION, FIRST_DAY) for student_id in self.roster]

    def confusable_pairs(self, school_id: str) -> Sequence[ConfusablePair]:
        return list(self.pairs.values())

    def put_confusable_pair(self, school_id: str, pair: ConfusablePair) -> None:
        self.pairs[pair.first, pair.second] = pair

    def remove_confusable_pair(self, school_id: str, pair: ConfusablePair) -> None:
        self.pairs.pop((pair.first, pair.second), None)

    def student(self, school_id: str, student_id: str) -> Student:
        return self.roster[student_id]

    def students(self, school_id: str) -> Sequence[Student]:
        return list(self.roster.values())

    def names(self, school_id: str, student_ids: Iterable[str]) -> dict[str, str]:
        return {student_id: self.roster[student_id].name for student_id in student_ids}

    def add_student(self, school_id: str, student: Student, enrollments: Sequence[Enrollment]) -> None:
        self.roster[student.student_id] = student

    def consent(self, school_id: str, student_id: str) -> Consent | None:
        return Consent(given_by=student_id, given_on=FIRST_DAY, text_version="measured")

    def record_consent(self, school_id: str, student_id: str, consent: Consent) -> None:
        raise NotImplementedError("everybody in a measured class has consented")

    def portraits(self, school_id: str, student_id: str) -> Sequence[Portrait]:
        return [portrait for (owner, _), portrait in self.stored_portraits.items() if owner == student_id]

    def portrait(self, school_id: str, student_id: str, portrait_id: str) -> Portrait:
        return self.stored_portraits[student_id, portrait_id]

    def put_portrait(self, portrait: Portrait) -> None:
        self.stored_portraits[portrait.student_id, portrait.portrait_id] = portrait

    def settle_portrait(self, portrait: Portrait) -> Portrait:
        self.put_portrait(portrait)
        return portrait


@dataclass
class MemoryCaptures:
    captures: dict[str, Capture] = field(default_factory=dict)

    def add(self, capture: Capture) -> bool:
        return self.captures.setdefault(capture.capture_id, capture) is capture

    def get(self, school_id: str, capture_id: str) -> Capture:
        try:
            return self.captures[capture_id]
        except KeyError:
            message = f"There is no capture {capture_id}."
            raise CaptureUnknownError(message) from None

    def open_in_room(self, school_id: str, room_id: str) -> Sequence[Capture]:
        return [capture for capture in self.captures.values() if capture.is_open]

    def mark_sent(self, capture: Capture, at: datetime) -> None:
        self.captures[capture.capture_id] = replace(capture, sent_at=at)

    def advance(self, capture: Capture, status: CaptureStatus, reason: str | None) -> bool:
        self.captures[capture.capture_id] = replace(capture, status=status, reason=reason)
        return True

    def claim(self, capture: Capture, run: str, taken_at: datetime) -> bool:
        self.captures[capture.capture_id] = replace(capture, run=run, taken_at=taken_at)
        return True

    def record_stage(self, capture: Capture) -> None:
        self.captures[capture.capture_id] = capture


@dataclass
class MemoryRegisters:
    """Written by one at a time, so no version ever conflicts."""

    registers: dict[str, Register] = field(default_factory=dict)
    lines: list[Change] = field(default_factory=list)

    def get(self, school_id: str, meeting_id: str) -> Register | None:
        return self.registers.get(meeting_id)

    def on_date(self, school_id: str, day: date) -> Sequence[Register]:
        return [register for register in self.registers.values() if register.date == day]

    def save(self, register: Register, change: Change) -> Register:
        saved = replace(register, version=change.version, ledger_hash=change.hash)
        self.registers[register.meeting_id] = saved
        self.lines.append(change)
        return saved

    def changes(self, school_id: str, meeting_id: str) -> Sequence[Change]:
        return [line for line in self.lines if line.meeting_id == meeting_id]


@dataclass
class MemoryReferences:
    references: list[FaceReference] = field(default_factory=list)
    changes: int = 0

    def add(self, school_id: str, reference: FaceReference) -> None:
        self.references.append(reference)
        self.changes += 1

    def remove(self, school_id: str, reference_ids: Sequence[str]) -> None:
        gone = set(reference_ids)
        self.references = [kept for kept in self.references if kept.reference_id not in gone]
        self.changes += 1

    def version(self, school_id: str) -> str | None:
        return str(self.changes)

    def of_school(self, school_id: str) -> Sequence[FaceReference]:
        return self.references
