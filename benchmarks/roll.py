"""`python -m benchmarks.roll --set DIR`: a class set taken through the whole running system.

Students are enrolled by enrol-student, an agent a capture replays its frames, the register is read from the
API. The marks must be those of `benchmarks.evaluate`; where they are not, the difference is printed.
"""

import argparse
import json
import sys
import tempfile
import time
import urllib.error
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time as wall_clock
from pathlib import Path
from typing import Any

from attendance.domain.policy import DEFAULT_POLICY
from attendance.domain.rosters import Section, Student
from attendance.domain.timetable import Lesson, Period, Timetable
from benchmarks.class_sets import ClassSet, ClassSetError, LabelledCapture, read_class_set
from benchmarks.evaluate import read_frames
from benchmarks.measured_class import MeasuredClass
from faces import FaceEngine
from local.dashboard import Dashboard
from local.emulator.ports import free_port
from local.errors import LocalRunError
from local.schools import Camera, EnrolledStudent, LocalSchool
from local.settings import LocalSettings
from local.system import LocalSystem

_SCHOOL = "roll"
_WAIT_SECONDS = 900


@dataclass(frozen=True, slots=True)
class MarkSeen:
    """What a register says of a student: the status, and whether a teacher is asked."""

    status: str
    is_doubtful: bool

    def __str__(self) -> str:
        return "doubtful" if self.is_doubtful else self.status


Marks = Mapping[str, MarkSeen]


def school_of(class_set: ClassSet) -> LocalSchool:
    """A school in which each capture is a lesson of its own, in a room of its own, on all day."""
    frames = {capture.frame_count for capture in class_set.captures}
    if len(frames) != 1:
        message = f"{class_set.name}: captures of different lengths cannot be asked for by one policy."
        raise ClassSetError(message)
    burst = replace(DEFAULT_POLICY.burst, frames=frames.pop(), interval_ms=0, max_width=8192)
    captures = class_set.captures
    return LocalSchool(
        school_id=_SCHOOL,
        name=class_set.name,
        # Nothing is due by itself: each capture is asked for once, when all are ready.
        policy=replace(DEFAULT_POLICY, version="roll-1", capture_moments=(), burst=burst),
        timetable=Timetable(
            time_zone="UTC",
            periods=(Period("day", wall_clock(0), wall_clock(0)),),
            lessons=tuple(
                Lesson(_section(capture), _room(capture), weekday, "day")
                for capture in captures
                for weekday in range(1, 8)
            ),
        ),
        sections=tuple(Section(_section(c), c.capture_id, frozenset()) for c in captures),
        students=tuple(
            EnrolledStudent(
                Student(student_id, name),
                tuple(_section(capture) for capture in captures),
                tuple(path.read_bytes() for path in class_set.portraits[student_id]),
            )
            for student_id, name in class_set.students.items()
        ),
        cameras={
            f"{_SCHOOL}-{_room(c)}-1": Camera(_room(c), next(iter(c.frames.values())).parent)
            for c in captures
        },
        accounts={"admin": ("admin",)},
        admin_thing=f"{_SCHOOL}-admin",
    )


def marks_of_running_system(class_set: ClassSet, settings: LocalSettings) -> dict[str, Marks]:
    """The marks of each capture, as the API shows them after the whole way."""
    school = school_of(class_set)
    system = LocalSystem(settings, progress=_tell, prepare_school=lambda _: school)
    system.start()
    try:
        dashboard = Dashboard(settings.dashboard_url, system.sign_ins["admin"])
        return dict(_take_all(class_set, dashboard))
    finally:
        system.stop()


def marks_in_process(class_set: ClassSet) -> dict[str, Marks]:
    """The marks of each capture, as `benchmarks.evaluate` decides them."""
    measured = MeasuredClass(FaceEngine(), class_set.students)
    for student_id, portraits in class_set.portraits.items():
        measured.enrol(student_id, [path.read_bytes() for path in portraits])
    taken = {
        capture.capture_id: measured.take(read_frames(capture), capture.frame_count).register.marks
        for capture in class_set.captures
    }
    return {
        capture_id: {
            student_id: MarkSeen(mark.status, mark.review is not None) for student_id, mark in marks.items()
        }
        for capture_id, marks in taken.items()
    }


def differences(
    class_set: ClassSet, evaluated: Mapping[str, Marks], rolled: Mapping[str, Marks]
) -> list[str]:
    """One line a mark that is not the same."""
    return [
        f"{capture.capture_id} {student_id}: evaluate says {evaluated[capture.capture_id][student_id]}, "
        f"the running system {rolled[capture.capture_id][student_id]}"
        for capture in class_set.captures
        for student_id in class_set.students
        if evaluated[capture.capture_id][student_id] != rolled[capture.capture_id][student_id]
    ]


def _take_all(class_set: ClassSet, dashboard: Dashboard) -> Iterator[tuple[str, Marks]]:
    token = dashboard.token()
    asked = {}
    for capture in class_set.captures:
        body = {"room_id": _room(capture), "request_id": f"roll-{uuid.uuid4().hex[:12]}"}
        (state,) = dashboard.post("/v1/captures", body, token)["items"]
        asked[capture.capture_id] = state["capture_id"]
    for name, capture_id in asked.items():
        state = _await_register(dashboard, capture_id, token)
        _tell(f"{name}: register recorded")
        register = dashboard.get(f"/v1/registers/{state['meeting_id']}", token)
        yield (
            name,
            {m["student_id"]: MarkSeen(m["status"], m["review"] is not None) for m in register["marks"]},
        )


def _await_register(dashboard: Dashboard, capture_id: str, token: str) -> Any:
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        state = dashboard.get(f"/v1/captures/{capture_id}", token)
        if state["stage"] == "recorded":
            return state
        if state["stage"] in {"failed", "no_meeting"}:
            message = f"capture {capture_id} ended as {state['stage']}: {state['reason']}"
            raise LocalRunError(message)
        time.sleep(0.5)
    message = f"capture {capture_id} brought no register within {_WAIT_SECONDS} s"
    raise LocalRunError(message)


def _section(capture: LabelledCapture) -> str:
    return f"sec-{capture.capture_id}"


def _room(capture: LabelledCapture) -> str:
    return f"room-{capture.capture_id}"


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the set both ways; 0 where every mark is the same."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.roll", description=main.__doc__)
    parser.add_argument("--set", type=Path, required=True, help="folder of a class set")
    parser.add_argument("--json", type=Path, help="also write the counts here")
    chosen = parser.parse_args(arguments)
    try:
        class_set = read_class_set(chosen.set)
        with tempfile.TemporaryDirectory(prefix="rollcall-roll-") as folder:
            settings = LocalSettings(
                dashboard_port=free_port(),
                aws_port=free_port(),
                mqtt_port=free_port(),
                rekognition_port=free_port(),
                data_dir=Path(folder),
            )
            rolled = marks_of_running_system(class_set, settings)
        evaluated = marks_in_process(class_set)
    except (ClassSetError, LocalRunError, urllib.error.URLError) as error:
        print(f"roll: {error}", file=sys.stderr)
        return 1
    found = differences(class_set, evaluated, rolled)
    marks = len(class_set.captures) * len(class_set.students)
    for line in found:
        print(line)
    print(f"{class_set.name}: {marks - len(found)} of {marks} marks are the same")
    if chosen.json:
        chosen.json.write_text(json.dumps({"set": class_set.name, "marks": marks, "different": len(found)}))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
