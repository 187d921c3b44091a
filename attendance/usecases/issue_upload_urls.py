"""Answer a device that asks where to put a capture's files."""

from datetime import timedelta

from attendance.contracts.object_keys import CapturePrefix
from attendance.contracts.upload import RpcRejected, UploadUrlsAccepted, UploadUrlsRequest
from attendance.domain.captures import CaptureStatus
from attendance.domain.errors import CaptureUnknownError
from attendance.ports import CaptureStore, Clock, DeviceRegistry, Messenger, ObjectStore

# Long enough for a burst over a slow line, short enough that a stolen URL is soon worth nothing.
_URL_LIVES = timedelta(minutes=10)
_CLOSED: frozenset[CaptureStatus] = frozenset({"FAILED", "REJECTED", "CANCELLED"})


def issue_upload_urls(
    device_id: str,
    request: UploadUrlsRequest,
    *,
    registry: DeviceRegistry,
    captures: CaptureStore,
    files: ObjectStore,
    messenger: Messenger,
    clock: Clock,
) -> UploadUrlsAccepted | RpcRejected:
    """Answer with a URL a file, or say why not; asked twice, answered alike.

    The device is the topic's, its school the registry's, the keys the cloud's: nothing of them comes
    from the request.
    """
    answer = _answer(device_id, request, registry, captures, files, clock)
    messenger.answer_upload_urls(device_id, answer)
    return answer


def _answer(
    device_id: str,
    request: UploadUrlsRequest,
    registry: DeviceRegistry,
    captures: CaptureStore,
    files: ObjectStore,
    clock: Clock,
) -> UploadUrlsAccepted | RpcRejected:
    device = registry.device(device_id)
    try:
        capture = captures.get(device.school_id, request.capture_id)
    except CaptureUnknownError:
        capture = None
    if capture is None or capture.device_id != device_id:
        return RpcRejected(
            token=request.token,
            code="CAPTURE_UNKNOWN",
            detail=f"Capture {request.capture_id} was not asked of {device_id}.",
            retry=False,
        )
    if capture.status in _CLOSED:
        return RpcRejected(
            token=request.token,
            code="CAPTURE_CLOSED",
            detail=f"Capture {request.capture_id} has ended as {capture.status}.",
            retry=False,
        )
    place = CapturePrefix(device.school_id, device_id, request.capture_id)
    seconds = int(_URL_LIVES.total_seconds())
    return UploadUrlsAccepted(
        token=request.token,
        capture_id=request.capture_id,
        expires_at=clock() + _URL_LIVES,
        uploads=tuple(
            files.upload_url(place.file(file.name), file, seconds=seconds) for file in request.files
        ),
    )
