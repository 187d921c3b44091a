"""What all contracts share."""

from datetime import datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

# Ids travel in topics, object keys and table keys, so none may hold a separator of those: / # + . space.
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
CaptureId = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
]
MeetingId = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}\.\d{4}-\d{2}-\d{2}\.[A-Za-z0-9_-]{1,64}$"),
]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def _no_later_than_year_2100(instant: datetime) -> datetime:
    if instant.year > 2100:
        message = "the instant is after the year 2100: check the sender's clock"
        raise ValueError(message)
    return instant


Instant = Annotated[AwareDatetime, AfterValidator(_no_later_than_year_2100)]
Count = Annotated[int, Field(ge=0)]


class Contract(BaseModel):
    """Unknown fields are ignored, so that a newer sender does not break an older reader."""

    model_config = ConfigDict(frozen=True, extra="ignore", validate_by_name=True, serialize_by_alias=True)

    def to_json(self) -> bytes:
        return self.model_dump_json().encode()


def first_fault(error: ValidationError) -> str:
    """Where a message breaks its contract first, and how: without what it said there."""
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in fault["loc"]) or "the document"
    return f"{where}: {fault['msg']}"
