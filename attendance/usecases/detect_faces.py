"""DetectFaces: the faces of one frame."""

from attendance.contracts.object_keys import CapturePrefix
from attendance.contracts.workflow import CaptureRef, DetectedFrame, FrameFaces, FrameRef, StoredFace
from attendance.domain.errors import PictureTooLargeError, PictureUnreadableError
from attendance.ports import FaceDetector, ObjectStore
from attendance.usecases.stored import stored_box


def detect_faces(
    ref: CaptureRef, frame: FrameRef, *, index: FaceDetector, files: ObjectStore
) -> DetectedFrame:
    """Detect and store a frame's faces.

    A frame that is no picture, or too large a one, is not an error of the capture: it has a problem
    and no faces, and the other frames go on.
    """
    try:
        found = index.detect(frame.key)
    except PictureUnreadableError:
        return DetectedFrame(frame=frame.frame, key=frame.key, faces=0, problem="UNREADABLE", calls=0)
    except PictureTooLargeError:
        return DetectedFrame(frame=frame.frame, key=frame.key, faces=0, problem="TOO_LARGE", calls=0)
    faces = FrameFaces(
        frame=frame.frame,
        key=frame.key,
        width=frame.width,
        height=frame.height,
        faces=tuple(
            StoredFace(index=number, box=stored_box(face.box), confidence=face.confidence)
            for number, face in enumerate(found.faces)
        ),
    )
    place = CapturePrefix(ref.school_id, ref.device_id, ref.capture_id)
    files.write(place.faces(frame.frame), faces)
    return DetectedFrame(
        frame=frame.frame,
        key=frame.key,
        faces=len(faces.faces),
        problem=None if faces.faces else "NO_FACES",
        calls=found.calls,
    )
