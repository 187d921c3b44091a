"""Who may be matched at all."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Consent:
    """A student's (or guardian's) agreement to being recognised, for a text of a given version."""

    given_by: str
    given_on: date
    text_version: str
    expires_on: date | None = None
    withdrawn_on: date | None = None

    def is_valid_on(self, day: date) -> bool:
        if self.withdrawn_on is not None and day >= self.withdrawn_on:
            return False
        return self.given_on <= day and (self.expires_on is None or day <= self.expires_on)
