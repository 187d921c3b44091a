"""The operator's command: what it says, mends and forgets, and how it ends."""

from pathlib import Path

import pytest

from attendance.domain.portraits import Portrait
from attendance.domain.sightings import Box
from local.errors import LocalRunError
from local.gallery import operator_environment
from local.settings import LocalSettings
from pipeline.check_gallery import main
from tests.fakes.example_school import SCHOOL


def enrol(school, student_id, portrait_id):
    key = f"portraits/{SCHOOL}/{student_id}/{portrait_id}"
    school.consent(student_id)
    reference_id = school.index.add_reference(SCHOOL, student_id, key, Box(0.3, 0.3, 0.4, 0.4))
    school.students.put_portrait(
        Portrait(
            SCHOOL,
            student_id,
            portrait_id,
            school.clock.now,
            status="enrolled",
            face_reference_id=reference_id,
        )
    )
    return reference_id


@pytest.fixture
def one_picture_twice(school):
    """Emmy is enrolled with Ada's picture, and nobody has recorded the pair; her reference's id."""
    ada, emmy = enrol(school, "s-ada", "1" * 32), enrol(school, "s-emmy", "2" * 32)
    keys = (school.index.stored[reference].picture_key for reference in (ada, emmy))
    school.index.likeness[frozenset(keys)] = 99.9
    return emmy


def pairs(school):
    return [(pair.first, pair.second) for pair in school.schools.confusable_pairs(SCHOOL)]


def test_a_sound_gallery_ends_well(school, capsys):
    enrol(school, "s-ada", "1" * 32)
    assert main([SCHOOL]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "1 face references of 1 students; 1 students have only one",
        "  nothing is wrong with them",
    ]


@pytest.mark.usefixtures("one_picture_twice")
def test_what_is_wrong_is_said_by_id_and_nothing_is_changed(school, capsys):
    assert main([SCHOOL]) == 1
    said = capsys.readouterr().out
    assert "too near: s-ada's reference-1 and s-emmy's reference-2, 99.9 %" in said
    assert "Emmy" not in said
    assert pairs(school) == []


@pytest.mark.usefixtures("one_picture_twice")
def test_asked_to_mend_it_records_the_pair(school):
    main([SCHOOL, "--mend"])
    assert pairs(school) == [("s-ada", "s-emmy")]


def test_a_wrong_reference_is_forgotten_before_the_gallery_is_looked_at(school, one_picture_twice):
    assert main([SCHOOL, "--forget", one_picture_twice]) == 0
    assert school.students.portrait(SCHOOL, "s-emmy", "2" * 32).codes == ("REFERENCE_REMOVED",)


def test_where_nothing_was_ever_started_the_local_command_says_what_to_do(tmp_path: Path):
    with pytest.raises(LocalRunError, match="make run"):
        operator_environment(LocalSettings(data_dir=tmp_path))
