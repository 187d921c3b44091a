"""Create a capture and command its camera, once."""

from dataclasses import replace
from datetime import datetime, timedelta

from attendance.contracts.capture import BurstSettings, CaptureCommand, ImageSettings
from attendance.domain.captures import Capture
from attendance.domain.policy import Policy
from attendance.ports import CaptureStore, Messenger

# A copy lives until the next one is sent, so that a device coming back online finds one copy, not many.
RESEND_AFTER = timedelta(seconds=55)
_COPY_LIVES_S = 60


def create_and_send(
    capture: Capture, policy: Policy, now: datetime, *, captures: CaptureStore, messenger: Messenger
) -> bool:
    """False where the capture exists already; then nothing is sent."""
    if not captures.add(replace(capture, sent_at=now)):
        return False
    _send(capture, policy, now, messenger)
    return True


def send_again(
    capture: Capture, policy: Policy, now: datetime, *, captures: CaptureStore, messenger: Messenger
) -> bool:
    """Send another copy of a command that nothing was heard of, if the last copy has expired."""
    if capture.sent_at is not None and now - capture.sent_at < RESEND_AFTER:
        return False
    captures.mark_sent(capture, now)
    _send(capture, policy, now, messenger)
    return True


def _send(capture: Capture, policy: Policy, now: datetime, messenger: Messenger) -> None:
    burst = policy.burst
    command = CaptureCommand(
        capture_id=capture.capture_id,
        room_id=capture.room_id,
        trigger=capture.trigger,
        requested_by=capture.requested_by,
        requested_at=capture.requested_at,
        not_before=capture.requested_at,
        expires_at=capture.expires_at,
        burst=BurstSettings(frames=burst.frames, interval_ms=burst.interval_ms),
        image=ImageSettings(max_width=burst.max_width, jpeg_quality=burst.jpeg_quality),
    )
    left = int((capture.expires_at - now).total_seconds())
    messenger.send_capture(capture.device_id, command, expires_in_s=max(1, min(_COPY_LIVES_S, left)))
