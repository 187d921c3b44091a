"""DetectFaces of take-roll, for one frame."""

from attendance.contracts.workflow import DetectedFrame, DetectFacesInput
from attendance.usecases.detect_faces import detect_faces
from pipeline import bootstrap
from pipeline.runtime import step


@step(DetectFacesInput)
def handler(event: DetectFacesInput) -> DetectedFrame:
    return detect_faces(
        event.capture,
        event.frame,
        index=bootstrap.face_detector_of_captures(),
        files=bootstrap.capture_files(),
    )
