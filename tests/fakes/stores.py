"""The ports of attendance.ports in memory."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from attendance.contracts.base import Contract
from attendance.contracts.capture import CaptureCommand
from attendance.contracts.upload import RpcRejected, UploadFile, UploadUrl, UploadUrlsAccepted
from attendance.domain.captures import Capture, CaptureStatus, Device, next_status
from attendance.domain.confusables import ConfusablePair
from attendance.domain.consent import Consent
from attendance.domain.errors import (
    CaptureUnknownError,
    DeviceUnknownError,
    NotFoundError,
    VersionConflictError,
)
from attendance.domain.ledger import Change
from attendance.domain.policy import DEFAULT_POLICY, Policy
from attendance.domain.portraits import Portrait
from attendance.domain.registers import Register
from attendance.domain.rosters import Enrollment, Section, Student
from attendance.domain.timetable import Timetable
from attendance.ports import StoredObject
from attendance.usecases.view_pictures import PictureView


@dataclass
class SettableClock:
    """A clock that stands still until it is told to move."""

    now: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by


@dataclass
class InMemorySchools:
    """Schools by id."""

    timetables: dict[str, Timetable] = field(default_factory=dict)
    sections_of: dict[str, list[Section]] = field(default_factory=dict)
    enrollments_of: dict[str, list[Enrollment]] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    pairs: dict[tuple[str, str, str], ConfusablePair] = field(default_factory=dict)

    def schools(self) -> Sequence[str]:
        return sorted(self.timetables)

    def timetable(self, school_id: str) -> Timetable:
        return self.timetables[school_id]

    def policy(self, school_id: str) -> Policy:
        return self.policies.get(school_id, DEFAULT_POLICY)

    def section(self, school_id: str, section_id: str) -> Section:
        for section in self.sections(school_id):
            if section.section_id == section_id:
                return section
        message = f"There is no section {section_id}."
        raise NotFoundError(message)

    def sections(self, school_id: str) -> Sequence[Section]:
        return self.sections_of.get(school_id, [])

    def enrollments(self, school_id: str, section_id: str) -> Sequence[Enrollment]:
        return [entry for entry in self.enrollments_of.get(school_id, []) if entry.section_id == section_id]

    def confusable_pairs(self, school_id: str) -> Sequence[ConfusablePair]:
        return [pair for (school, _, _), pair in self.pairs.items() if school == school_id]

    def put_confusable_pair(self, school_id: str, pair: ConfusablePair) -> None:
        self.pairs[school_id, pair.first, pair.second] = pair

    def remove_confusable_pair(self, school_id: str, pair: ConfusablePair) -> None:
        self.pairs.pop((school_id, pair.first, pair.second), None)


@dataclass
class InMemoryStudents:
    """Shares the schools' enrollments, as the one table does."""

    schools: InMemorySchools
    students_of: dict[tuple[str, str], Student] = field(default_factory=dict)
    consents: dict[tuple[str, str], Consent] = field(default_factory=dict)
    portraits_of: dict[tuple[str, str, str], Portrait] = field(default_factory=dict)

    def student(self, school_id: str, student_id: str) -> Student:
        try:
            return self.students_of[school_id, student_id]
        except KeyError:
            message = f"There is no student {student_id}."
            raise NotFoundError(message) from None

    def students(self, school_id: str) -> Sequence[Student]:
        return [student for (school, _), student in self.students_of.items() if school == school_id]

    def names(self, school_id: str, student_ids: Iterable[str]) -> dict[str, str]:
        wanted = set(student_ids)
        return {s.student_id: s.name for s in self.students(school_id) if s.student_id in wanted}

    def add_student(self, school_id: str, student: Student, enrollments: Sequence[Enrollment]) -> None:
        self.students_of[school_id, student.student_id] = student
        self.schools.enrollments_of.setdefault(school_id, []).extend(enrollments)

    def consent(self, school_id: str, student_id: str) -> Consent | None:
        return self.consents.get((school_id, student_id))

    def record_consent(self, school_id: str, student_id: str, consent: Consent) -> None:
        self.consents[school_id, student_id] = consent

    def portraits(self, school_id: str, student_id: str) -> Sequence[Portrait]:
        return [p for key, p in self.portraits_of.items() if key[:2] == (school_id, student_id)]

    def portrait(self, school_id: str, student_id: str, portrait_id: str) -> Portrait:
        try:
            return self.portraits_of[school_id, student_id, portrait_id]
        except KeyError:
            message = f"There is no portrait {portrait_id}."
            raise NotFoundError(message) from None

    def put_portrait(self, portrait: Portrait) -> None:
        self.portraits_of[portrait.school_id, portrait.student_id, portrait.portrait_id] = portrait

    def settle_portrait(self, portrait: Portrait) -> Portrait:
        key = (portrait.school_id, portrait.student_id, portrait.portrait_id)
        if self.portraits_of[key].face_reference_id is None:
            self.portraits_of[key] = portrait
        return self.portraits_of[key]


