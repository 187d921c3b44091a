"""What a function may touch: the permission and the environment variable that names it, always together.

A function gets the name of a table or bucket only with a right to use it, and rights are exact actions on
exact prefixes. A star stands as resource only where AWS knows no resource for the action.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

# Rekognition collections are named rollcall-{school}.
_COLLECTIONS = "rollcall-*"


@dataclass(frozen=True, slots=True)
class Access:
    """Statements of a function's role, and the environment variables that say what they are for."""

    statements: Sequence[iam.PolicyStatement] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableAccess:
    table: dynamodb.ITable

    def read(self) -> Access:
        return self._access("GetItem", "Query")

    def write(self) -> Access:
        """Read and write, but not delete: a ledger only grows."""
        return self._access("GetItem", "Query", "PutItem", "UpdateItem", "BatchWriteItem")

    def once(self) -> Access:
        """Remember what was done, so that it is not done twice: in the partition of that memory alone."""
        return Access(
            (
                iam.PolicyStatement(
                    actions=[f"dynamodb:{a}" for a in ("GetItem", "PutItem", "UpdateItem", "DeleteItem")],
                    resources=[self.table.table_arn],
                    conditions={
                        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["IDEMPOTENCY"]},
                        "Null": {"dynamodb:LeadingKeys": "false"},
                    },
                ),
            ),
            {"TABLE_NAME": self.table.table_name},
        )

    def _access(self, *actions: str) -> Access:
        return Access(
            (
                iam.PolicyStatement(
                    actions=[f"dynamodb:{action}" for action in actions],
                    resources=[self.table.table_arn, f"{self.table.table_arn}/index/GSI1"],
                ),
            ),
            {"TABLE_NAME": self.table.table_name},
        )


@dataclass(frozen=True, slots=True)
class PictureAccess:
    """Access to the objects under one prefix of a bucket, which `variable` names."""

    bucket: s3.IBucket
    prefix: str
    variable: str

    def read(self) -> Access:
        # Without ListBucket S3 answers 403 instead of 404 for an object that is not there.
        look = iam.PolicyStatement(actions=["s3:ListBucket"], resources=[self.bucket.bucket_arn])
        return Access((look, self._objects("s3:GetObject")), self._environment)

    def write(self) -> Access:
        return Access((self._objects("s3:PutObject"),), self._environment)

    def _objects(self, action: str) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            actions=[action], resources=[self.bucket.arn_for_objects(f"{self.prefix}*")]
        )

    @property
    def _environment(self) -> Mapping[str, str]:
        return {self.variable: self.bucket.bucket_name}


@dataclass(frozen=True, slots=True)
class FaceAccess:
    """Access to the face index: Rekognition's collections, or nothing where our own engine runs."""

    scope: Construct
    kind: str

    def detect(self) -> Access:
        # DetectFaces knows no resource.
        return self._access(iam.PolicyStatement(actions=["rekognition:DetectFaces"], resources=["*"]))

    def search(self) -> Access:
        return self._access(self._on_collections("SearchUsersByImage"))

    def compare(self) -> Access:
        """Compare a portrait, and then its reference, with every single reference of the school."""
        return self._access(self._on_collections("SearchFacesByImage", "SearchFaces"))

    def index(self) -> Access:
        """Add face references, and take out again what could not become a student's."""
        return self._access(
            self._on_collections(
                "CreateCollection",
                "IndexFaces",
                "ListFaces",
                "DeleteFaces",
                "CreateUser",
                "AssociateFaces",
                "SearchUsers",
                "DisassociateFaces",
                "DeleteUser",
            )
        )

    def _on_collections(self, *actions: str) -> iam.PolicyStatement:
        collections = Stack.of(self.scope).format_arn(
            service="rekognition", resource="collection", resource_name=_COLLECTIONS
        )
        return iam.PolicyStatement(
            actions=[f"rekognition:{action}" for action in actions], resources=[collections]
        )

    def _access(self, statement: iam.PolicyStatement) -> Access:
        statements = (statement,) if self.kind == "rekognition" else ()
        return Access(statements, {"FACE_INDEX": self.kind})


@dataclass(frozen=True, slots=True)
class DeviceAccess:
    """Access to the IoT registry and to topics."""

    scope: Construct

    def look_up(self) -> Access:
        """One device by its name."""
        return Access(
            (iam.PolicyStatement(actions=["iot:DescribeThing"], resources=[self._arn("thing", "*")]),)
        )

    def list_all(self) -> Access:
        # ListThings knows no resource.
        listing = iam.PolicyStatement(actions=["iot:ListThings"], resources=["*"])
        return Access((listing, *self.look_up().statements))

    def publish(self, topic: str) -> Access:
        """`topic` may hold `*` for any text, slashes included, as IAM has it."""
        return Access((iam.PolicyStatement(actions=["iot:Publish"], resources=[self._arn("topic", topic)]),))

    def _arn(self, resource: str, name: str) -> str:
        return Stack.of(self.scope).format_arn(service="iot", resource=resource, resource_name=name)


@dataclass(frozen=True, slots=True)
class AnnouncementAccess:
    """Access to the event bus and the summary topic."""

    scope: Construct
    topic: sns.ITopic
    bus_name: str = "default"

    def announce(self) -> Access:
        bus = Stack.of(self.scope).format_arn(
            service="events", resource="event-bus", resource_name=self.bus_name
        )
        return Access(
            (
                iam.PolicyStatement(actions=["events:PutEvents"], resources=[bus]),
                iam.PolicyStatement(actions=["sns:Publish"], resources=[self.topic.topic_arn]),
            ),
            {"EVENT_BUS_NAME": self.bus_name, "SUMMARY_TOPIC_ARN": self.topic.topic_arn},
        )
