"""Requests to the cloud over MQTT, each answered on `accepted` or `rejected` by its token.

awscrt's own request-response client subscribes and unsubscribes around requests; here the answer topics
are subscribed to together with the commands, and a request is one message each way.
"""

import logging
import queue
import threading
from collections.abc import Callable, Iterable
from uuid import uuid4

from pydantic import ValidationError

from attendance.contracts import topics
from attendance.contracts.upload import RpcRejected, UploadFile, UploadUrlsAccepted, UploadUrlsRequest
from device.link import Link

Answer = UploadUrlsAccepted | RpcRejected

logger = logging.getLogger(__name__)


class RpcRejectedError(Exception):
    """The cloud said no; `may_retry` tells whether to ask again later."""

    def __init__(self, code: str, detail: str, *, may_retry: bool) -> None:
        super().__init__(f"{code}: {detail}")
        self.may_retry = may_retry


class NoAnswerError(Exception):
    """No answer came in time, or not one to the question."""


class Rpc:
    """Asks for upload URLs. One thread may ask; answers come in from the MQTT client's thread."""

    def __init__(self, *, device_id: str, link: Link, timeout_s: float) -> None:
        self._link = link
        self._timeout_s = timeout_s
        self._request_topic = topics.rpc(device_id, "upload-urls")
        self._readers: dict[str, Callable[[bytes], Answer]] = {
            topics.rpc_accepted(device_id, "upload-urls"): UploadUrlsAccepted.model_validate_json,
            topics.rpc_rejected(device_id, "upload-urls"): RpcRejected.model_validate_json,
        }
        self._lock = threading.Lock()
        self._token = ""
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()

    @property
    def answer_topics(self) -> tuple[str, ...]:
        return tuple(self._readers)

    def ask_upload_urls(self, capture_id: str, files: Iterable[UploadFile]) -> UploadUrlsAccepted:
        """A URL for each of the files.

        Raises
        ------
        RpcRejectedError, NoAnswerError, LinkError
        """
        request = UploadUrlsRequest(token=uuid4().hex, capture_id=capture_id, files=tuple(files))
        with self._lock:
            self._token, self._answers = request.token, queue.SimpleQueue()
            answers = self._answers
        self._link.publish(self._request_topic, request.to_json())
        try:
            answer = answers.get(timeout=self._timeout_s)
        except queue.Empty:
            raise NoAnswerError(f"no upload URLs within {self._timeout_s:g} s") from None
        if isinstance(answer, RpcRejected):
            raise RpcRejectedError(answer.code, answer.detail, may_retry=answer.retry)
        missing = {file.name for file in request.files} - {upload.name for upload in answer.uploads}
        if answer.capture_id != capture_id or missing:
            raise NoAnswerError("the answer is not about the files that were asked for")
        return answer

    def take_answer(self, topic: str, payload: bytes) -> None:
        """Take an answer in; one that nobody waits for any more is dropped. Never waits, never raises."""
        read = self._readers.get(topic)
        if read is None:
            logger.warning("a message on a topic that was not asked for: %s", topic)
            return
        try:
            answer = read(payload)
        except ValidationError as error:
            logger.error("malformed answer on %s: %d errors", topic, error.error_count())
            return
        with self._lock:
            if answer.token == self._token:
                self._answers.put(answer)
