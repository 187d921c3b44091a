"""A small school to test with: Monday, 23 November 2026, 09:05 in Berlin, the first lesson on."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Literal

from api.services import Services
from attendance.contracts.object_keys import CapturePrefix
from attendance.contracts.workflow import (
    CaptureSightings,
    FrameFaces,
    SearchedFace,
    StoredBox,
    StoredFace,
    StoredSighting,
)
from attendance.domain.captures import Capture, Device
from attendance.domain.consent import Consent
from attendance.domain.ledger import next_change
from attendance.domain.policy import DEFAULT_POLICY
from attendance.domain.portraits import Portrait
from attendance.domain.registers import (
    CaptureOutcome,
    Register,
    fold_capture,
    gather_evidence,
)
from attendance.domain.rosters import Enrollment, Section, Student
from attendance.domain.timetable import Lesson, Period, Timetable
from attendance.usecases.stored import sighting_of
from attendance.usecases.view_register import view_register
from tests.fakes.http_api import ApiClient, id_token_claims
from tests.fakes.stores import (
    InMemoryCaptures,
    InMemoryObjects,
    InMemoryRegisters,
    InMemoryRegistry,
    InMemorySchools,
    InMemoryStudents,
    RecordingMessenger,
    RecordingViewLog,
    SettableClock,
)

SCHOOL = "lakeside"
MONDAY = date(2026, 11, 23)
MATHS_NOW = "maths-7a.2026-11-23.p1"
ART_NOW = "art-7b.2026-11-23.p1"
MATHS_LATER = "maths-7a.2026-11-23.p2"
CAMERA = "lakeside-r101-1"
CAPTURE_ID = "0f0f0f0f-0000-5000-8000-000000000001"
LATER_CAPTURE_ID = "0f0f0f0f-0000-5000-8000-000000000002"
NAMES = {
    "s-ada": "Ada Byron",
    "s-emmy": "Emmy Noether",
    "s-carl": "Carl Gauss",
    "s-sofia": "Sofia Kovalevskaya",
}


def _timetable() -> Timetable:
    return Timetable(
        time_zone="Europe/Berlin",
        periods=(Period("p1", time(9, 0), time(9, 45)), Period("p2", time(10, 0), time(10, 45))),
        lessons=(
            Lesson("maths-7a", "r101", 1, "p1"),
            Lesson("maths-7a", "r101", 1, "p2"),
            Lesson("art-7b", "r102", 1, "p1"),
        ),
    )


@dataclass
class ExampleSchool:
    clock: SettableClock = field(
        default_factory=lambda: SettableClock(datetime(2026, 11, 23, 8, 5, tzinfo=UTC))
    )
    schools: InMemorySchools = field(default_factory=InMemorySchools)
    captures: InMemoryCaptures = field(default_factory=InMemoryCaptures)
    registers: InMemoryRegisters = field(default_factory=InMemoryRegisters)
    pictures: InMemoryObjects = field(default_factory=lambda: InMemoryObjects("captures"))
    portraits: InMemoryObjects = field(default_factory=lambda: InMemoryObjects("portraits"))
    messenger: RecordingMessenger = field(default_factory=RecordingMessenger)
    views: RecordingViewLog = field(default_factory=RecordingViewLog)

    def __post_init__(self) -> None:
        self.schools.timetables[SCHOOL] = _timetable()
        self.schools.sections_of[SCHOOL] = [
            Section("maths-7a", "Mathematics 7a", frozenset({"ana"})),
            Section("art-7b", "Art 7b", frozenset({"ben"})),
        ]
        self.schools.enrollments_of[SCHOOL] = [
            *(Enrollment(student_id, "maths-7a", date(2026, 8, 1)) for student_id in NAMES),
            Enrollment("s-ada", "art-7b", date(2026, 8, 1)),
        ]
        self.students = InMemoryStudents(self.schools)
        for student_id, name in NAMES.items():
            self.students.students_of[SCHOOL, student_id] = Student(student_id, name)
        self.registry = InMemoryRegistry({CAMERA: Device(CAMERA, SCHOOL, "r101")})

    @property
    def services(self) -> Services:
        return Services(
            schools=self.schools,
            students=self.students,
            captures=self.captures,
            registers=self.registers,
            pictures=self.pictures,
            portraits=self.portraits,
            registry=self.registry,
            messenger=self.messenger,
            views=self.views,
            clock=self.clock,
        )

    def signed_in(self, username: str, *roles: str, school_id: str = SCHOOL) -> ApiClient:
        return ApiClient(self.services, id_token_claims(username, school_id, *roles))

    def teacher(self) -> ApiClient:
        """Ana, who teaches Mathematics 7a."""
        return self.signed_in("ana", "teacher")

    def other_teacher(self) -> ApiClient:
        return self.signed_in("ben", "teacher")

    def admin(self) -> ApiClient:
        return self.signed_in("ida", "admin")

    def operator(self) -> ApiClient:
        return self.signed_in("otto", "operator")

    def consent(self, student_id: str) -> None:
        self.students.consents[SCHOOL, student_id] = Consent("A guardian", date(2026, 9, 1), "2026-11")

    def take_the_roll(self) -> Register:
        """One capture of the maths lesson: Ada recognised, Emmy doubtful, a stranger, the others unseen."""
        self.students.put_portrait(
            Portrait(SCHOOL, "s-emmy", "e" * 32, datetime(2026, 9, 2, tzinfo=UTC), status="enrolled")
        )
        sightings = (
            _sighting("s-ada", 0, 97.0, "recognised"),
            _sighting("s-emmy", 1, 83.0, "doubtful"),
        )
        return self._take(CAPTURE_ID, datetime(2026, 11, 23, 8, 4, tzinfo=UTC), sightings)

    def take_a_later_roll_of_strangers(self) -> Register:
        """Another capture of the maths lesson, of faces that nobody was given."""
        return self._take(LATER_CAPTURE_ID, datetime(2026, 11, 23, 8, 5, tzinfo=UTC), ())

    def _take(self, capture_id: str, taken_at: datetime, sightings: tuple[StoredSighting, ...]) -> Register:
        self.captures.add(
            Capture(
                school_id=SCHOOL,
                device_id=CAMERA,
                capture_id=capture_id,
                room_id="r101",
                trigger="scheduled",
                requested_by="schedule",
                requested_at=taken_at,
                expires_at=taken_at.replace(minute=30),
                status="SUCCEEDED",
                stage="recorded",
                meeting_id=MATHS_NOW,
                taken_at=taken_at,
            )
        )
        place = CapturePrefix(SCHOOL, CAMERA, capture_id)
        unknown = tuple(
            SearchedFace(
                index=index, box=_box(index), confidence=99.0, frame=1, outcome="searched", candidates=()
            )
            for index in range(len(sightings), 3)
        )
        found = CaptureSightings(
            meeting_id=MATHS_NOW,
            policy_version=DEFAULT_POLICY.version,
            sightings=sightings,
            unknown=unknown,
        )
        self.pictures.write(place.sightings, found)
        faces = tuple(StoredFace(index=index, box=_box(index), confidence=99.0) for index in range(3))
        self.pictures.write(
            place.faces(1), FrameFaces(frame=1, key=place.file("1.jpg"), width=1920, height=1080, faces=faces)
        )
        return self._record(capture_id, taken_at, found)

    def _record(self, capture_id: str, taken_at: datetime, found: CaptureSightings) -> Register:
        before = view_register(SCHOOL, MATHS_NOW, schools=self.schools, registers=self.registers)
        outcome = CaptureOutcome(capture_id, taken_at, 1, 1, 3, len(found.unknown), 0)
        evidence = gather_evidence(capture_id, taken_at, [sighting_of(s) for s in found.sightings])
        after = fold_capture(before, outcome, evidence, DEFAULT_POLICY)
        line = next_change(
            before, after, kind="capture", actor=f"capture:{capture_id}", at=taken_at, reason=None
        )
        return self.registers.save(after, line)


def _box(index: int) -> StoredBox:
    return StoredBox(left=0.1 + 0.2 * index, top=0.3, width=0.1, height=0.15)


def _sighting(
    student_id: str, face: int, similarity: float, band: Literal["recognised", "doubtful"]
) -> StoredSighting:
    return StoredSighting(
        student_id=student_id,
        frame=1,
        face=face,
        box=_box(face),
        similarity=similarity,
        band=band,
        on_roster=True,
        certainty=13.0 if band == "recognised" else 7.0,
        needed=8.5,
    )
