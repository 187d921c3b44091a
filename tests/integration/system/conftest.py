import pytest
from played_school import PlayedSchool

from local.system import LocalSystem


@pytest.fixture(scope="session")
def played(system: LocalSystem, tmp_path_factory: pytest.TempPathFactory) -> PlayedSchool:
    """A school beside the demo's, whose students are enrolled and whose cameras the tests play."""
    school = PlayedSchool(system, tmp_path_factory.mktemp("played"))
    school.enrol_class()
    return school
