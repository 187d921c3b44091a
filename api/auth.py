"""Who calls, and what they may touch.

API Gateway has verified the token; here its claims become a `Caller`, and every object is checked against
it. The school is always the caller's own: it is part of every key, so nothing of another school is reachable.

| role | may |
|---|---|
| teacher | read and correct the registers of their own sections, and see their pictures |
| admin | all of that in every section of the school, ask for captures, keep students and portraits |
| operator | read meetings, registers, rooms and captures; no pictures |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from aws_lambda_powertools.event_handler import Depends, Request

from attendance.domain.errors import AccessDeniedError
from attendance.domain.rosters import Section

Role = Literal["teacher", "admin", "operator"]

_ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Caller:
    username: str
    school_id: str
    roles: frozenset[Role]

    def require(self, role: Role) -> None:
        """Raises AccessDeniedError."""
        if role not in self.roles:
            message = f"Only a person with the role {role} may do this. Ask an administrator of your school."
            raise AccessDeniedError(message)

    def teaches(self, section: Section) -> bool:
        return "teacher" in self.roles and self.username in section.teacher_ids

    def may_read(self, section: Section) -> bool:
        return bool(self.roles & {"admin", "operator"}) or self.teaches(section)

    def may_correct(self, section: Section) -> bool:
        return "admin" in self.roles or self.teaches(section)

    def require_reading(self, section: Section) -> None:
        """Raises AccessDeniedError."""
        if not self.may_read(section):
            message = f"{section.name} is not one of your sections."
            raise AccessDeniedError(message)

    def require_correcting(self, section: Section) -> None:
        """Raises AccessDeniedError."""
        if not self.may_correct(section):
            message = f"Only the teachers of {section.name} and administrators may do this."
            raise AccessDeniedError(message)


def caller_of(claims: Mapping[str, Any]) -> Caller:
    """The caller that verified claims of an ID token name.

    API Gateway hands groups over as one string, ``[admin teacher]``; other gateways as the list they are.

    Raises
    ------
    AccessDeniedError
        The account has no school or no role.
    """
    groups = claims.get("cognito:groups") or ()
    if isinstance(groups, str):
        groups = groups.strip("[]").replace(",", " ").split()
    roles: frozenset[Role] = frozenset(role for role in _ROLES if role in groups)
    username = str(claims.get("cognito:username") or "")
    school_id = str(claims.get("custom:school") or "")
    if not username or not school_id or not roles:
        message = "This account has no school or no role yet. Ask an administrator of your school."
        raise AccessDeniedError(message)
    return Caller(username=username, school_id=school_id, roles=roles)


def _current_caller(request: Request) -> Caller:
    context = request.resolved_event.raw_event.get("requestContext", {})
    return caller_of(context.get("authorizer", {}).get("jwt", {}).get("claims", {}))


CurrentCaller = Annotated[Caller, Depends(_current_caller)]
