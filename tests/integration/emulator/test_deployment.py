"""A synthesised app is brought into the emulator by change sets, and a code edit without a synthesis."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_assembly
from emulator_probes import unique

from local.deploy import DeployError, Outputs, deploy
from local.emulator.clients import Clients
from local.emulator.process import Emulator
from local.emulator.root_credentials import RootCredentials

pytestmark = pytest.mark.emulator


class Checkout:
    """A repository with an assembly, deployed on demand."""

    def __init__(self, folder: Path, aws: Clients, emulator: Emulator) -> None:
        self.cdk_out = folder / "cdk.out"
        self.repository = folder
        self._aws = aws
        self._emulator = emulator
        small_assembly.code(folder, "first")
        self.write({"Storage": small_assembly.storage(), "Pipeline": small_assembly.pipeline()})

    def write(self, stacks: dict[str, Any]) -> None:
        small_assembly.write(self.cdk_out, stacks, {"Pipeline": ["Storage"]})

    def deploy(self, **options: Any) -> Outputs:
        return deploy(
            self.cdk_out,
            self._aws,
            checkpoint=self._emulator.checkpoint,
            repository=self.repository,
            **options,
        )


@pytest.fixture
def checkout(tmp_path: Path, aws: Clients, emulator: Emulator) -> Iterator[Checkout]:
    yield Checkout(tmp_path, aws, emulator)
    for name in ("Pipeline", "Storage"):
        aws.client("cloudformation").delete_stack(StackName=name)
        aws.client("cloudformation").get_waiter("stack_delete_complete").wait(
            StackName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
        )


def invoke(aws: Clients, name: str, event: str) -> Any:
    answer = aws.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    assert "FunctionError" not in answer, answer["Payload"].read()
    return json.loads(answer["Payload"].read())


def test_stacks_are_deployed_in_the_order_of_their_needs_and_work(checkout: Checkout, aws: Clients) -> None:
    outputs = checkout.deploy()
    assert outputs.changed == ("Storage", "Pipeline")
    assert invoke(aws, outputs["FunctionName"], "written") == "first"
    found = aws.client("dynamodb").get_item(
        TableName=outputs["TableName"], Key={"PK": {"S": "written"}, "SK": {"S": "x"}}
    )
    assert "Item" in found
    assert not any(key.startswith("Exports") for outputs in outputs.by_stack.values() for key in outputs)


def test_what_the_template_says_of_a_table_holds(checkout: Checkout, aws: Clients) -> None:
    name = checkout.deploy()["TableName"]
    dynamodb = aws.client("dynamodb")
    expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_what_the_template_says_of_a_bucket_holds(checkout: Checkout, aws: Clients) -> None:
    name = checkout.deploy()["BucketName"]
    (rule,) = aws.client("s3").get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert (rule["Status"], rule["Expiration"], rule["Filter"]) == (
        "Enabled",
        {"Days": 30},
        {"Prefix": "captures/"},
    )


def test_a_bucket_for_encrypted_connections_can_be_used_on_the_loopback_interface(
    checkout: Checkout, aws: Clients, emulator: Emulator
) -> None:
    name = checkout.deploy()["BucketName"]
    user = {"UserName": unique("user")}
    iam = aws.client("iam")
    iam.create_user(**user)
    allowed = {"Effect": "Allow", "Action": "s3:*", "Resource": f"arn:aws:s3:::{name}/*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(**user, PolicyName="writes", PolicyDocument=policy)
    key = iam.create_access_key(**user)["AccessKey"]
    credentials = RootCredentials(key["AccessKeyId"], key["SecretAccessKey"])
    s3 = Clients(emulator.endpoint_url, aws.region, credentials).client("s3")
    s3.put_object(Bucket=name, Key="captures/x", Body=b"picture")
    s3.delete_object(Bucket=name, Key="captures/x")


def test_deploying_again_changes_nothing(checkout: Checkout) -> None:
    checkout.deploy()
    assert checkout.deploy().changed == ()


def test_a_code_edit_reaches_the_functions_without_a_synthesis(checkout: Checkout, aws: Clients) -> None:
    name = checkout.deploy()["FunctionName"]
    assert invoke(aws, name, "one") == "first"
    small_assembly.code(checkout.repository, "second")
    assert checkout.deploy().changed == ("Pipeline",)
    assert invoke(aws, name, "two") == "second"


def test_items_outlive_an_update_of_their_table(checkout: Checkout, aws: Clients) -> None:
    outputs = checkout.deploy()
    invoke(aws, outputs["FunctionName"], "kept")
    changed = small_assembly.storage()
    changed["Resources"]["Table"]["Properties"]["TimeToLiveSpecification"]["Enabled"] = False
    checkout.write({"Storage": changed, "Pipeline": small_assembly.pipeline()})
    assert checkout.deploy().changed == ("Storage",)
    dynamodb = aws.client("dynamodb")
    expiry = dynamodb.describe_time_to_live(TableName=outputs["TableName"])["TimeToLiveDescription"]
    assert expiry["TimeToLiveStatus"] == "DISABLED"
    assert dynamodb.scan(TableName=outputs["TableName"])["Count"] == 1


def test_a_stack_for_the_cloud_alone_is_skipped_by_name(checkout: Checkout) -> None:
    edge = {"Resources": {"Cdn": {"Type": "AWS::ElasticBeanstalk::Application", "Properties": {}}}}
    checkout.write(
        {"Storage": small_assembly.storage(), "Pipeline": small_assembly.pipeline(), "RollcallEdge": edge}
    )
    assert "RollcallEdge" not in checkout.deploy(skipped_stacks={"RollcallEdge"}).by_stack


def test_a_resource_that_fails_is_named_with_its_reason_and_can_be_mended(checkout: Checkout) -> None:
    broken = small_assembly.storage()
    broken["Resources"]["Faces"] = {
        "Type": "AWS::Rekognition::Collection",
        "Properties": {"CollectionId": "x"},
    }
    checkout.write({"Storage": broken, "Pipeline": small_assembly.pipeline()})
    with pytest.raises(DeployError, match=r"Storage.*AWS::Rekognition::Collection"):
        checkout.deploy()
    checkout.write({"Storage": small_assembly.storage(), "Pipeline": small_assembly.pipeline()})
    assert checkout.deploy().changed == ("Storage", "Pipeline")


def test_a_missing_assembly_says_what_to_do(checkout: Checkout, tmp_path: Path) -> None:
    (checkout.cdk_out / "manifest.json").unlink()
    with pytest.raises(DeployError, match="make synth"):
        checkout.deploy()
