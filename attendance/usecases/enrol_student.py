"""The steps of enrol-student: consent and quality, then the reference; or a refusal that explains itself."""

from dataclasses import replace

from attendance.contracts.object_keys import PortraitKey, parse_portrait
from attendance.contracts.workflow import CheckedPortrait, Failure, IndexedPortrait
from attendance.domain.errors import ConsentMissingError, PortraitRefusedError
from attendance.domain.portraits import PortraitStatus, require_subject, sentences_of
from attendance.ports import Clock, FaceIndex, SchoolStore, StudentStore
from attendance.usecases.compare_portrait import compare_portrait, record_look_alikes
from attendance.usecases.record_failure import cause_of

# Refusals tell the person what to do; anything else is ours to mend.
_REFUSALS = {
    "PortraitRefusedError",
    "ConsentMissingError",
    "PictureUnreadableError",
    "PictureTooLargeError",
}
# The errors themselves name the object, for operators; who took the picture never sees its key.
_PICTURE_SENTENCES = {
    "PictureUnreadableError": "The file is damaged, or no JPEG or PNG picture: choose another one.",
    "PictureTooLargeError": "The picture is too large: choose a smaller one.",
}


def check_portrait(
    bucket: str,
    key: str,
    *,
    students: StudentStore,
    schools: SchoolStore,
    index: FaceIndex,
    clock: Clock,
) -> CheckedPortrait:
    """CheckPortrait: may this picture become a face reference?

    Raises
    ------
    ConsentMissingError, PortraitRefusedError, PictureUnreadableError, PictureTooLargeError
        It may not, and why.
    NotFoundError
        No such student.
    """
    place = parse_portrait(key)
    students.student(place.school_id, place.student_id)
    _require_consent(place, students, schools, clock)
    require_subject(index.portrait_faces(key))
    return CheckedPortrait(
        school_id=place.school_id,
        student_id=place.student_id,
        portrait_id=place.portrait_id,
        bucket=bucket,
        key=key,
    )


def index_portrait(
    checked: CheckedPortrait,
    *,
    students: StudentStore,
    schools: SchoolStore,
    index: FaceIndex,
    clock: Clock,
) -> IndexedPortrait:
    """IndexPortrait: store the reference, once, also where two runs index the portrait at the same time.

    Consent may have been withdrawn since the check, so it is asked again. Look-alikes are recorded last, and
    again where an earlier run was ended in between.

    Raises
    ------
    ConsentMissingError, PortraitRefusedError
        It may not become a reference, and why.
    """
    place = PortraitKey(checked.school_id, checked.student_id, checked.portrait_id)
    _require_consent(place, students, schools, clock)
    portrait = students.portrait(checked.school_id, checked.student_id, checked.portrait_id)
    reference_id = portrait.face_reference_id
    if reference_id is None:
        subject = require_subject(index.portrait_faces(checked.key))
        notes = compare_portrait(place, subject.box, index=index, students=students)
        added = index.add_reference(checked.school_id, checked.student_id, checked.key, subject.box)
        enrolled = replace(
            portrait,
            status="enrolled",
            codes=notes,
            message=sentences_of(notes) or None,
            face_reference_id=added,
        )
        reference_id = students.settle_portrait(enrolled).face_reference_id or added
        if reference_id != added:  # another run was first
            index.remove_references(checked.school_id, [added])
    record_look_alikes(
        checked.school_id, checked.student_id, reference_id, clock(), index=index, schools=schools
    )
    return IndexedPortrait(
        school_id=checked.school_id,
        student_id=checked.student_id,
        portrait_id=checked.portrait_id,
        face_reference_id=reference_id,
    )


def record_refusal(key: str, failure: Failure, *, students: StudentStore) -> PortraitStatus:
    """RecordRefusal: `refused` with what to do, or `failed` where the fault is ours.

    What is enrolled stays so: a second run of the same upload may fail after the first has ended well.
    """
    place = parse_portrait(key)
    portrait = students.portrait(place.school_id, place.student_id, place.portrait_id)
    status: PortraitStatus = "refused" if failure.error in _REFUSALS else "failed"
    codes, sentence = _explanation(failure)
    refused = replace(portrait, status=status, codes=codes, message=sentence, face_reference_id=None)
    return students.settle_portrait(refused).status


def _require_consent(place: PortraitKey, students: StudentStore, schools: SchoolStore, clock: Clock) -> None:
    consent = students.consent(place.school_id, place.student_id)
    today = schools.timetable(place.school_id).local_date(clock())
    if consent is None or not consent.is_valid_on(today):
        message = "There is no valid consent for this student: record it first, or mark the student by hand."
        raise ConsentMissingError(message)


def _explanation(failure: Failure) -> tuple[tuple[str, ...], str]:
    """A refusal's codes stand before its sentence: `HEAD_POSE,SHARPNESS: Look straight.`"""
    sentence = cause_of(failure)
    if failure.error != PortraitRefusedError.__name__:
        return (failure.error.removesuffix("Error"),), _PICTURE_SENTENCES.get(failure.error, sentence)
    codes, _, rest = sentence.partition(": ")
    return tuple(codes.split(",")), rest
