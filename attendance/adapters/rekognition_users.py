"""Students as users of a Rekognition collection: a search compares with all references of a student at once.

A user's vector is renewed in the background whenever a face is associated or let go; until then the user's
status is UPDATING, and a search answers with what it was before, or not at all for a new user.
"""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from attendance.adapters.client_errors import code_of, tolerating, translated
from attendance.domain.errors import (
    AttendanceError,
    ServiceUnavailableError,
    VersionConflictError,
)
from attendance.domain.portraits import LEAST_LIKENESS, refusal

if TYPE_CHECKING:
    from mypy_boto3_rekognition import RekognitionClient

_SERVICE: Final = "Rekognition"
# How long a user's new vector is waited for, in seconds a look. An update takes about a second; beyond these
# fifteen it is still going to end well, only later.
_PAUSES: Final = (0.3, 0.6, 1.2, 2.4, 4.8, 5.7)
# Looking for one's own user among those that one's own face matches.
_NEAREST_USERS: Final = 10


class RekognitionUsers:
    """The users of collections, one a student, under the student's id.

    Parameters
    ----------
    pause
        Waits so many seconds.
    """

    def __init__(self, client: "RekognitionClient", pause: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._pause = pause

    def associate(self, collection_id: str, student_id: str, face_id: str) -> None:
        """Make an indexed face one of a student's; returns when searches know of it, or nearly so.

        The face is taken out of the collection again where it cannot become the student's.

        Raises
        ------
        PortraitRefusedError
            The face is unlike the student's others.
        VersionConflictError
            Another face of the student is being associated.
        """
        try:
            status = self._associate(collection_id, student_id, face_id)
        except (AttendanceError, ClientError):
            self.delete_faces(collection_id, [face_id])
            raise
        if status != "ACTIVE":
            self._await_active(collection_id, student_id, face_id)

    def remove(self, collection_id: str, face_ids: Sequence[str]) -> None:
        """Take faces from whose they are and out of the collection; a user without faces goes too.

        Faces that are not there, and a collection that is not, are no error.
        """
        with tolerating("ResourceNotFoundException"):
            for student_id in sorted(self._owners(collection_id, face_ids)):
                self._let_go(collection_id, student_id, face_ids)
        with tolerating("ResourceNotFoundException"):
            self.delete_faces(collection_id, face_ids)

    def delete_faces(self, collection_id: str, face_ids: Sequence[str]) -> None:
        """Delete faces that belong, or are about to belong, to no user.

        Raises
        ------
        ServiceUnavailableError
            A user has still not let go of some.
        """
        pending = list(face_ids)
        for pause in (*_PAUSES, None):
            with translated(_SERVICE):
                answer = self._client.delete_faces(CollectionId=collection_id, FaceIds=pending)
            failed = answer.get("UnsuccessfulFaceDeletions", [])
            pending = [f["FaceId"] for f in failed if "ASSOCIATED_TO_AN_EXISTING_USER" in f["Reasons"]]
            if not pending:
                return
            if pause is not None:
                self._pause(pause)
        message = f"Rekognition has still not let go of {len(pending)} face references: try again."
        raise ServiceUnavailableError(message)

    def faces(self, collection_id: str, **wanted: Any) -> list[Any]:
        """Faces as ListFaces tells of them, page after page.

        Parameters
        ----------
        wanted
            `FaceIds` or `UserId`; all faces without.
        """
        found: list[Any] = []
        request: dict[str, Any] = {"CollectionId": collection_id, **wanted}
        while True:
            with translated(_SERVICE):
                page = self._client.list_faces(**request)
            found.extend(page["Faces"])
            if not page.get("NextToken"):
                return found
            request["NextToken"] = page["NextToken"]

    def _associate(self, collection_id: str, student_id: str, face_id: str) -> str:
        with tolerating("ConflictException"), translated(_SERVICE):  # the student has a user already
            self._client.create_user(CollectionId=collection_id, UserId=student_id)
        try:
            with translated(_SERVICE):
                answer = self._client.associate_faces(
                    CollectionId=collection_id,
                    UserId=student_id,
                    FaceIds=[face_id],
                    UserMatchThreshold=LEAST_LIKENESS,
                )
        except ClientError as error:
            if code_of(error) == "ConflictException":
                message = "Another photo of this student is being enrolled at the same time."
                raise VersionConflictError(message) from error
            raise
        for failure in answer.get("UnsuccessfulFaceAssociations", []):
            raise _failed_association(failure)
        return answer.get("UserStatus", "UPDATING")

    def _await_active(self, collection_id: str, student_id: str, face_id: str) -> None:
        """Wait until a search for the face finds the student; ListUsers would page through the school."""
        for pause in _PAUSES:
            self._pause(pause)
            with translated(_SERVICE):
                answer = self._client.search_users(
                    CollectionId=collection_id,
                    FaceId=face_id,
                    UserMatchThreshold=LEAST_LIKENESS,
                    MaxUsers=_NEAREST_USERS,
                )
            if any(
                match["User"]["UserId"] == student_id and match["User"]["UserStatus"] == "ACTIVE"
                for match in answer["UserMatches"]
            ):
                return

    def _owners(self, collection_id: str, face_ids: Sequence[str]) -> set[str]:
        listed = self.faces(collection_id, FaceIds=list(face_ids))
        return {face["UserId"] for face in listed if face.get("UserId")}

    def _let_go(self, collection_id: str, student_id: str, face_ids: Sequence[str]) -> None:
        own = {face["FaceId"] for face in self.faces(collection_id, UserId=student_id)}
        leaving = sorted(own.intersection(face_ids))
        with translated(_SERVICE):
            if leaving == sorted(own):
                self._client.delete_user(CollectionId=collection_id, UserId=student_id)
            else:
                self._client.disassociate_faces(
                    CollectionId=collection_id, UserId=student_id, FaceIds=leaving
                )


def _failed_association(failure: Any) -> AttendanceError:
    reasons = failure["Reasons"]
    if "LOW_MATCH_CONFIDENCE" in reasons:
        return refusal(["SAME_PERSON"])
    # A face that was indexed a moment ago may not be known everywhere yet.
    return ServiceUnavailableError(f"Rekognition could not associate the face: {', '.join(reasons)}.")
