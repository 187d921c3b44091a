import pytest

from tests.fakes.school_with_cameras import SchoolWithCameras


@pytest.fixture
def school() -> SchoolWithCameras:
    return SchoolWithCameras()
