"""What the use cases need of the world. Adapters give it on AWS, fakes in the tests.

Every port raises the transient errors of `attendance.domain.errors` where a service could not answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from attendance.contracts.base import Contract
from attendance.contracts.capture import CaptureCommand
from attendance.contracts.upload import RpcRejected, UploadFile, UploadUrl, UploadUrlsAccepted
from attendance.domain.captures import Capture, CaptureStatus, Device
from attendance.domain.confusables import ConfusablePair
from attendance.domain.consent import Consent
from attendance.domain.ledger import Change
from attendance.domain.policy import Engine, Policy
from attendance.domain.portraits import Portrait, PortraitFace
from attendance.domain.registers import Register
from attendance.domain.rosters import Enrollment, Section, Student
from attendance.domain.sightings import Box, Candidate, View
from attendance.domain.timetable import Timetable


class Clock(Protocol):
    def __call__(self) -> datetime:
        """Now, aware, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class DetectedFace:
    """A face as an engine found it; `box` in ratios of the picture as it is seen, `confidence` in percent."""

    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class PictureFaces:
    """The faces of a picture, and how many calls of a paid service they took."""

    faces: tuple[DetectedFace, ...]
    calls: int


@dataclass(frozen=True, slots=True)
class FaceSearches:
    """What was found of each face asked for.

    Parameters
    ----------
    engine
        None where the school has no face references yet, so that nothing was compared.
    candidates
        Of each face, best first, one line a student.
    views
        How each face was seen; None where, seen alone, it was no face. Empty from an index that cannot tell.
    """

    engine: Engine | None
    candidates: tuple[tuple[Candidate, ...], ...]
    calls: int
    views: tuple[View | None, ...] = ()


class FaceDetector(Protocol):
    """Finds faces; a picture is named by its key in the bucket that the detector was built for."""

    def detect(self, picture_key: str) -> PictureFaces:
        """Every face of a picture.

        Raises
        ------
        PictureUnreadableError, PictureTooLargeError
            The picture itself cannot be used.
        """
        ...


@dataclass(frozen=True, slots=True)
class KnownReference:
    """A face reference of a school, and whose it is."""

    reference_id: str
    student_id: str


@dataclass(frozen=True, slots=True)
class ReferenceMatch:
    """A single face reference near a face; `similarity` is percent, 0 to 100."""

    reference: KnownReference
    similarity: float


class FaceSearcher(Protocol):
    """Finds whose face reference a face is near; one collection a school."""

    def search(
        self, school_id: str, picture_key: str, boxes: Sequence[Box], *, floor: float, limit: int
    ) -> FaceSearches:
        """Candidates from `floor` percent up, at most `limit` a face, in the order of `boxes`."""
        ...


class FaceIndex(FaceDetector, FaceSearcher, Protocol):
    """Finds faces and knows references."""

    def portrait_faces(self, picture_key: str) -> Sequence[PortraitFace]:
        """Every face of a portrait, largest first, with what the enrolment gate asks of it.

        Raises
        ------
        PictureUnreadableError, PictureTooLargeError
            The picture itself cannot be used.
        """
        ...

    def add_reference(self, school_id: str, student_id: str, picture_key: str, box: Box) -> str:
        """Index the face of a portrait that lies in `box` for a student; the id of the new face reference."""
        ...

    def remove_references(self, school_id: str, reference_ids: Sequence[str]) -> None:
        """Forget references; those that are not there are no error."""
        ...

    def references(self, school_id: str) -> Sequence[KnownReference]:
        """Every face reference of the school."""
        ...

    def near_references(
        self, school_id: str, picture_key: str, box: Box, *, floor: float, limit: int
    ) -> Sequence[ReferenceMatch]:
        """Single references near a face, nearest first; `search` compares with whole students."""
        ...

    def neighbours(
        self, school_id: str, reference_id: str, *, floor: float, limit: int
    ) -> Sequence[ReferenceMatch]:
        """Other references near a reference, nearest first.

        Raises
        ------
        NotFoundError
            The school has no such reference.
        """
        ...


@dataclass(frozen=True, slots=True)
class StoredObject:
    """`sha256` in hex, where the uploader's checksum is on record."""

    key: str
    bytes: int
    sha256: str | None


class ObjectStore(Protocol):
    """One bucket."""

    def read(self, key: str) -> bytes:
        """Raises NotFoundError."""
        ...

    def write(self, key: str, content: Contract) -> None: ...

    def describe(self, key: str) -> StoredObject | None: ...

    def upload_url(self, key: str, file: UploadFile, *, seconds: int) -> UploadUrl:
        """A URL for one PUT of exactly this file, once (If-None-Match)."""
        ...

    def view_url(self, key: str, *, seconds: int) -> str: ...


