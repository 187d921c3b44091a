"""What a deployment may choose: CDK context values, each with a default that suits a real school."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

_FACE_INDEXES = ("rekognition", "engine")
_REMOVALS = ("retain", "destroy")
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_MAX_CAPTURE_DAYS = 365


class SettingInvalidError(ValueError):
    """A context value is none of those that are understood; the message names it and the choices."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices of one deployment, given as `cdk deploy -c name=value`.

    Parameters
    ----------
    removal
        `retain` keeps tables, pictures and accounts when their stack is deleted and protects the table
        from deletion; `destroy` is for accounts that are thrown away.
    face_index
        Who finds faces: `rekognition`, or `engine` for our own engine inside the Lambda functions.
    capture_days
        How long pictures of a class are kept, in days.
    alert_email
        Who is told of alarms; nobody where it is empty.
    log_level
        Of all functions.
    """

    removal: str = "retain"
    face_index: str = "rekognition"
    capture_days: int = 7
    alert_email: str = ""
    log_level: str = "INFO"

    @classmethod
    def from_context(cls, value_of: Callable[[str], object]) -> Self:
        """Read the settings of an app.

        Parameters
        ----------
        value_of
            Gives the context's value of a name, or None: an app's `node.try_get_context`.

        Raises
        ------
        SettingInvalidError
            If a value is not one of its choices.
        """
        given = {name: value_of(name) for name in cls.__slots__}
        chosen: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        if "capture_days" in chosen:
            chosen["capture_days"] = _days(chosen["capture_days"])
        settings = cls(**chosen)
        _require("removal", settings.removal, _REMOVALS)
        _require("face_index", settings.face_index, _FACE_INDEXES)
        _require("log_level", settings.log_level, _LOG_LEVELS)
        return settings

    @property
    def retains_data(self) -> bool:
        """Whether data outlives the deletion of its stack."""
        return self.removal == "retain"


def _require(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        message = f"context {name}={value!r}: choose one of {', '.join(choices)}"
        raise SettingInvalidError(message)


def _days(value: object) -> int:
    text = str(value)
    if not text.isdecimal() or not 1 <= int(text) <= _MAX_CAPTURE_DAYS:
        message = f"context capture_days={value!r}: give whole days from 1 to {_MAX_CAPTURE_DAYS}"
        raise SettingInvalidError(message)
    return int(text)
