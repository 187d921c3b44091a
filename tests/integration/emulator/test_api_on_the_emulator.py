"""The HTTP API lets signed-in people through to the function, and browsers ask first."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_assembly

from local.deploy import Outputs, deploy
from local.emulator.clients import Clients
from local.emulator.process import Emulator

pytestmark = pytest.mark.emulator
STACK = "Api"
PASSWORD = "Correct-Horse-9"
ORIGIN = "http://localhost:8080"


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def attribute(name: str, of: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, of]}


TEMPLATE: dict[str, Any] = {
    "Resources": {
        "People": {
            "Type": "AWS::Cognito::UserPool",
            "Properties": {"Policies": {"PasswordPolicy": {"MinimumLength": 12}}},
        },
        "Web": {
            "Type": "AWS::Cognito::UserPoolClient",
            "Properties": {
                "UserPoolId": ref("People"),
                "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            },
        },
        "Teachers": {
            "Type": "AWS::Cognito::UserPoolGroup",
            "Properties": {"UserPoolId": ref("People"), "GroupName": "teacher"},
        },
        "Role": small_assembly.pipeline()["Resources"]["Role"]
        | {
            "Properties": {
                "AssumeRolePolicyDocument": small_assembly.pipeline()["Resources"]["Role"]["Properties"][
                    "AssumeRolePolicyDocument"
                ]
            }
        },
        "Answer": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.11",
                "Handler": "api.echo.handler",
                "Role": attribute("Role", "Arn"),
                "Code": {"S3Bucket": "cdk", "S3Key": "synthesised.zip"},
            },
        },
        "Http": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {
                "Name": "api",
                "ProtocolType": "HTTP",
                "CorsConfiguration": {
                    "AllowOrigins": [ORIGIN],
                    "AllowHeaders": ["authorization", "if-match"],
                    "AllowMethods": ["*"],
                },
            },
        },
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": ref("Http"), "StageName": "$default", "AutoDeploy": True},
        },
        "Authorizer": {
            "Type": "AWS::ApiGatewayV2::Authorizer",
            "Properties": {
                "ApiId": ref("Http"),
                "Name": "people",
                "AuthorizerType": "JWT",
                "IdentitySource": ["$request.header.Authorization"],
                "JwtConfiguration": {
                    "Audience": [ref("Web")],
                    "Issuer": {"Fn::Sub": "https://cognito-idp.${AWS::Region}.amazonaws.com/${People}"},
                },
            },
        },
        "Integration": {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": ref("Http"),
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": attribute("Answer", "Arn"),
                "PayloadFormatVersion": "2.0",
            },
        },
        "Route": {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {
                "ApiId": ref("Http"),
                "RouteKey": "ANY /v1/{proxy+}",
                "AuthorizationType": "JWT",
                "AuthorizerId": ref("Authorizer"),
                "Target": {"Fn::Join": ["", ["integrations/", ref("Integration")]]},
            },
        },
        "Invoke": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": attribute("Answer", "Arn"),
                "Principal": "apigateway.amazonaws.com",
            },
        },
    },
    "Outputs": {
        "ApiId": {"Value": ref("Http")},
        "PoolId": {"Value": ref("People")},
        "ClientId": {"Value": ref("Web")},
    },
}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, aws: Clients, emulator: Emulator) -> Iterator[Outputs]:
    folder: Path = tmp_path_factory.mktemp("api")
    (folder / "api").mkdir()
    (folder / "api" / "__init__.py").touch()
    (folder / "api" / "echo.py").write_text(
        "import json\n"
        "def handler(event, context):\n"
        "    headers = {'content-type': 'application/json', 'etag': '\"1\"'}\n"
        "    return {'statusCode': 200, 'headers': headers, 'body': json.dumps(event)}\n"
    )
    small_assembly.write(folder / "cdk.out", {STACK: TEMPLATE}, {})
    yield deploy(folder / "cdk.out", aws, checkpoint=emulator.checkpoint, repository=folder)
    aws.client("cloudformation").delete_stack(StackName=STACK)


@pytest.fixture(scope="module")
def token(api: Outputs, aws: Clients) -> str:
    cognito = aws.client("cognito-idp")
    person = {"UserPoolId": api["PoolId"], "Username": "ann"}
    cognito.admin_create_user(**person, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(**person, Password=PASSWORD, Permanent=True)
    cognito.admin_add_user_to_group(**person, GroupName="teacher")
    answer = cognito.initiate_auth(
        ClientId=api["ClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD},
    )
    found: str = answer["AuthenticationResult"]["IdToken"]
    return found


def call(
    emulator: Emulator, api: Outputs, path: str, method: str = "GET", **headers: str
) -> tuple[int, Any, bytes]:
    url = f"{emulator.endpoint_url}/_aws/execute-api/{api['ApiId']}/$default{path}"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, method=method, headers=named)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def test_nobody_gets_through_without_a_token_or_with_a_forged_one(
    emulator: Emulator, api: Outputs, token: str
) -> None:
    assert call(emulator, api, "/v1/meetings")[0] == 401
    assert call(emulator, api, "/v1/meetings", Authorization=f"Bearer {token[:-8]}AAAAAAAA")[0] == 401


def test_a_signed_in_person_gets_through_with_their_groups(
    emulator: Emulator, api: Outputs, token: str
) -> None:
    status, headers, body = call(emulator, api, "/v1/meetings?day=today", Authorization=f"Bearer {token}")
    event = json.loads(body)
    assert (status, headers["etag"]) == (200, '"1"')
    assert (event["version"], event["rawPath"]) == ("2.0", "/v1/meetings")
    assert event["queryStringParameters"] == {"day": "today"}
    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    assert "teacher" in claims["cognito:groups"]


def test_a_wrong_password_is_refused(api: Outputs, aws: Clients, token: str) -> None:
    cognito = aws.client("cognito-idp")
    with pytest.raises(cognito.exceptions.NotAuthorizedException):
        cognito.initiate_auth(
            ClientId=api["ClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "ann", "PASSWORD": "wrong"},
        )


def test_a_browser_may_sign_in_from_a_page(emulator: Emulator, api: Outputs, token: str) -> None:
    body = {
        "ClientId": api["ClientId"],
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "ann", "PASSWORD": PASSWORD},
    }
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
        "Origin": ORIGIN,
    }
    request = urllib.request.Request(emulator.endpoint_url, data=json.dumps(body).encode(), headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.headers["access-control-allow-origin"] in ("*", ORIGIN)
        assert json.load(answer)["AuthenticationResult"]["IdToken"]


def test_the_preflight_of_a_browser_is_answered(emulator: Emulator, api: Outputs) -> None:
    asked = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "if-match",
    }
    url = f"{emulator.endpoint_url}/_aws/execute-api/{api['ApiId']}/$default/v1/meetings"
    request = urllib.request.Request(url, method="OPTIONS", headers=asked)
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status in (200, 204)
        assert answer.headers["access-control-allow-origin"] == ORIGIN


def test_the_keys_that_sign_tokens_are_published(emulator: Emulator, api: Outputs) -> None:
    url = f"{emulator.endpoint_url}/{api['PoolId']}/.well-known/jwks.json"
    with urllib.request.urlopen(url, timeout=20) as answer:
        assert json.load(answer)["keys"]
