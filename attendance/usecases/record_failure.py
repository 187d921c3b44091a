"""RecordFailure: a state of take-roll failed; the capture, its register and the operators learn of it."""

import json

from attendance.contracts.object_keys import ObjectKeyInvalidError, parse_capture_file
from attendance.contracts.workflow import Failure
from attendance.domain.errors import CaptureUnknownError
from attendance.ports import Announcer, CaptureStore, Clock, RegisterStore, SchoolStore
from attendance.usecases.fail_capture import fail_capture


def record_failure(
    state: str,
    key: str,
    run: str,
    failure: Failure,
    *,
    schools: SchoolStore,
    registers: RegisterStore,
    captures: CaptureStore,
    announcer: Announcer,
    clock: Clock,
) -> None:
    """Record a failed execution on the capture that it owns.

    An execution that owns no capture (an unknown one, another device's, one taken before, one that was
    cancelled) changes nothing that others rely on: its own history holds the error.
    """
    try:
        place, _ = parse_capture_file(key)
        capture = captures.get(place.school_id, place.capture_id)
    except (ObjectKeyInvalidError, CaptureUnknownError):
        return
    is_strangers = capture.device_id != place.device_id or capture.run not in {None, run}
    if is_strangers or capture.is_unwanted:
        return
    fail_capture(
        capture,
        state=state,
        error=failure.error,
        detail=cause_of(failure),
        schools=schools,
        registers=registers,
        captures=captures,
        announcer=announcer,
        clock=clock,
    )


def cause_of(failure: Failure) -> str:
    """The sentence of an error: Lambda wraps it in JSON, other services do not."""
    try:
        cause = json.loads(failure.cause)
    except ValueError:
        return failure.cause
    return str(cause.get("errorMessage", failure.cause)) if isinstance(cause, dict) else failure.cause