@dataclass
class InMemoryCaptures:
    captures: dict[tuple[str, str], Capture] = field(default_factory=dict)

    def add(self, capture: Capture) -> bool:
        key = (capture.school_id, capture.capture_id)
        if key in self.captures:
            return False
        self.captures[key] = capture
        return True

    def get(self, school_id: str, capture_id: str) -> Capture:
        try:
            return self.captures[school_id, capture_id]
        except KeyError:
            message = f"There is no capture {capture_id}."
            raise CaptureUnknownError(message) from None

    def open_in_room(self, school_id: str, room_id: str) -> Sequence[Capture]:
        return [
            capture
            for capture in self.captures.values()
            if capture.school_id == school_id and capture.room_id == room_id and capture.is_open
        ]

    def mark_sent(self, capture: Capture, at: datetime) -> None:
        self._change(capture, sent_at=at)

    def advance(self, capture: Capture, status: CaptureStatus, reason: str | None) -> bool:
        current = self.get(capture.school_id, capture.capture_id).status
        if next_status(current, status) != status or current == status:
            return False
        self._change(capture, status=status, **({"reason": reason} if reason else {}))
        return True

    def claim(self, capture: Capture, run: str, taken_at: datetime) -> bool:
        if self.get(capture.school_id, capture.capture_id).run not in {None, run}:
            return False
        self._change(capture, run=run, taken_at=taken_at, stage="taking", reason=None)
        return True

    def record_stage(self, capture: Capture) -> None:
        if self.get(capture.school_id, capture.capture_id).run == capture.run:
            self._change(capture, stage=capture.stage, reason=capture.reason, meeting_id=capture.meeting_id)

    def _change(self, capture: Capture, **changes: object) -> None:
        stored = self.get(capture.school_id, capture.capture_id)
        self.captures[capture.school_id, capture.capture_id] = replace(stored, **changes)  # type: ignore[arg-type]


@dataclass
class InMemoryRegisters:
    registers: dict[tuple[str, str], Register] = field(default_factory=dict)
    lines: list[tuple[str, Change]] = field(default_factory=list)

    def get(self, school_id: str, meeting_id: str) -> Register | None:
        return self.registers.get((school_id, meeting_id))

    def on_date(self, school_id: str, day: date) -> Sequence[Register]:
        return [r for r in self.registers.values() if r.school_id == school_id and r.date == day]

    def save(self, register: Register, change: Change) -> Register:
        stored = self.get(register.school_id, register.meeting_id)
        if (stored.version if stored else 0) != register.version:
            message = "Somebody else wrote the register first."
            raise VersionConflictError(message)
        saved = replace(register, version=change.version, ledger_hash=change.hash)
        self.registers[register.school_id, register.meeting_id] = saved
        self.lines.append((register.school_id, change))
        return saved

    def changes(self, school_id: str, meeting_id: str) -> Sequence[Change]:
        return [line for school, line in self.lines if (school, line.meeting_id) == (school_id, meeting_id)]


@dataclass
class InMemoryObjects:
    """One bucket; URLs name it, the key and their life, so that a test can read them."""

    bucket: str
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
        if content is None:
            return None
        return StoredObject(key, len(content), hashlib.sha256(content).hexdigest())

    def upload_url(self, key: str, file: UploadFile, *, seconds: int) -> UploadUrl:
        headers = {"Content-Type": file.content_type, "If-None-Match": "*"}
        return UploadUrl(
            name=file.name, url=f"https://{self.bucket}.test/{key}?seconds={seconds}", headers=headers
        )

    def view_url(self, key: str, *, seconds: int) -> str:
        return f"https://{self.bucket}.test/{key}?seconds={seconds}"


@dataclass
class InMemoryRegistry:
    devices: Mapping[str, Device] = field(default_factory=dict)

    def device(self, device_id: str) -> Device:
        try:
            return self.devices[device_id]
        except KeyError:
            message = f"No device {device_id} is registered."
            raise DeviceUnknownError(message) from None

    def cameras(self, school_id: str) -> Sequence[Device]:
        return [device for device in self.devices.values() if device.school_id == school_id]


@dataclass
class RecordingMessenger:
    sent: list[tuple[str, CaptureCommand, int]] = field(default_factory=list)
    answered: list[tuple[str, UploadUrlsAccepted | RpcRejected]] = field(default_factory=list)

    def send_capture(self, device_id: str, command: CaptureCommand, *, expires_in_s: int) -> None:
        self.sent.append((device_id, command, expires_in_s))

    def answer_upload_urls(self, device_id: str, answer: UploadUrlsAccepted | RpcRejected) -> None:
        self.answered.append((device_id, answer))


@dataclass
class RecordingViewLog:
    views: list[PictureView] = field(default_factory=list)

    def record(self, view: PictureView) -> None:
        self.views.append(view)


@dataclass
class InMemoryProjections:
    """The newest version of each register that was projected."""

    projected: dict[tuple[str, str], Register] = field(default_factory=dict)

    def put(self, register: Register) -> None:
        key = (register.school_id, register.meeting_id)
        if key not in self.projected or self.projected[key].version < register.version:
            self.projected[key] = register


@dataclass
class RecordingAnnouncer:
    events: list[Contract] = field(default_factory=list)
    hints: list[tuple[str, str, int]] = field(default_factory=list)

    def announce(self, event: Contract) -> None:
        self.events.append(event)

    def hint(self, school_id: str, meeting_id: str, version: int) -> None:
        self.hints.append((school_id, meeting_id, version))
