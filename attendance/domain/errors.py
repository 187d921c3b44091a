"""Errors named for what happened.

The class name is what Step Functions sees as the error type, so a state machine can retry and catch
by it. The message is for a person: what happened and what to do.
"""


class AttendanceError(Exception):
    """Anything Rollcall itself refuses or cannot do. Not worth retrying unless a subclass says so."""


class TransientError(AttendanceError):
    """A service could not answer now; the same call may succeed later."""


class ThrottledError(TransientError):
    """A service asked us to slow down."""


class ServiceUnavailableError(TransientError):
    """A service failed on its side or could not be reached."""


class VersionConflictError(TransientError):
    """Somebody else changed the item since it was read: read again, decide again."""


class NotFoundError(AttendanceError):
    """What was asked for does not exist, or not in this school."""


class AccessDeniedError(AttendanceError):
    """The caller may not do this; the message names what is missing."""


class DeviceUnknownError(NotFoundError):
    """The registry has no such device, or it names no school and room."""


class CaptureUnknownError(NotFoundError):
    """No capture with this id was commanded of this device."""


class CaptureClosedError(AttendanceError):
    """The capture was cancelled or rejected: its pictures are not used."""


class ManifestInvalidError(AttendanceError):
    """The manifest is not what the contract says, or does not belong to this capture and device."""


class FrameMissingError(ManifestInvalidError):
    """The manifest names a frame that was not uploaded, or not as it describes it."""


class PictureUnreadableError(AttendanceError):
    """The bytes are no JPEG or PNG picture that can be decoded, or they end too early."""


class PictureTooLargeError(AttendanceError):
    """The picture has more bytes or pixels than are accepted."""


class TimetableConflictError(AttendanceError):
    """Two lessons claim the same room at the same instant."""


class EngineNotCalibratedError(AttendanceError):
    """The policy has no bands for the face engine that answered."""


class NoCameraError(NotFoundError):
    """The room has no registered camera."""


class ConsentMissingError(AttendanceError):
    """No valid consent record: no face reference may be stored."""


class PortraitRefusedError(AttendanceError):
    """The portrait does not pass the enrolment gate.

    Lambda hands on an error's text alone, so the codes stand in it, before the sentence.

    Parameters
    ----------
    codes
        Machine codes, named after ISO/IEC 29794-5 components where one exists.
    sentence
        For the person who took the picture: what is wrong and what to do.
    """

    def __init__(self, codes: tuple[str, ...], sentence: str) -> None:
        super().__init__(f"{','.join(codes)}: {sentence}")
        self.codes = codes
        self.sentence = sentence
