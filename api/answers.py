"""From domain values to what the API gives."""

from collections.abc import Mapping, Sequence
from datetime import date

from api import schemas
from attendance.domain.captures import Capture
from attendance.domain.ledger import Change
from attendance.domain.portraits import Portrait
from attendance.domain.registers import CaptureOutcome, Counts, Evidence, Register
from attendance.domain.rosters import Section, Student
from attendance.domain.sightings import Box
from attendance.usecases.list_meetings import MeetingOverview, MeetingsOfDay
from attendance.usecases.list_rooms import RoomOverview
from attendance.usecases.list_students import StudentRecord
from attendance.usecases.view_pictures import FaceView, FrameView, RegisterPictures


def section_ref(section: Section) -> schemas.SectionRef:
    return schemas.SectionRef(section_id=section.section_id, name=section.name)


def counts(counted: Counts) -> schemas.Counts:
    return schemas.Counts(
        present=counted.present,
        doubtful=counted.doubtful,
        unseen=counted.unseen,
        absent=counted.absent,
        students=counted.students,
    )


def meetings(of_day: MeetingsOfDay) -> schemas.Meetings:
    items = tuple(_meeting(meeting) for meeting in of_day.meetings)
    return schemas.Meetings(date=of_day.date, time_zone=of_day.time_zone, items=items)


def _meeting(meeting: MeetingOverview) -> schemas.MeetingSummary:
    return schemas.MeetingSummary(
        meeting_id=meeting.meeting_id,
        section=section_ref(meeting.section),
        room_id=meeting.room_id,
        date=meeting.date,
        period_id=meeting.period_id,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        status=meeting.status,
        counts=counts(meeting.counts),
        version=meeting.version,
    )


def register(
    shown: Register, section: Section, students: Sequence[Student], *, may_correct: bool
) -> schemas.Register:
    return schemas.Register(
        meeting_id=shown.meeting_id,
        section=section_ref(section),
        room_id=shown.room_id,
        date=shown.date,
        period_id=shown.period_id,
        starts_at=shown.starts_at,
        ends_at=shown.ends_at,
        status=shown.status,
        version=shown.version,
        policy_version=shown.policy_version,
        counts=counts(shown.count()),
        marks=tuple(_mark(shown, student) for student in students),
        captures=tuple(capture_summary(capture) for capture in shown.captures),
        may_correct=may_correct,
    )


def _mark(shown: Register, student: Student) -> schemas.Mark:
    mark = shown.marks[student.student_id]
    latest = max(mark.evidence, key=lambda evidence: evidence.taken_at, default=None)
    return schemas.Mark(
        student_id=student.student_id,
        name=student.name,
        status=mark.status,
        source=mark.source,
        reason=mark.reason,
        review=_seen(mark.review.evidence) if mark.review else None,
        seen=_seen(latest) if latest else None,
    )


def _seen(evidence: Evidence) -> schemas.Seen:
    return schemas.Seen(
        capture_id=evidence.capture_id,
        taken_at=evidence.taken_at,
        frame=evidence.frame,
        box=_box(evidence.box),
        similarity=evidence.similarity,
        frames_seen=evidence.frames_seen,
        compared=tuple(
            schemas.Compared(frame=one.frame, face=one.face, similarity=one.similarity)
            for one in evidence.compared
        ),
        certainty=evidence.certainty,
        needed=evidence.needed,
    )


def _box(box: Box) -> schemas.Box:
    return schemas.Box(left=box.left, top=box.top, width=box.width, height=box.height)


def capture_summary(outcome: CaptureOutcome) -> schemas.CaptureSummary:
    return schemas.CaptureSummary(
        capture_id=outcome.capture_id,
        taken_at=outcome.taken_at,
        frames=outcome.frames,
        readable_frames=outcome.readable_frames,
        faces=outcome.faces,
        unknown_faces=outcome.unknown_faces,
        unsearched_faces=outcome.unsearched_faces,
        problems=outcome.problems,
    )


