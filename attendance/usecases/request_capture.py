"""An admin asks for a capture of a room now, over MQTT or the API alike."""

from collections.abc import Sequence
from datetime import timedelta

from attendance.domain.captures import Capture, adhoc_capture_id, cameras_of
from attendance.domain.errors import NoCameraError
from attendance.ports import CaptureStore, Clock, DeviceRegistry, Messenger, SchoolStore
from attendance.usecases.send_capture import create_and_send

# Who asks is waiting: a camera that has not begun by then will not help any more.
_EXPIRES_AFTER = timedelta(minutes=5)


def request_capture(
    school_id: str,
    room_id: str,
    *,
    requested_by: str,
    request_id: str,
    schools: SchoolStore,
    registry: DeviceRegistry,
    captures: CaptureStore,
    messenger: Messenger,
    clock: Clock,
) -> Sequence[Capture]:
    """Command every camera of the room; the captures that stand for the request.

    The same request twice is one capture a camera, and is sent once.

    Raises
    ------
    NoCameraError
        The room has no registered camera.
    """
    cameras = cameras_of(registry.cameras(school_id), room_id)
    if not cameras:
        message = f"Room {room_id} has no camera. Register one, or check the room's name."
        raise NoCameraError(message)
    policy = schools.policy(school_id)
    now = clock()
    requested = []
    for camera in cameras:
        capture = Capture(
            school_id=school_id,
            device_id=camera.device_id,
            capture_id=adhoc_capture_id(school_id, camera.device_id, request_id),
            room_id=room_id,
            trigger="adhoc",
            requested_by=requested_by,
            requested_at=now,
            expires_at=now + _EXPIRES_AFTER,
        )
        create_and_send(capture, policy, now, captures=captures, messenger=messenger)
        requested.append(captures.get(school_id, capture.capture_id))
    return requested
