"""The errors that Rekognition answers with, by the names and statuses of its service model."""

from http import HTTPStatus
from typing import ClassVar


class RekognitionError(Exception):
    """An error answer. Its class name is its code; the message is for the person who reads it."""

    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST

    @property
    def code(self) -> str:
        """The code that clients branch on."""
        return type(self).__name__


class ConflictException(RekognitionError):  # noqa: N818 - the names are Amazon's
    pass


class IdempotentParameterMismatchException(RekognitionError):  # noqa: N818
    def __init__(self) -> None:
        super().__init__("The ClientRequestToken was used before with other parameters.")


class ImageTooLargeException(RekognitionError):  # noqa: N818
    pass


class InvalidImageFormatException(RekognitionError):  # noqa: N818
    pass


class InvalidPaginationTokenException(RekognitionError):  # noqa: N818
    def __init__(self) -> None:
        super().__init__("Invalid pagination token.")


class InvalidParameterException(RekognitionError):  # noqa: N818
    pass


class InvalidS3ObjectException(RekognitionError):  # noqa: N818
    def __init__(self) -> None:
        super().__init__(
            "Unable to get object metadata from S3. Check object key, region and/or access permissions."
        )


class MissingAuthenticationTokenException(RekognitionError):  # noqa: N818
    def __init__(self) -> None:
        super().__init__("Missing Authentication Token")


class ProvisionedThroughputExceededException(RekognitionError):  # noqa: N818
    def __init__(self) -> None:
        super().__init__("Provisioned rate exceeded.")


class ResourceAlreadyExistsException(RekognitionError):  # noqa: N818
    pass


class ResourceNotFoundException(RekognitionError):  # noqa: N818
    pass


class SerializationException(RekognitionError):  # noqa: N818
    pass


class ServiceQuotaExceededException(RekognitionError):  # noqa: N818
    pass


class UnknownOperationException(RekognitionError):  # noqa: N818
    pass


class ValidationException(RekognitionError):  # noqa: N818
    pass


class InternalServerError(RekognitionError):
    status = HTTPStatus.INTERNAL_SERVER_ERROR


class ThrottlingException(RekognitionError):  # noqa: N818
    status = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(self) -> None:
        super().__init__("Rate exceeded.")
