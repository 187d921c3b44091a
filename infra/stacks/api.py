"""RollcallApi: what the dashboard talks to."""

from pathlib import Path

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra.constructs.access import DeviceAccess
from infra.constructs.function import Function, Package
from infra.constructs.http_api import RollcallApi
from infra.constructs.identity import Staff
from infra.settings import Settings
from infra.stacks.pipeline import COMMAND_TOPICS
from infra.stacks.storage import StorageStack


class ApiStack(Stack):
    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        storage: StorageStack,
        settings: Settings,
        repository: Path,
        code: Path,
    ) -> None:
        super().__init__(scope, name, description="Rollcall: accounts and HTTP API")
        package = Package(
            self,
            "Package",
            code=code,
            repository=repository,
            alerts=storage.alerts,
            log_level=settings.log_level,
        )
        devices = DeviceAccess(self)
        function = Function(
            self,
            "serve_api",
            package=package,
            handler="api.lambda_function.handler",
            # Pictures go by presigned URLs, which can do what the signing role may do.
            uses=[
                storage.table_access.write(),
                storage.capture_access.read(),
                storage.portrait_access.read(),
                storage.portrait_access.write(),
                devices.list_all(),
                devices.publish(COMMAND_TOPICS),
            ],
            memory_mib=1024,
            timeout_s=20,
        )
        staff = Staff(self, "Staff", retain=settings.retains_data)
        self.api = RollcallApi(self, "Http", staff=staff, function=function)
        CfnOutput(self, "ApiId", value=self.api.api_id)
        CfnOutput(self, "ApiUrl", value=self.api.api_endpoint)
        CfnOutput(self, "UserPoolId", value=staff.pool.user_pool_id)
        CfnOutput(self, "UserPoolClientId", value=staff.client.user_pool_client_id)
