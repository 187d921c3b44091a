"""The register of a meeting: what its captures and its teacher make of every student's mark."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from attendance.domain.policy import Policy
from attendance.domain.sightings import Box, Sighting
from attendance.domain.timetable import Meeting

MarkStatus = Literal["present", "late", "left_early", "absent", "excused", "unseen"]
RegisterStatus = Literal["expected", "provisional", "confirmed", "amended", "not_taken"]
MarkSource = Literal["camera", "teacher"]

_PRESENCE: frozenset[MarkStatus] = frozenset({"present", "late"})
# Two later good captures must have missed a student before "left early" is said.
_MISSES_TO_HAVE_LEFT = 2
# The cameras of a room are told to capture at the same moment and do so some seconds apart: what they see
# together is one look at the room, in which a student is missed only where none of them saw him.
_ONE_LOOK = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Compared:
    """One face of one frame that was compared with a student; `similarity` is percent."""

    frame: int
    face: int
    similarity: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one capture says for a student: the best sighting, and how certain all of them make it.

    Parameters
    ----------
    frame, face, box, similarity
        Of the sighting that is most like the student.
    frames_seen
        In how many frames the student's place showed a face.
    compared
        The faces that were like the student.
    certainty, needed
        As of a sighting: what all looks at the place say together, and what recognising takes.
    look_alikes
        With whom the student makes a confusable pair.
    """

    capture_id: str
    taken_at: datetime
    frame: int
    face: int
    box: Box
    similarity: float
    recognised: bool
    frames_seen: int
    compared: tuple[Compared, ...] = ()
    certainty: float = 0.0
    needed: float = 0.0
    look_alikes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """For the teacher to decide, with the evidence: a doubtful candidate, or one who has a look-alike."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Mark:
    """One student's status in a meeting."""

    student_id: str
    status: MarkStatus = "unseen"
    source: MarkSource = "camera"
    review: Review | None = None
    evidence: tuple[Evidence, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CaptureOutcome:
    """What one capture contributed. A good capture had at least one readable frame with a searched face."""

    capture_id: str
    taken_at: datetime
    frames: int
    readable_frames: int
    faces: int
    unknown_faces: int
    unsearched_faces: int
    problems: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        return self.readable_frames > 0 and self.faces > self.unsearched_faces


@dataclass(frozen=True, slots=True)
class Register:
    """All marks of a meeting. `version` counts its writes; 0 has not been written yet."""

    school_id: str
    meeting_id: str
    section_id: str
    room_id: str
    date: date
    period_id: str
    starts_at: datetime
    ends_at: datetime
    policy_version: str
    status: RegisterStatus
    marks: Mapping[str, Mark]
    captures: tuple[CaptureOutcome, ...] = ()
    version: int = 0
    ledger_hash: str = ""

    def count(self) -> "Counts":
        marks = self.marks.values()
        return Counts(
            present=sum(mark.status in _PRESENCE for mark in marks),
            doubtful=sum(mark.status not in _PRESENCE and mark.review is not None for mark in marks),
            unseen=sum(mark.status == "unseen" and mark.review is None for mark in marks),
            absent=sum(mark.status == "absent" for mark in marks),
            students=len(self.marks),
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """A register in numbers: present counts late too, doubtful open reviews, unseen those without."""

    present: int
    doubtful: int
    unseen: int
    absent: int
    students: int


def expected_register(school_id: str, meeting: Meeting, roster: Iterable[str], policy: Policy) -> Register:
    """The register before any capture: everybody on the roster is unseen."""
    return Register(
        school_id=school_id,
        meeting_id=meeting.meeting_id,
        section_id=meeting.section_id,
        room_id=meeting.room_id,
        date=meeting.date,
        period_id=meeting.period_id,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        policy_version=policy.version,
        status="expected",
        marks={student_id: Mark(student_id) for student_id in sorted(roster)},
    )


def gather_evidence(
    capture_id: str, taken_at: datetime, sightings: Iterable[Sighting]
) -> Mapping[str, Evidence]:
    """What one capture says for each student on the roster whom it gave a face to."""
    by_student: dict[str, list[Sighting]] = {}
    for sighting in sightings:
        if sighting.on_roster:
            by_student.setdefault(sighting.student_id, []).append(sighting)
    gathered = {}
    for student_id, seen in by_student.items():
        best = max(seen, key=lambda s: (s.band == "recognised", s.similarity or 0.0, -s.frame, -s.face))
        gathered[student_id] = Evidence(
            capture_id=capture_id,
            taken_at=taken_at,
            frame=best.frame,
            face=best.face,
            box=best.box,
            similarity=best.similarity or 0.0,
            recognised=best.band == "recognised",
            frames_seen=len(seen),
            compared=tuple(Compared(s.frame, s.face, s.similarity) for s in seen if s.similarity is not None),
            certainty=best.certainty,
            needed=best.needed,
            look_alikes=tuple(sorted(best.look_alikes)),
        )
    return gathered


def fold_capture(
    register: Register, outcome: CaptureOutcome, evidence: Mapping[str, Evidence], policy: Policy
) -> Register:
    """The register with one more capture in it.

    Folding the same capture again, or captures in another order, gives the same marks. A mark that a
    teacher has set keeps its status; only its evidence grows. A capture that is not good changes no mark,
    and what a capture has shown stays when the same capture is said to have failed, before or after.
    """
    if not outcome.is_good:
        evidence = {}
        if any(old.capture_id == outcome.capture_id and old.is_good for old in register.captures):
            return register
    captures = tuple(
        sorted(
            (*(old for old in register.captures if old.capture_id != outcome.capture_id), outcome),
            key=lambda capture: (capture.taken_at, capture.capture_id),
        )
    )
    looks = _looks([capture for capture in captures if capture.is_good])
    marks = {
        student_id: _decide(
            _with_evidence(mark, outcome.capture_id, evidence.get(student_id)), looks, register, policy
        )
        for student_id, mark in register.marks.items()
    }
    status = register.status
    if status in {"expected", "provisional", "not_taken"}:
        status = "provisional" if looks else "not_taken"
    return replace(register, captures=captures, marks=marks, status=status)


def correct_mark(register: Register, student_id: str, status: MarkStatus, reason: str | None) -> Register:
    """The register with a teacher's word on one student, which no camera overwrites.

    Raises
    ------
    KeyError
        The student is not on this register.
    """
    mark = register.marks[student_id]
    corrected = replace(mark, status=status, source="teacher", review=None, reason=reason)
    amended: RegisterStatus = "amended" if register.status in {"confirmed", "amended"} else register.status
    return replace(register, marks={**register.marks, student_id: corrected}, status=amended)


def _with_evidence(mark: Mark, capture_id: str, new: Evidence | None) -> Mark:
    kept = [old for old in mark.evidence if old.capture_id != capture_id]
    added = [new] if new is not None else []
    return replace(mark, evidence=tuple(sorted([*kept, *added], key=lambda e: (e.taken_at, e.capture_id))))


def _looks(good: list[CaptureOutcome]) -> list[frozenset[str]]:
    """Ids of the captures of each look at the room, in order of time."""
    looks: list[list[CaptureOutcome]] = []
    for capture in good:
        if looks and capture.taken_at - looks[-1][0].taken_at <= _ONE_LOOK:
            looks[-1].append(capture)
        else:
            looks.append([capture])
    return [frozenset(capture.capture_id for capture in look) for look in looks]


def _decide(mark: Mark, looks: list[frozenset[str]], register: Register, policy: Policy) -> Mark:
    if mark.source == "teacher":
        return mark
    seen = {evidence.capture_id: evidence for evidence in mark.evidence if evidence.recognised}
    if not seen:
        strongest = max(mark.evidence, key=lambda e: (e.certainty, e.similarity), default=None)
        return replace(mark, status="unseen", review=Review(strongest) if strongest else None)
    showing = [number for number, look in enumerate(looks) if not look.isdisjoint(seen)]
    first_seen_at = min(e.taken_at for e in seen.values())
    missed_before = showing[0] > 0
    missed_after = len(looks) - 1 - showing[-1]
    status: MarkStatus = "present"
    if missed_after >= _MISSES_TO_HAVE_LEFT:
        status = "left_early"
    elif missed_before and first_seen_at > register.starts_at + policy.late_after:
        status = "late"
    mistakable = [evidence for evidence in seen.values() if evidence.look_alikes]
    strongest = max(mistakable, key=lambda e: (e.certainty, e.similarity), default=None)
    return replace(mark, status=status, review=Review(strongest) if strongest else None)
