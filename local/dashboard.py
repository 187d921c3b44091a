"""The API as the dashboard's page uses it: through the front, with a token of Cognito's."""

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.staff import SignIn

_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Calls raise urllib.error.HTTPError where the API answers with a problem."""

    url: str
    sign_in: SignIn

    def token(self) -> str:
        """Sign in, and return the ID token."""
        config = _call(urllib.request.Request(f"{self.url}/config.json"))  # noqa: S310 - our own address
        request = urllib.request.Request(  # noqa: S310
            config["cognito_url"],
            data=json.dumps(
                {
                    "AuthFlow": "USER_PASSWORD_AUTH",
                    "ClientId": config["user_pool_client_id"],
                    "AuthParameters": {"USERNAME": self.sign_in.username, "PASSWORD": self.sign_in.password},
                }
            ).encode(),
            headers={
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
            },
        )
        return str(_call(request)["AuthenticationResult"]["IdToken"])

    def get(self, path: str, token: str) -> Any:
        return _call(self._request(path, token))

    def post(self, path: str, body: Mapping[str, object], token: str) -> Any:
        request = self._request(path, token)
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
        return _call(request)

    def _request(self, path: str, token: str) -> urllib.request.Request:
        headers = {"Authorization": f"Bearer {token}"}
        return urllib.request.Request(f"{self.url}{path}", headers=headers)  # noqa: S310


def _call(request: urllib.request.Request) -> Any:
    with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
        return json.load(answer)
