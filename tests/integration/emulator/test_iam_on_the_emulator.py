"""Policies may name partitions of a table, as on AWS."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from emulator_probes import unique

from local.emulator.clients import Clients

pytestmark = pytest.mark.emulator

OWN, OTHERS = {"S": "MINE"}, {"S": "YOURS"}


@pytest.fixture
def table(aws: Clients) -> str:
    name = unique("table")
    aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


@pytest.fixture
def tenant(aws: Clients, table: str) -> Any:
    """A DynamoDB client that may touch one partition of the table."""
    iam, user = aws.client("iam"), unique("tenant")
    statement = {
        "Effect": "Allow",
        "Action": "dynamodb:*",
        "Resource": "*",
        "Condition": {
            "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["MINE"]},
            "Null": {"dynamodb:LeadingKeys": "false"},
        },
    }
    iam.create_user(UserName=user)
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=user, PolicyName="own-partition", PolicyDocument=policy)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    return boto3.client(
        "dynamodb",
        endpoint_url=aws.endpoint_url,
        region_name=aws.region,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )


def test_a_role_that_is_held_to_a_partition_reads_and_writes_there(tenant: Any, table: str) -> None:
    tenant.put_item(TableName=table, Item={"PK": OWN, "note": {"S": "kept"}})
    tenant.update_item(
        TableName=table,
        Key={"PK": OWN},
        UpdateExpression="SET note = :n",
        ExpressionAttributeValues={":n": {"S": "changed"}},
    )
    assert tenant.get_item(TableName=table, Key={"PK": OWN})["Item"]["note"] == {"S": "changed"}


@pytest.mark.parametrize(
    "call",
    [
        lambda client, table: client.put_item(TableName=table, Item={"PK": OTHERS}),
        lambda client, table: client.get_item(TableName=table, Key={"PK": OTHERS}),
        lambda client, table: client.delete_item(TableName=table, Key={"PK": OTHERS}),
        lambda client, table: client.scan(TableName=table),
    ],
)
def test_it_touches_nothing_elsewhere(tenant: Any, table: str, call: Callable[[Any, str], Any]) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        call(tenant, table)
