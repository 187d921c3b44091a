"""The API's application without what stands before it in a cloud: no gateway, no function, no network but
the table's.

What it is given is what API Gateway would hand to the function, so routing, access, store and answer are the
real ones.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from api.app import answer
from api.logs import logger
from api.services import Services
from attendance.adapters.dynamodb.captures import DynamoCaptureStore
from attendance.adapters.dynamodb.registers import DynamoRegisterStore
from attendance.adapters.dynamodb.schools import DynamoSchoolStore
from attendance.adapters.dynamodb.students import DynamoStudentStore
from attendance.adapters.dynamodb.table import Table
from attendance.adapters.dynamodb.views import DynamoViewLog
from attendance.adapters.iot import IotDeviceRegistry, IotMessenger
from attendance.adapters.s3 import S3ObjectStore
from local.deploy import Outputs
from local.emulator.clients import Clients


@dataclass(frozen=True, slots=True)
class Application:
    """Answers reads in this process, one at a time."""

    services: Services
    school_id: str

    @classmethod
    def of(cls, clients: Clients, outputs: Outputs, school_id: str) -> "Application":
        """The application over a running emulator."""
        logger.setLevel("WARNING")  # a line a read would be in the figures' way
        table = Table(clients.client("dynamodb"), outputs["TableName"])
        pictures = S3ObjectStore(clients.client("s3"), outputs["CapturesBucket"])
        services = Services(
            schools=DynamoSchoolStore(table),
            students=DynamoStudentStore(table),
            captures=DynamoCaptureStore(table),
            registers=DynamoRegisterStore(table),
            pictures=pictures,
            portraits=pictures,
            registry=IotDeviceRegistry(clients.client("iot"), lambda: 0.0),
            messenger=IotMessenger(clients.client("iot-data")),
            views=DynamoViewLog(table),
            clock=lambda: datetime.now(UTC),
        )
        return cls(services, school_id)

    def get(self, path: str) -> int:
        """Read as an administrator of the school; the answer's status."""
        return int(answer(_event(path, self.school_id), LambdaContext(), self.services)["statusCode"])


def _event(path: str, school_id: str) -> dict[str, Any]:
    """An event of API Gateway's HTTP API, payload format 2.0, with the claims of a verified token."""
    claims = {
        "cognito:username": "admin",
        "cognito:groups": "[admin]",
        "custom:school": school_id,
    }
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"accept": "application/json"},
        "requestContext": {
            "http": {"method": "GET", "path": path, "sourceIp": "127.0.0.1"},
            "stage": "$default",
            "requestId": "bench",
            "authorizer": {"jwt": {"claims": claims, "scopes": None}},
        },
        "isBase64Encoded": False,
    }
