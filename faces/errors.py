"""What can go wrong, in the words of the person who sees it. `code` is for machines and never changes."""

from typing import ClassVar


class FaceEngineError(Exception):
    """Any error of the face engine."""

    code: ClassVar[str] = "FACE_ENGINE"


class ModelsMissingError(FaceEngineError):
    """A model file is not where it should be."""

    code: ClassVar[str] = "MODELS_MISSING"


class ModelsDamagedError(FaceEngineError):
    """A model file is not the published one."""

    code: ClassVar[str] = "MODELS_DAMAGED"


class ImageError(FaceEngineError):
    """A picture cannot be used. The three kinds below are exhaustive."""

    code: ClassVar[str] = "IMAGE"


class ImageFormatError(ImageError):
    """The bytes are empty, or neither a JPEG nor a PNG."""

    code: ClassVar[str] = "IMAGE_FORMAT"


class ImageUnreadableError(ImageError):
    """The bytes begin as a JPEG or PNG, but are truncated, damaged or of a kind nobody's camera writes."""

    code: ClassVar[str] = "IMAGE_UNREADABLE"


class ImageTooLargeError(ImageError):
    """Decoding the picture would need more memory than a frame is worth."""

    code: ClassVar[str] = "IMAGE_TOO_LARGE"
