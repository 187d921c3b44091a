"""The way from a page to the API's function."""

from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.identity import Staff


class RollcallApi(apigateway.HttpApi):
    """An HTTP API that lets nobody in without a token of the staff's pool.

    The dashboard is served from the same origin, so no other origin is allowed.
    """

    def __init__(self, scope: Construct, name: str, *, staff: Staff, function: lambda_.IFunction) -> None:
        super().__init__(
            scope,
            name,
            api_name="rollcall",
            description="Rollcall, version 1",
            default_authorizer=authorizers.HttpUserPoolAuthorizer(
                "StaffToken", staff.pool, user_pool_clients=[staff.client]
            ),
        )
        self.add_routes(
            path="/v1/{proxy+}",
            methods=[apigateway.HttpMethod.ANY],
            integration=integrations.HttpLambdaIntegration("Function", function),
        )
