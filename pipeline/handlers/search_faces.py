"""SearchFaces of take-roll, over all frames of a capture."""

from attendance.contracts.workflow import SearchedFaces, SearchFacesInput
from attendance.usecases.search_faces import search_faces
from pipeline import bootstrap
from pipeline.runtime import step


@step(SearchFacesInput)
def handler(event: SearchFacesInput) -> SearchedFaces:
    return search_faces(
        event.capture,
        event.detected,
        index=bootstrap.face_index_of_captures(),
        files=bootstrap.capture_files(),
        schools=bootstrap.schools(),
    )
