"""What a device says of itself: `devices/{device}/presence` (retained) and `.../health`."""

from typing import Annotated, Literal

from pydantic import Field

from attendance.contracts.base import Contract, Count, Instant


class Presence(Contract):
    schema_name: Literal["presence.v1"] = Field(default="presence.v1", alias="schema")
    status: Literal["online", "offline"]
    agent_version: Annotated[str, Field(max_length=64)] = ""


class Health(Contract):
    """Sent about once a minute. `free_bytes` is of the disk that holds the spool."""

    schema_name: Literal["health.v1"] = Field(default="health.v1", alias="schema")
    at: Instant
    uptime_s: Annotated[float, Field(ge=0)]
    agent_version: str
    camera: Literal["ready", "unavailable"]
    free_bytes: Count
    spooled_captures: Count
    spooled_bytes: Count
