"""OpenCapture: is this manifest a capture of ours, and is its register still to be taken?"""

from pydantic import ValidationError

from attendance.contracts.base import first_fault
from attendance.contracts.object_keys import (
    MANIFEST,
    CapturePrefix,
    ObjectKeyInvalidError,
    parse_capture_file,
)
from attendance.contracts.upload import Manifest, ManifestFrame
from attendance.contracts.workflow import CaptureRef, FrameRef, OpenedCapture
from attendance.domain.captures import Capture, plausible_taken_at
from attendance.domain.errors import CaptureClosedError, FrameMissingError, ManifestInvalidError
from attendance.ports import CaptureStore, DeviceRegistry, ObjectStore


def open_capture(
    key: str, run: str, *, files: ObjectStore, captures: CaptureStore, registry: DeviceRegistry
) -> OpenedCapture:
    """Claim a capture for one workflow execution.

    Raises
    ------
    ManifestInvalidError
        The key or the manifest is not what the contract says, or names another device or capture.
    FrameMissingError
        None of the frames it names was uploaded as described. Where only some are missing the roll
        goes on with the rest.
    DeviceUnknownError, CaptureUnknownError
        The registry knows no such device in this school, or it was never asked for this capture.
    CaptureClosedError
        The capture was cancelled, or the device had refused to take it.
    """
    place = _place_of(key)
    device = registry.device(place.device_id)
    if device.school_id != place.school_id:
        message = f"Device {place.device_id} uploaded under school {place.school_id}, which is not its own."
        raise ManifestInvalidError(message)
    capture = captures.get(place.school_id, place.capture_id)
    manifest = _read_manifest(key, files, place, capture)
    if capture.is_unwanted:
        message = f"Capture {capture.capture_id} has ended as {capture.status}: its pictures are not used."
        raise CaptureClosedError(message)
    frames = tuple(
        FrameRef(frame=number, key=place.file(frame.name), width=frame.width, height=frame.height)
        for number, frame in enumerate(manifest.frames, start=1)
        if _is_uploaded(place, frame, files)
    )
    if not frames:
        message = (
            f"None of the {len(manifest.frames)} frames that the manifest names was uploaded as described."
        )
        raise FrameMissingError(message)
    taken_at = plausible_taken_at(capture, min(frame.taken_at for frame in manifest.frames))
    is_ours = captures.claim(capture, run, taken_at)
    return OpenedCapture(
        outcome="opened" if is_ours else "already_taken",
        capture=CaptureRef(
            school_id=capture.school_id,
            device_id=capture.device_id,
            capture_id=capture.capture_id,
            room_id=capture.room_id,
            taken_at=taken_at,
            frames=len(manifest.frames),
        ),
        frames=frames,
    )


def _place_of(key: str) -> CapturePrefix:
    try:
        place, name = parse_capture_file(key)
    except ObjectKeyInvalidError as error:
        raise ManifestInvalidError(str(error)) from error
    if name != MANIFEST:
        message = f"{name} is no manifest: the roll starts when {MANIFEST} arrives."
        raise ManifestInvalidError(message)
    return place


def _read_manifest(key: str, files: ObjectStore, place: CapturePrefix, capture: Capture) -> Manifest:
    try:
        manifest = Manifest.model_validate_json(files.read(key))
    except ValidationError as error:
        message = f"The manifest does not follow its contract at {first_fault(error)}."
        raise ManifestInvalidError(message) from error
    told = (manifest.device_id, manifest.capture_id)
    if told != (place.device_id, place.capture_id) or capture.device_id != place.device_id:
        message = (
            f"The manifest of capture {place.capture_id} by {place.device_id} names capture "
            f"{manifest.capture_id} by {manifest.device_id}; the capture was asked of {capture.device_id}."
        )
        raise ManifestInvalidError(message)
    return manifest


def _is_uploaded(place: CapturePrefix, frame: ManifestFrame, files: ObjectStore) -> bool:
    stored = files.describe(place.file(frame.name))
    return stored is not None and stored.bytes == frame.bytes and stored.sha256 in {None, frame.sha256}
