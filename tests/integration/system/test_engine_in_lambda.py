"""A deployment whose functions run the face engine themselves: no Rekognition anywhere near it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from gallery_cases import GalleryCases
from played_captures import PlayedCameras, present_in
from played_school import PlayedSchool

from attendance.adapters.dynamodb.references import DynamoReferenceStore
from attendance.adapters.dynamodb.table import Table
from attendance.domain.policy import Engine
from faces import FaceEngine
from local.demo_school import prepare_demo_school
from local.emulator.ports import free_port
from local.schools import LocalSchool
from local.settings import LocalSettings
from local.system import LocalSystem

pytestmark = [pytest.mark.emulator, pytest.mark.timeout(600)]


def without_students(cache: Path) -> LocalSchool:
    return replace(prepare_demo_school(cache), students=(), cameras={})


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlayedSchool]:
    """A class enrolled in a system that was deployed with face_index=engine."""
    settings = LocalSettings(
        dashboard_port=free_port(),
        aws_port=free_port(),
        mqtt_port=free_port(),
        rekognition_port=free_port(),
        face_index="engine",
        data_dir=tmp_path_factory.mktemp("engine-system"),
    )
    system = LocalSystem(settings, progress=print, prepare_school=without_students)
    system.start()
    school = PlayedSchool(system, tmp_path_factory.mktemp("engine-school"))
    school.enrol_class()
    yield school
    system.stop()


@pytest.fixture(scope="module")
def references(played: PlayedSchool) -> DynamoReferenceStore:
    table = Table(played.system.clients.client("dynamodb"), played.system.outputs["TableName"])
    return DynamoReferenceStore(table, Engine(FaceEngine.name, FaceEngine.version))


def test_a_roll_is_taken_and_follows_the_references_at_once(
    played: PlayedSchool, references: DynamoReferenceStore
) -> None:
    stored = references.of_school(played.school_id)
    assert {reference.student_id for reference in stored} == played.students
    assert all(reference.vector.shape == (128,) for reference in stored)

    cameras = PlayedCameras(played)
    frames = {f"{number}.jpg": frame.jpeg for number, frame in enumerate(played.burst.frames, start=1)}
    room = played.add_room()
    present = present_in(cameras.register(cameras.bring(room, frames)))

    assert present
    assert present <= played.burst.present

    # The functions that took this roll are warm, and have the references in memory.
    gone = min(present)
    references.remove(
        played.school_id, [reference.reference_id for reference in stored if reference.student_id == gone]
    )
    again = present_in(cameras.register(cameras.bring(played.add_room(), frames)))
    assert again == present - {gone}


class TestGalleryInLambda(GalleryCases):
    """After the roll, which wants the class alone to be enrolled."""
