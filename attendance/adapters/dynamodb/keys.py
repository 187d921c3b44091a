"""Every key of the table, in one place. The school is part of each."""

from datetime import date, datetime

from attendance.domain.timetable import Lesson

Key = dict[str, str]
SCHOOLS = "SCHOOLS"
INDEX_KEY = ("GSI1PK", "GSI1SK")


def _key(pk: str, sk: str) -> Key:
    return {"PK": pk, "SK": sk}


def _gsi1(pk: str, sk: str) -> Key:
    return {"GSI1PK": pk, "GSI1SK": sk}


def listed_school(school_id: str) -> Key:
    return _key(SCHOOLS, f"SCHOOL#{school_id}")


def school_partition(school_id: str) -> str:
    return f"SCHOOL#{school_id}"


def school(school_id: str) -> Key:
    return _key(school_partition(school_id), "SCHOOL")


def timetable_partition(school_id: str) -> str:
    return f"SCHOOL#{school_id}#TIMETABLE"


def period(school_id: str, period_id: str) -> Key:
    return _key(timetable_partition(school_id), f"PERIOD#{period_id}")


def lesson(school_id: str, lesson: Lesson) -> Key:
    parts = f"LESSON#{lesson.room_id}#{lesson.weekday}#{lesson.period_id}#{lesson.section_id}"
    return _key(timetable_partition(school_id), parts)


def section(school_id: str, section_id: str) -> Key:
    return _key(school_partition(school_id), f"SECTION#{section_id}")


def student(school_id: str, student_id: str) -> Key:
    return _key(school_partition(school_id), f"STUDENT#{student_id}")


def student_partition(school_id: str, student_id: str) -> str:
    return f"SCHOOL#{school_id}#STUDENT#{student_id}"


def section_partition(school_id: str, section_id: str) -> str:
    return f"SCHOOL#{school_id}#SECTION#{section_id}"


def enrollment(school_id: str, section_id: str, student_id: str, begins_on: date) -> Key:
    sk = f"ENROLLMENT#{student_id}#{begins_on.isoformat()}"
    return _key(section_partition(school_id, section_id), sk) | _gsi1(
        student_partition(school_id, student_id), f"ENROLLMENT#{section_id}"
    )


def consent(school_id: str, student_id: str) -> Key:
    return _key(student_partition(school_id, student_id), "CONSENT")


def portrait(school_id: str, student_id: str, portrait_id: str) -> Key:
    return _key(student_partition(school_id, student_id), f"PORTRAIT#{portrait_id}")


def confusables_partition(school_id: str) -> str:
    return f"SCHOOL#{school_id}#CONFUSABLES"


def confusable_pair(school_id: str, first: str, second: str) -> Key:
    return _key(confusables_partition(school_id), f"PAIR#{first}#{second}")


def references_partition(school_id: str) -> str:
    return f"SCHOOL#{school_id}#REFERENCES"


def reference(school_id: str, reference_id: str) -> Key:
    return _key(references_partition(school_id), f"REFERENCE#{reference_id}")


def references_version(school_id: str) -> Key:
    return _key(references_partition(school_id), "VERSION")


def capture(school_id: str, capture_id: str) -> Key:
    return _key(f"SCHOOL#{school_id}#CAPTURE#{capture_id}", "CAPTURE")


def room_partition(school_id: str, room_id: str) -> str:
    return f"SCHOOL#{school_id}#ROOM#{room_id}"


def capture_in_room(school_id: str, room_id: str, requested_at: datetime) -> Key:
    return _gsi1(room_partition(school_id, room_id), requested_at.isoformat())


def meeting_partition(school_id: str, meeting_id: str) -> str:
    return f"SCHOOL#{school_id}#MEETING#{meeting_id}"


def register(school_id: str, meeting_id: str) -> Key:
    return _key(meeting_partition(school_id, meeting_id), "REGISTER")


def date_partition(school_id: str, day: date) -> str:
    return f"SCHOOL#{school_id}#DATE#{day.isoformat()}"


def register_on_date(school_id: str, day: date, starts_at: datetime, section_id: str) -> Key:
    return _gsi1(date_partition(school_id, day), f"{starts_at.isoformat()}#{section_id}")


def change(school_id: str, meeting_id: str, version: int) -> Key:
    return _key(meeting_partition(school_id, meeting_id), f"CHANGE#{version:08d}")


def student_history(school_id: str, student_id: str, day: date, meeting_id: str) -> Key:
    return _key(student_partition(school_id, student_id), f"MARK#{day.isoformat()}#{meeting_id}")


def section_total(school_id: str, section_id: str, day: date, meeting_id: str) -> Key:
    return _key(section_partition(school_id, section_id), f"TOTAL#{day.isoformat()}#{meeting_id}")


def picture_view(school_id: str, at: datetime, view_id: str) -> Key:
    return _key(f"SCHOOL#{school_id}#VIEWS#{at.date().isoformat()}", f"{at.isoformat()}#{view_id}")