def pictures(shown: RegisterPictures) -> schemas.Pictures:
    return schemas.Pictures(
        capture=capture_summary(shown.capture) if shown.capture else None,
        pictures=tuple(_picture(frame, shown.names) for frame in shown.frames),
        review_pictures=tuple(_picture(frame, shown.names) for frame in shown.review_frames),
        portraits=tuple(
            schemas.PortraitPicture(student_id=portrait.student_id, url=portrait.url)
            for portrait in shown.portraits
        ),
    )


def _picture(frame: FrameView, names: Mapping[str, str]) -> schemas.Picture:
    return schemas.Picture(
        capture_id=frame.capture_id,
        frame=frame.frame,
        url=frame.url,
        width=frame.width,
        height=frame.height,
        faces=tuple(_face(face, names) for face in frame.faces),
    )


def _face(face: FaceView, names: Mapping[str, str]) -> schemas.Face:
    return schemas.Face(
        box=_box(face.box),
        band=face.band,
        student_id=face.student_id,
        name=names.get(face.student_id, face.student_id) if face.student_id else None,
        similarity=face.similarity,
        on_roster=face.on_roster,
    )


def changes(lines: Sequence[Change], names: Mapping[str, str]) -> schemas.Changes:
    return schemas.Changes(items=tuple(_change(line, names) for line in lines))


def _change(line: Change, names: Mapping[str, str]) -> schemas.Change:
    return schemas.Change(
        version=line.version,
        kind=line.kind,
        actor=line.actor,
        at=line.at,
        reason=line.reason,
        status_before=line.status_before,
        status_after=line.status_after,
        marks=tuple(
            schemas.MarkChange(
                student_id=mark.student_id,
                name=names.get(mark.student_id, mark.student_id),
                before=mark.before,
                after=mark.after,
            )
            for mark in line.marks
        ),
    )


def rooms(shown: Sequence[RoomOverview]) -> schemas.Rooms:
    return schemas.Rooms(
        items=tuple(
            schemas.Room(
                room_id=room.room_id,
                cameras=room.cameras,
                meeting_id=room.meeting.meeting_id if room.meeting else None,
                section=section_ref(room.section) if room.section else None,
            )
            for room in shown
        )
    )


def capture_state(capture: Capture) -> schemas.CaptureState:
    return schemas.CaptureState(
        capture_id=capture.capture_id,
        room_id=capture.room_id,
        device_id=capture.device_id,
        trigger=capture.trigger,
        requested_at=capture.requested_at,
        expires_at=capture.expires_at,
        taken_at=capture.taken_at,
        status=capture.status,
        stage=capture.stage,
        reason=capture.reason,
        meeting_id=capture.meeting_id,
    )


def student_record(record: StudentRecord, today: date) -> schemas.StudentRecord:
    consent = record.consent
    return schemas.StudentRecord(
        student_id=record.student.student_id,
        name=record.student.name,
        consent=schemas.Consent(
            given_by=consent.given_by,
            given_on=consent.given_on,
            text_version=consent.text_version,
            expires_on=consent.expires_on,
            withdrawn_on=consent.withdrawn_on,
            is_valid=consent.is_valid_on(today),
        )
        if consent
        else None,
        portraits=tuple(portrait(one) for one in record.portraits),
        look_alikes=tuple(
            schemas.LookAlike(
                student_id=other.student.student_id,
                name=other.student.name,
                similarity=other.pair.similarity,
                is_same_picture=other.pair.is_same_picture,
            )
            for other in record.look_alikes
        ),
    )


def portrait(shown: Portrait) -> schemas.Portrait:
    return schemas.Portrait(
        portrait_id=shown.portrait_id,
        status=shown.status,
        codes=shown.codes,
        message=shown.message,
        requested_at=shown.requested_at,
    )
