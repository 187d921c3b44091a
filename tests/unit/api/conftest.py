import pytest

from tests.fakes.example_school import ExampleSchool


@pytest.fixture
def school() -> ExampleSchool:
    return ExampleSchool()
