from pathlib import Path

import pytest

from faces import FaceEngine

SHARED_DATA = Path(__file__).parents[4] / "shared" / "data"


@pytest.fixture(scope="session")
def engine() -> FaceEngine:
    return FaceEngine()


@pytest.fixture(scope="session")
def shared_faces() -> Path:
    """The folder of real faces kept beside the project, where there is one."""
    folder = SHARED_DATA / "faces"
    if not (folder / "lfw-cal.csv").exists():
        pytest.skip(f"real faces are not here: {folder} has no lfw-cal.csv")
    return folder
