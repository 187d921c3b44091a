"""Who gets in, and as whom."""

from cloud_assembly import Assembly


def test_nobody_makes_an_account_but_an_admin(assembly: Assembly) -> None:
    (pool,) = assembly.resources("AWS::Cognito::UserPool")
    assert pool.properties["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool.properties["Policies"]["PasswordPolicy"]["MinimumLength"] == 12
    assert pool.properties["DeletionProtection"] == "ACTIVE"


def test_nobody_changes_their_own_school(assembly: Assembly) -> None:
    (pool,) = assembly.resources("AWS::Cognito::UserPool")
    (school,) = pool.properties["Schema"]
    assert (school["Name"], school["Mutable"]) == ("school", False)
    (client,) = assembly.resources("AWS::Cognito::UserPoolClient")
    assert client.properties["WriteAttributes"] == ["locale"]


def test_the_page_signs_in_by_password_or_srp_without_a_secret(assembly: Assembly) -> None:
    (client,) = assembly.resources("AWS::Cognito::UserPoolClient")
    assert set(client.properties["ExplicitAuthFlows"]) == {
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
    }
    assert "GenerateSecret" not in client.properties
    assert client.properties["PreventUserExistenceErrors"] == "ENABLED"
    assert client.properties["AllowedOAuthFlowsUserPoolClient"] is False


def test_there_is_a_group_for_each_role(assembly: Assembly) -> None:
    groups = {group.properties["GroupName"] for group in assembly.resources("AWS::Cognito::UserPoolGroup")}
    assert groups == {"teacher", "admin", "operator"}


def test_every_route_asks_for_a_token_of_our_pool(assembly: Assembly) -> None:
    (route,) = assembly.resources("AWS::ApiGatewayV2::Route")
    (authorizer,) = assembly.resources("AWS::ApiGatewayV2::Authorizer")
    assert route.properties["RouteKey"] == "ANY /v1/{proxy+}"
    assert route.properties["AuthorizationType"] == "JWT"
    assert assembly.text(route.properties["AuthorizerId"], route.stack) == f"{{{authorizer.id}}}"
    jwt = authorizer.properties["JwtConfiguration"]
    assert assembly.texts(jwt["Audience"], authorizer.stack) == ["{StaffPoolDashboard}"]
    assert assembly.text(jwt["Issuer"], authorizer.stack) == (
        "https://cognito-idp.{AWS::Region}.amazonaws.com/{StaffPool}"
    )


def test_no_other_origin_may_call_the_api(assembly: Assembly) -> None:
    (api,) = assembly.resources("AWS::ApiGatewayV2::Api")
    assert "CorsConfiguration" not in api.properties


def test_only_our_api_may_invoke_its_function(assembly: Assembly) -> None:
    permissions = assembly.resources("AWS::Lambda::Permission", "RollcallApi")
    assert permissions
    for permission in permissions:
        assert permission.properties["Principal"] == "apigateway.amazonaws.com"
        assert "{Http}" in assembly.text(permission.properties["SourceArn"], permission.stack)
