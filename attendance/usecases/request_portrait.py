"""Make room for an enrolment photo: where to upload it, and under which id it is followed."""

from datetime import datetime
from uuid import uuid4

from attendance.contracts.object_keys import PortraitKey
from attendance.contracts.upload import UploadFile, UploadUrl
from attendance.domain.errors import ConsentMissingError
from attendance.domain.portraits import Portrait
from attendance.ports import ObjectStore, SchoolStore, StudentStore

# A form is filled in and sent at once; the address need not outlive it by much.
_UPLOAD_SECONDS = 300


def request_portrait(
    school_id: str,
    student_id: str,
    file: UploadFile,
    now: datetime,
    *,
    schools: SchoolStore,
    students: StudentStore,
    portraits: ObjectStore,
) -> tuple[Portrait, UploadUrl]:
    """A waiting portrait and the address for its one upload; what comes of it is told by its status.

    Raises
    ------
    NotFoundError
        The school has no such student.
    ConsentMissingError
        There is no consent that is valid today: not even the photo is stored.
    """
    student = students.student(school_id, student_id)
    consent = students.consent(school_id, student_id)
    today = schools.timetable(school_id).local_date(now)
    if consent is None or not consent.is_valid_on(today):
        message = f"{student.name} has no valid consent to being recognised. Record it first."
        raise ConsentMissingError(message)
    portrait = Portrait(school_id=school_id, student_id=student_id, portrait_id=uuid4().hex, requested_at=now)
    students.put_portrait(portrait)
    key = PortraitKey(school_id, student_id, portrait.portrait_id).key
    return portrait, portraits.upload_url(key, file, seconds=_UPLOAD_SECONDS)
