"""RollcallStorage: what is kept."""

from aws_cdk import CfnOutput, CfnParameter, Stack
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.constructs.access import PictureAccess, TableAccess
from infra.constructs.alarms import AlertTopic
from infra.constructs.storage import PictureBucket, RegisterTable
from infra.settings import Settings


class StorageStack(Stack):
    def __init__(self, scope: Construct, name: str, *, settings: Settings) -> None:
        super().__init__(scope, name, description="Rollcall: registers and pictures")
        origin = CfnParameter(
            self,
            "DashboardOrigin",
            description="Where the dashboard is served from: the one origin that may upload portraits.",
            default="http://127.0.0.1:8080",
            allowed_pattern=r"https?://[A-Za-z0-9.:-]+",
        )
        self.table = RegisterTable(self, "Registers", retain=settings.retains_data)
        self.captures = PictureBucket(
            self, "Captures", retain=settings.retains_data, days=settings.capture_days
        )
        self.portraits = PictureBucket(
            self,
            "Portraits",
            retain=settings.retains_data,
            upload_origins=[origin.value_as_string],
        )
        self.summaries = sns.Topic(self, "Summaries", enforce_ssl=True)
        self.alerts = AlertTopic(self, "Alerts", email=settings.alert_email)
        CfnOutput(self, "TableName", value=self.table.table_name)
        CfnOutput(self, "CapturesBucket", value=self.captures.bucket_name)
        CfnOutput(self, "PortraitsBucket", value=self.portraits.bucket_name)
        CfnOutput(self, "SummaryTopicArn", value=self.summaries.topic_arn)
        CfnOutput(self, "AlertTopicArn", value=self.alerts.topic_arn)

    @property
    def table_access(self) -> TableAccess:
        return TableAccess(self.table)

    @property
    def capture_access(self) -> PictureAccess:
        return PictureAccess(self.captures, "captures/", "CAPTURES_BUCKET")

    @property
    def portrait_access(self) -> PictureAccess:
        return PictureAccess(self.portraits, "portraits/", "PORTRAITS_BUCKET")
