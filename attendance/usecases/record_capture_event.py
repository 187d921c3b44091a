"""A device tells how far a command has come."""

from attendance.contracts.capture import CaptureEvent
from attendance.domain.captures import CaptureStatus, next_status
from attendance.ports import Announcer, CaptureStore, Clock, DeviceRegistry, RegisterStore, SchoolStore
from attendance.usecases.fail_capture import fail_capture

_WITHOUT_PICTURES: frozenset[CaptureStatus] = frozenset({"FAILED", "REJECTED"})


def record_capture_event(
    device_id: str,
    event: CaptureEvent,
    *,
    registry: DeviceRegistry,
    schools: SchoolStore,
    captures: CaptureStore,
    registers: RegisterStore,
    announcer: Announcer,
    clock: Clock,
) -> bool:
    """Record the state; False where the event was late, doubled or of another device's capture.

    Raises
    ------
    DeviceUnknownError, CaptureUnknownError
        Nothing of ours: the message goes to the dead-letter queue.
    """
    device = registry.device(device_id)
    capture = captures.get(device.school_id, event.capture_id)
    if capture.device_id != device_id:
        return False
    if next_status(capture.status, event.status) == capture.status:
        return False
    reason = event.reason.code if event.reason else None
    if event.status not in _WITHOUT_PICTURES:
        return captures.advance(capture, event.status, reason)
    # The status last: where the rest fails, the event comes again and finds the capture as it was.
    if not capture.has_arrived:
        fail_capture(
            capture,
            state="device",
            error=reason or event.status,
            detail=event.reason.detail if event.reason else "",
            schools=schools,
            registers=registers,
            captures=captures,
            announcer=announcer,
            clock=clock,
        )
    return captures.advance(capture, event.status, None)
