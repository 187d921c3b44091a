"""Where everything is kept: one table, and buckets of pictures that nobody but a function can read."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.removal import removal_policy


class RegisterTable(dynamodb.Table):
    """The one table: docs/data-model.md says what lies under which key.

    Its stream feeds the projections. `ttl` is epoch seconds. DynamoDB encrypts every table; with the key
    that AWS owns, as here, it does so without a charge for each request.
    """

    def __init__(self, scope: Construct, name: str, *, retain: bool) -> None:
        super().__init__(
            scope,
            name,
            partition_key=_text("PK"),
            sort_key=_text("SK"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            time_to_live_attribute="ttl",
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=removal_policy(retain=retain),
            deletion_protection=retain,
        )
        self.add_global_secondary_index(
            index_name="GSI1", partition_key=_text("GSI1PK"), sort_key=_text("GSI1SK")
        )


class PictureBucket(s3.Bucket):
    """A private, encrypted bucket that tells EventBridge of every new object.

    Parameters
    ----------
    days
        Objects are deleted after so many days; None keeps them.
    upload_origins
        Origins whose pages may PUT with a presigned URL.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        retain: bool,
        days: int | None = None,
        upload_origins: Sequence[str] = (),
    ) -> None:
        super().__init__(
            scope,
            name,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            removal_policy=removal_policy(retain=retain),
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=Duration.days(days) if days else None,
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
            cors=[
                s3.CorsRule(
                    allowed_methods=[s3.HttpMethods.PUT],
                    allowed_origins=list(upload_origins),
                    allowed_headers=["*"],
                    max_age=3600,
                )
            ]
            if upload_origins
            else None,
        )
        # The construct's own flag for this brings a custom resource; the plain property does not.
        bucket = self.node.default_child
        assert isinstance(bucket, s3.CfnBucket)  # noqa: S101  (narrows a type that jsii leaves open)
        bucket.add_property_override(
            "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled", True
        )


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
