"""RollcallEdge: what only the cloud has. The local run leaves this stack out by its name."""

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from infra.constructs.dashboard import Dashboard
from infra.settings import Settings
from infra.stacks.api import ApiStack
from infra.stacks.storage import StorageStack


class EdgeStack(Stack):
    def __init__(
        self, scope: Construct, name: str, *, storage: StorageStack, api: ApiStack, settings: Settings
    ) -> None:
        super().__init__(scope, name, description="Rollcall: the dashboard's address")
        buckets = (storage.captures, storage.portraits)
        dashboard = Dashboard(
            self,
            "Dashboard",
            api_domain=f"{api.api.api_id}.execute-api.{self.region}.{self.url_suffix}",
            connects_to=[
                f"cognito-idp.{self.region}.{self.url_suffix}",
                *(bucket.bucket_domain_name for bucket in buckets),
                *(bucket.bucket_regional_domain_name for bucket in buckets),
            ],
            retain=settings.retains_data,
        )
        CfnOutput(self, "DashboardUrl", value=f"https://{dashboard.distribution.distribution_domain_name}")
        CfnOutput(self, "SiteBucket", value=dashboard.site.bucket_name)
