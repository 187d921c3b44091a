"""Who is signed in."""

from api import schemas
from api.auth import CurrentCaller
from api.routes.context import CurrentServices, new_router, reads

router = new_router()


@router.get(
    "/v1/me", tags=["me"], summary="Who is signed in", operation_id="readMe", responses=reads(schemas.Me)
)
def read_me(caller: CurrentCaller, services: CurrentServices) -> schemas.Me:
    return schemas.Me(
        username=caller.username,
        school_id=caller.school_id,
        roles=tuple(sorted(caller.roles)),
        time_zone=services.schools.timetable(caller.school_id).time_zone,
    )
