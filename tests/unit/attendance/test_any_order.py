"""Everything that can happen to captures, in any order and any number: what holds all the same."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from attendance.domain.captures import OPEN_STATUSES, Capture
from attendance.domain.errors import AttendanceError, ServiceUnavailableError
from attendance.domain.ledger import chain_is_whole
from attendance.usecases.correct_mark import correct_mark
from tests.fakes.example_school import MATHS_LATER, MATHS_NOW, NAMES, SCHOOL
from tests.fakes.school_with_cameras import SECOND_CAMERA, SchoolWithCameras, clock_at

MEETINGS = (MATHS_NOW, MATHS_LATER)
SEEN_BY_CAMERA = {"present", "late", "left_early"}
students = st.sampled_from(sorted(NAMES))


class AnyOrder(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.school = SchoolWithCameras()
        self.school.add_camera(SECOND_CAMERA)
        self.school.tick(clock_at(8, 10))
        self.manifests: dict[str, str] = {}
        self.shown: dict[str, frozenset[str]] = {}
        self.taken: set[tuple[str, str, str]] = set()
        self.words: dict[tuple[str, str], str] = {}
        self.ended: dict[str, str] = {}

    def captures(self) -> list[Capture]:
        return sorted(self.school.captures.captures.values(), key=lambda capture: capture.capture_id)

    @rule(minutes=st.integers(0, 40))
    def time_passes(self, minutes):
        self.school.tick(self.school.clock.now + timedelta(minutes=minutes))

    @rule(number=st.integers(0, 3))
    def somebody_asks(self, number):
        self.school.requested_capture(f"request-{number}")

    @rule(
        data=st.data(),
        status=st.sampled_from(["IN_PROGRESS", "SUCCEEDED", "FAILED", "REJECTED", "CANCELLED", "TIMED_OUT"]),
    )
    def a_camera_tells(self, data, status):
        capture = data.draw(st.sampled_from(self.captures()))
        self.school.device_tells(capture, status)

    @rule(data=st.data(), seen=st.frozensets(students), clock=st.integers(-600, 600))
    def a_camera_uploads(self, data, seen, clock):
        capture = data.draw(st.sampled_from(self.captures()))
        if capture.capture_id in self.manifests:
            return  # a file is uploaded once
        faces = [{student_id: 97.0} for student_id in sorted(seen)]
        taken_at = capture.requested_at + timedelta(seconds=clock)
        self.manifests[capture.capture_id] = self.school.upload(capture, faces, taken_at=taken_at)
        self.shown[capture.capture_id] = seen

    @precondition(lambda self: self.manifests)
    @rule(data=st.data(), run=st.sampled_from(["run-1", "run-2"]))
    def a_roll_runs(self, data, run):
        capture_id = data.draw(st.sampled_from(sorted(self.manifests)))
        if self.school.roll(self.manifests[capture_id], run=f"{capture_id}-{run}") == "Published":
            meeting_id = self.school.captures.get(SCHOOL, capture_id).meeting_id
            for student_id in self.shown[capture_id]:
                self.taken.add((meeting_id, capture_id, student_id))

    @precondition(lambda self: self.manifests)
    @rule(data=st.data(), run=st.sampled_from(["run-1", "run-2"]), state=st.sampled_from(["A", "B"]))
    def a_roll_fails(self, data, run, state):
        capture_id = data.draw(st.sampled_from(sorted(self.manifests)))
        self.school.record_failure(
            state, self.manifests[capture_id], f"{capture_id}-{run}", ServiceUnavailableError("no answer")
        )

    @rule(
        student_id=students,
        meeting_id=st.sampled_from(MEETINGS),
        status=st.sampled_from(["absent", "present"]),
    )
    def the_teacher_says(self, student_id, meeting_id, status):
        register = self.school.register(meeting_id)
        correct_mark(
            SCHOOL,
            meeting_id,
            student_id,
            status,
            version=register.version if register else 0,
            actor="ana",
            reason=None,
            schools=self.school.schools,
            registers=self.school.registers,
            clock=self.school.clock,
        )
        self.words[meeting_id, student_id] = status

    @invariant()
    def nobody_is_absent_but_by_a_teachers_word(self):
        for meeting_id in MEETINGS:
            if self.school.register(meeting_id) is None:
                continue
            for student_id, status in self.school.statuses(meeting_id).items():
                said = self.words.get((meeting_id, student_id))
                assert status == said if said else status in SEEN_BY_CAMERA | {"unseen"}

    @invariant()
    def who_was_seen_stays_seen(self):
        for meeting_id, capture_id, student_id in self.taken:
            mark = self.school.register(meeting_id).marks[student_id]
            assert capture_id in {evidence.capture_id for evidence in mark.evidence}
            assert mark.source == "teacher" or mark.status in SEEN_BY_CAMERA

    @invariant()
    def a_capture_is_on_one_register_once(self):
        folded = [
            capture.capture_id
            for meeting_id in MEETINGS
            if (register := self.school.register(meeting_id))
            for capture in register.captures
        ]
        assert len(folded) == len(set(folded))

    @invariant()
    def the_ledger_is_whole_and_counts_every_version(self):
        for meeting_id in MEETINGS:
            register = self.school.register(meeting_id)
            lines = self.school.registers.changes(SCHOOL, meeting_id)
            assert len(lines) == (register.version if register else 0)
            assert chain_is_whole(lines, head=register.ledger_hash if register else "")

    @invariant()
    def what_has_ended_stays_ended(self):
        for capture in self.captures():
            before = self.ended.get(capture.capture_id)
            assert before in {None, capture.status} or (before, capture.status) == ("TIMED_OUT", "SUCCEEDED")
            if capture.status not in OPEN_STATUSES:
                self.ended[capture.capture_id] = capture.status

    @invariant()
    def all_that_is_announced_and_refused_has_a_name(self):
        assert isinstance(self.school.failure, AttendanceError | None)


AnyOrder.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestAnyOrder = AnyOrder.TestCase
