"""The pictures of a register, with whom each face was given to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from attendance.contracts.object_keys import CapturePrefix, PortraitKey
from attendance.contracts.workflow import CaptureSightings, FrameFaces, StoredSighting
from attendance.domain.errors import NotFoundError
from attendance.domain.policy import Band
from attendance.domain.registers import CaptureOutcome, Register
from attendance.domain.sightings import Box
from attendance.ports import CaptureStore, ObjectStore, StudentStore
from attendance.usecases.stored import box_of

# Long enough for a phone on a slow line to begin loading, too short to be passed around.
VIEW_SECONDS = 300


@dataclass(frozen=True, slots=True)
class PictureView:
    """That somebody was given access to pictures: kept, so that a school can say who saw what."""

    school_id: str
    viewer: str
    at: datetime
    subject: str
    keys: tuple[str, ...]


class ViewLog(Protocol):
    def record(self, view: PictureView) -> None: ...


@dataclass(frozen=True, slots=True)
class FaceView:
    """A face of a frame; `student_id` is None where it was given to nobody."""

    box: Box
    band: Band
    student_id: str | None
    similarity: float | None
    on_roster: bool


@dataclass(frozen=True, slots=True)
class FrameView:
    """Width and height in pixels, EXIF orientation applied."""

    capture_id: str
    frame: int
    url: str
    width: int
    height: int
    faces: tuple[FaceView, ...]


@dataclass(frozen=True, slots=True)
class PortraitView:
    student_id: str
    url: str


@dataclass(frozen=True, slots=True)
class RegisterPictures:
    """Of the latest capture that had readable frames.

    No frames although there is a capture: they have been deleted, as the captures bucket does after its days.
    `review_frames` are those of earlier captures that raised a doubt which is still open, and `portraits`
    those of the doubtful students, to compare with.
    """

    capture: CaptureOutcome | None
    frames: tuple[FrameView, ...]
    review_frames: tuple[FrameView, ...]
    portraits: tuple[PortraitView, ...]
    names: Mapping[str, str]


def shown_capture(register: Register) -> CaptureOutcome | None:
    """The capture whose pictures stand for the register: the latest with readable frames."""
    readable = [capture for capture in register.captures if capture.readable_frames]
    shown = readable or register.captures
    return shown[-1] if shown else None


def view_pictures(
    register: Register,
    *,
    viewer: str,
    now: datetime,
    captures: CaptureStore,
    pictures: ObjectStore,
    portraits: ObjectStore,
    students: StudentStore,
    views: ViewLog,
) -> RegisterPictures:
    """Short-lived addresses of a register's pictures. The view is recorded before any address is given."""
    outcome = shown_capture(register)
    if outcome is None:
        return RegisterPictures(None, (), (), (), {})
    latest = _open(register, outcome.capture_id, range(1, outcome.frames + 1), captures, pictures)
    earlier = [
        _open(register, capture_id, frames, captures, pictures)
        for capture_id, frames in _frames_in_doubt(register, but=outcome.capture_id).items()
    ]
    portrait_keys = _portraits_of_doubtful(register, students)
    found = [frame for taken in (latest, *earlier) for frame in taken.frames]
    shown = (*(frame.key for frame in found), *portrait_keys.values())
    if shown:
        views.record(PictureView(register.school_id, viewer, now, register.meeting_id, shown))
    seen = {sighting.student_id for taken in (latest, *earlier) for sighting in taken.sightings.values()}
    return RegisterPictures(
        capture=outcome,
        frames=tuple(_view_of(frame, latest, pictures) for frame in latest.frames),
        review_frames=tuple(_view_of(frame, taken, pictures) for taken in earlier for frame in taken.frames),
        portraits=tuple(
            PortraitView(student_id, portraits.view_url(key, seconds=VIEW_SECONDS))
            for student_id, key in portrait_keys.items()
        ),
        names=students.names(register.school_id, seen),
    )


@dataclass(frozen=True, slots=True)
class _Opened:
    """What is still stored of a capture's frames."""

    capture_id: str
    frames: tuple[FrameFaces, ...]
    sightings: Mapping[tuple[int, int], StoredSighting]


def _open(
    register: Register,
    capture_id: str,
    frames: Iterable[int],
    captures: CaptureStore,
    pictures: ObjectStore,
) -> _Opened:
    capture = captures.get(register.school_id, capture_id)
    place = CapturePrefix(capture.school_id, capture.device_id, capture.capture_id)
    return _Opened(capture_id, _frames(place, frames, pictures), _sightings(place, pictures))


def _frames_in_doubt(register: Register, *, but: str) -> Mapping[str, Sequence[int]]:
    """Frames that open reviews point at, by capture; the shown capture's are shown anyway."""
    found: dict[str, set[int]] = {}
    for mark in register.marks.values():
        if mark.review is not None and mark.review.evidence.capture_id != but:
            found.setdefault(mark.review.evidence.capture_id, set()).add(mark.review.evidence.frame)
    return {capture_id: sorted(frames) for capture_id, frames in sorted(found.items())}


def _frames(place: CapturePrefix, numbers: Iterable[int], pictures: ObjectStore) -> tuple[FrameFaces, ...]:
    frames = []
    for number in numbers:
        try:
            found = pictures.read(place.faces(number))
        except NotFoundError:  # unreadable, not uploaded, or deleted since
            continue
        frames.append(FrameFaces.model_validate_json(found))
    return tuple(frames)


def _sightings(place: CapturePrefix, pictures: ObjectStore) -> Mapping[tuple[int, int], StoredSighting]:
    try:
        found = CaptureSightings.model_validate_json(pictures.read(place.sightings))
    except NotFoundError:
        return {}
    return {(sighting.frame, sighting.face): sighting for sighting in found.sightings}


def _portraits_of_doubtful(register: Register, students: StudentStore) -> Mapping[str, str]:
    keys = {}
    for student_id, mark in register.marks.items():
        if mark.review is None:
            continue
        enrolled = [p for p in students.portraits(register.school_id, student_id) if p.status == "enrolled"]
        if enrolled:
            latest = max(enrolled, key=lambda portrait: portrait.requested_at)
            keys[student_id] = PortraitKey(register.school_id, student_id, latest.portrait_id).key
    return keys


def _view_of(frame: FrameFaces, opened: _Opened, pictures: ObjectStore) -> FrameView:
    faces = []
    for face in frame.faces:
        sighting = opened.sightings.get((frame.frame, face.index))
        faces.append(
            FaceView(
                box=box_of(face.box),
                band=sighting.band if sighting else "unknown",
                student_id=sighting.student_id if sighting else None,
                similarity=sighting.similarity if sighting else None,
                on_roster=sighting.on_roster if sighting else False,
            )
        )
    return FrameView(
        capture_id=opened.capture_id,
        frame=frame.frame,
        url=pictures.view_url(frame.key, seconds=VIEW_SECONDS),
        width=frame.width,
        height=frame.height,
        faces=tuple(faces),
    )
