from dataclasses import replace

from attendance.contracts.events import RegisterUpdated
from attendance.usecases.project_register import project_register
from tests.fakes.example_school import MATHS_NOW, NAMES, SCHOOL


def project(school, register):
    return project_register(register, projections=school.projections, announcer=school.announcer)


def test_a_register_is_announced_in_counts_and_hinted_at(school):
    register = school.take_the_roll()
    event = project(school, register)
    assert isinstance(event, RegisterUpdated)
    assert (event.version, event.students, event.present, event.doubtful, event.unseen) == (1, 4, 1, 1, 2)
    assert school.announcer.events == [event]
    assert school.announcer.hints == [(SCHOOL, MATHS_NOW, 1)]
    assert not any(word in event.model_dump_json() for word in [*NAMES, *NAMES.values()])


def test_an_older_version_that_comes_late_replaces_nothing(school):
    older = school.take_the_roll()
    newer = replace(older, version=2)
    project(school, newer)
    project(school, older)
    assert school.projections.projected[SCHOOL, MATHS_NOW] == newer
