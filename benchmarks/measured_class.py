"""A class taken through the use cases of the workflow, in this process."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from attendance.adapters.engine import EngineFaceIndex
from attendance.contracts.object_keys import CapturePrefix, PortraitKey
from attendance.contracts.workflow import (
    CaptureCandidates,
    CaptureRef,
    CaptureSightings,
    DetectedFrame,
    FrameRef,
    SearchedFaces,
)
from attendance.domain.captures import Capture
from attendance.domain.errors import PictureTooLargeError, PictureUnreadableError, PortraitRefusedError
from attendance.domain.policy import DEFAULT_POLICY, Policy
from attendance.domain.portraits import Portrait
from attendance.domain.registers import Register
from attendance.domain.rosters import Student
from attendance.usecases.decide_marks import decide_marks
from attendance.usecases.detect_faces import detect_faces
from attendance.usecases.enrol_student import check_portrait, index_portrait
from attendance.usecases.record_marks import record_marks
from attendance.usecases.resolve_meeting import resolve_meeting
from attendance.usecases.search_faces import search_faces
from benchmarks.memory import (
    CAMERA,
    ROOM,
    SCHOOL,
    MemoryCaptures,
    MemoryObjects,
    MemoryReferences,
    MemoryRegisters,
    MemorySchool,
    capture_time,
)
from faces import FaceEngine


@dataclass(frozen=True, slots=True)
class Frame:
    """An encoded picture of a capture; `number` counts from 1, width and height are pixels."""

    number: int
    width: int
    height: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """A portrait that the enrolment gate did not let in."""

    student_id: str
    portrait: int
    reason: str


@dataclass(frozen=True, slots=True)
class TakenRoll:
    """What a capture made of its meeting's register."""

    register: Register
    candidates: CaptureCandidates
    sightings: CaptureSightings
    searched: SearchedFaces
    meeting_id: str


@dataclass
class MeasuredClass:
    """One class in memory; each capture is a meeting of its own.

    Parameters
    ----------
    names
        Of the students on the roster, by id.
    helpers
        More engines, for as many cores: the frames of a capture are then looked at side by side, as by the
        workflow, and so are the faces that are searched.
    """

    engine: FaceEngine
    names: Mapping[str, str]
    policy: Policy = DEFAULT_POLICY
    refusals: list[Refusal] = field(default_factory=list)
    helpers: Sequence[FaceEngine] = ()

    def __post_init__(self) -> None:
        roster = {student_id: Student(student_id, name) for student_id, name in self.names.items()}
        self._school = MemorySchool(roster, self.policy)
        self._files = MemoryObjects()
        self._captures = MemoryCaptures()
        self._registers = MemoryRegisters()
        self._references = MemoryReferences()
        self._index = EngineFaceIndex(self.engine, self._files, self._references, self.helpers)
        self._taken = 0

    @property
    def enrolled(self) -> frozenset[str]:
        """The students with a face reference."""
        return frozenset(reference.student_id for reference in self._references.references)

    def enrol(self, student_id: str, portraits: Sequence[bytes]) -> None:
        """Bring portraits before the gate; what it refuses is in `refusals`."""
        for number, data in enumerate(portraits, start=1):
            place = PortraitKey(SCHOOL, student_id, uuid5(NAMESPACE_URL, f"{student_id}/{number}").hex)
            self._files.contents[place.key] = data
            self._school.put_portrait(Portrait(SCHOOL, student_id, place.portrait_id, self._clock()))
            try:
                checked = check_portrait(
                    "memory",
                    place.key,
                    students=self._school,
                    schools=self._school,
                    index=self._index,
                    clock=self._clock,
                )
                index_portrait(
                    checked, students=self._school, schools=self._school, index=self._index, clock=self._clock
                )
            except (PortraitRefusedError, PictureUnreadableError, PictureTooLargeError) as error:
                self.refusals.append(Refusal(student_id, number, str(error)))
            finally:
                del self._files.contents[place.key]

    def take(self, frames: Sequence[Frame], promised: int) -> TakenRoll:
        """Take the roll of the next meeting from the frames of one burst, of which `promised` were taken."""
        place = CapturePrefix(SCHOOL, CAMERA, str(uuid5(NAMESPACE_URL, f"{SCHOOL}/{self._taken}")))
        ref = CaptureRef(
            school_id=SCHOOL,
            device_id=CAMERA,
            capture_id=place.capture_id,
            room_id=ROOM,
            taken_at=self._clock(),
            frames=promised,
        )
        self._captures.add(_requested(ref))
        try:
            return self._take(ref, place, frames)
        finally:
            for frame in frames:
                self._files.contents.pop(_key(place, frame), None)
            self._taken += 1

    def _take(self, ref: CaptureRef, place: CapturePrefix, frames: Sequence[Frame]) -> TakenRoll:
        files, schools = self._files, self._school
        meeting_id = resolve_meeting(ref, schools=schools, captures=self._captures).meeting_id
        assert meeting_id is not None, "the measured class has a lesson every day"  # noqa: S101
        files.contents.update({_key(place, frame): frame.data for frame in frames})

        def detect(frame: Frame) -> DetectedFrame:
            told = FrameRef(
                frame=frame.number, key=_key(place, frame), width=frame.width, height=frame.height
            )
            return detect_faces(ref, told, index=self._index, files=files)

        with ThreadPoolExecutor(1 + len(self.helpers)) as pool:
            detected = list(pool.map(detect, frames))
        searched = search_faces(ref, detected, index=self._index, files=files, schools=schools)
        decide_marks(ref, meeting_id, files=files, schools=schools)
        record_marks(
            ref,
            meeting_id,
            detected,
            files=files,
            schools=schools,
            registers=self._registers,
            captures=self._captures,
            clock=self._clock,
        )
        register = self._registers.registers[meeting_id]
        sightings = CaptureSightings.model_validate_json(files.read(place.sightings))
        candidates = CaptureCandidates.model_validate_json(files.read(place.candidates))
        return TakenRoll(register, candidates, sightings, searched, meeting_id)

    def _clock(self) -> datetime:
        return capture_time(self._taken)


def _key(place: CapturePrefix, frame: Frame) -> str:
    return place.file(f"{frame.number}.jpg")


def _requested(ref: CaptureRef) -> Capture:
    return Capture(
        school_id=ref.school_id,
        device_id=ref.device_id,
        capture_id=ref.capture_id,
        room_id=ref.room_id,
        trigger="scheduled",
        requested_by="timetable",
        requested_at=ref.taken_at,
        expires_at=ref.taken_at,
    )
