"""The meetings of a day."""

from datetime import date
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from api import answers, schemas
from api.auth import CurrentCaller
from api.routes.context import CurrentServices, new_router, reads
from attendance.usecases.list_meetings import list_meetings

router = new_router()


@router.get(
    "/v1/meetings",
    tags=["meetings"],
    summary="The meetings of a day, with how far their registers have come",
    operation_id="listMeetings",
    responses=reads(schemas.Meetings),
)
def list_meetings_of_day(
    caller: CurrentCaller,
    services: CurrentServices,
    day: Annotated[
        date | None, Query(alias="date", description="Of the school's calendar; today where it is left out")
    ] = None,
) -> schemas.Meetings:
    found = list_meetings(
        caller.school_id,
        day,
        services.clock(),
        is_visible=caller.may_read,
        schools=services.schools,
        registers=services.registers,
    )
    return answers.meetings(found)