class SchoolStore(Protocol):
    """What a school is: its timetable, sections, rosters and policy, and whom its cameras may mix up."""

    def schools(self) -> Sequence[str]: ...

    def timetable(self, school_id: str) -> Timetable: ...

    def policy(self, school_id: str) -> Policy: ...

    def section(self, school_id: str, section_id: str) -> Section:
        """Raises NotFoundError."""
        ...

    def sections(self, school_id: str) -> Sequence[Section]: ...

    def enrollments(self, school_id: str, section_id: str) -> Sequence[Enrollment]: ...

    def confusable_pairs(self, school_id: str) -> Sequence[ConfusablePair]: ...

    def put_confusable_pair(self, school_id: str, pair: ConfusablePair) -> None:
        """Keep a pair; found again, it takes the older one's place."""
        ...

    def remove_confusable_pair(self, school_id: str, pair: ConfusablePair) -> None: ...


class StudentStore(Protocol):
    """Students with their consents and portraits."""

    def student(self, school_id: str, student_id: str) -> Student:
        """Raises NotFoundError."""
        ...

    def students(self, school_id: str) -> Sequence[Student]: ...

    def names(self, school_id: str, student_ids: Iterable[str]) -> dict[str, str]: ...

    def add_student(self, school_id: str, student: Student, enrollments: Sequence[Enrollment]) -> None: ...

    def consent(self, school_id: str, student_id: str) -> Consent | None: ...

    def record_consent(self, school_id: str, student_id: str, consent: Consent) -> None: ...

    def portraits(self, school_id: str, student_id: str) -> Sequence[Portrait]: ...

    def portrait(self, school_id: str, student_id: str, portrait_id: str) -> Portrait:
        """Raises NotFoundError."""
        ...

    def put_portrait(self, portrait: Portrait) -> None: ...

    def settle_portrait(self, portrait: Portrait) -> Portrait:
        """Store what became of a portrait, unless it has a face reference already; as it is stored then."""
        ...


class CaptureStore(Protocol):
    def add(self, capture: Capture) -> bool:
        """False where a capture with this id exists already: nothing is changed."""
        ...

    def get(self, school_id: str, capture_id: str) -> Capture:
        """Raises CaptureUnknownError."""
        ...

    def open_in_room(self, school_id: str, room_id: str) -> Sequence[Capture]: ...

    def mark_sent(self, capture: Capture, at: datetime) -> None: ...

    def advance(self, capture: Capture, status: CaptureStatus, reason: str | None) -> bool:
        """Record a status; False where the stored state does not let it move there.

        A reason of None leaves the stored one.
        """
        ...

    def claim(self, capture: Capture, run: str, taken_at: datetime) -> bool:
        """Make an execution the owner of the capture's register; False where another one is.

        What was wrong with the capture before is forgotten.
        """
        ...

    def record_stage(self, capture: Capture) -> None:
        """Store the capture's stage, reason and meeting, unless another execution owns it by now."""
        ...


class RegisterStore(Protocol):
    def get(self, school_id: str, meeting_id: str) -> Register | None: ...

    def on_date(self, school_id: str, day: date) -> Sequence[Register]: ...

    def save(self, register: Register, change: Change) -> Register:
        """Write a register and its ledger line together, over the version that was read.

        Returns the register with its new version and ledger hash.

        Raises
        ------
        VersionConflictError
            Somebody else wrote since.
        """
        ...

    def changes(self, school_id: str, meeting_id: str) -> Sequence[Change]: ...


class ProjectionStore(Protocol):
    """What is derived from registers: student histories and section totals."""

    def put(self, register: Register) -> None:
        """Replace what an older version projected; never what a newer one did."""
        ...


class DeviceRegistry(Protocol):
    """The IoT registry: the only word on whose a device is and where it stands."""

    def device(self, device_id: str) -> Device:
        """Raises DeviceUnknownError."""
        ...

    def cameras(self, school_id: str) -> Sequence[Device]: ...


class Messenger(Protocol):
    """Messages to devices."""

    def send_capture(self, device_id: str, command: CaptureCommand, *, expires_in_s: int) -> None: ...

    def answer_upload_urls(self, device_id: str, answer: UploadUrlsAccepted | RpcRejected) -> None: ...


class Announcer(Protocol):
    """Events to whoever listens: the bus, SNS, and the dashboards' hint topic."""

    def announce(self, event: Contract) -> None: ...

    def hint(self, school_id: str, meeting_id: str, version: int) -> None: ...
