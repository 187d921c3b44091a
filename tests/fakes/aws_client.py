"""A boto3 client that answers as it was told, for what an emulator cannot be brought to say."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError


def client_error(code: str, status: int = 400, **response: Any) -> ClientError:
    told = {"Error": {"Code": code, "Message": "told so"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError({**told, **response}, "Operation")


class ScriptedClient:
    """Each operation answers with its next answer; the last one stays. An exception is raised."""

    def __init__(self, **answers: list[Any] | Callable[..., Any]) -> None:
        self._answers = answers
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        if operation not in self._answers:
            message = f"nobody said what {operation} answers"
            raise AttributeError(message)

        def call(**request: Any) -> Any:
            self.calls.append((operation, request))
            answers = self._answers[operation]
            if callable(answers):
                return answers(**request)
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call
