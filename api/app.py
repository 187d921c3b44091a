"""The application: routes, conditional reads, and errors as problems. It knows no AWS client."""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from api.conditional import tag_reads
from api.logs import logger
from api.problems import add_problem_handlers
from api.routes import captures, me, meetings, registers, students
from api.services import Services


def _name_route(
    app: APIGatewayHttpResolver, next_middleware: Callable[[APIGatewayHttpResolver], Response[object]]
) -> Response[object]:
    """Put the route's pattern and the meeting into every log line."""
    logger.append_keys(route=app.request.route, meeting_id=app.request.path_parameters.get("meeting_id"))
    return next_middleware(app)


app = APIGatewayHttpResolver(
    enable_validation=True,
    # Without a code of its own an answer that breaks its schema would be blamed on the caller.
    response_validation_error_http_code=500,
)
app.use([_name_route, tag_reads])
for routes in (me, meetings, registers, captures, students):
    app.include_router(routes.router)
add_problem_handlers(app)


def answer(event: Mapping[str, Any], context: LambdaContext, services: Services) -> dict[str, Any]:
    """Answer one event of API Gateway's HTTP API (payload format 2.0)."""
    began = perf_counter()
    app.append_context(services=services)  # type: ignore[no-untyped-call]
    answered = app.resolve(event, context)
    logger.info(
        "request answered",
        method=event["requestContext"]["http"]["method"],
        status=answered["statusCode"],
        duration_ms=round((perf_counter() - began) * 1000, 1),
    )
    return answered
