"""Lambda's entry point of the API."""

from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from api.app import answer
from api.bootstrap import services_from_environment
from api.logs import logger

metrics = Metrics()
services = services_from_environment()


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    answered = answer(event, context, services)
    metrics.add_dimension("status", f"{answered['statusCode'] // 100}xx")
    metrics.add_metric("ApiAnswers", MetricUnit.Count, 1)
    return answered
