from collections.abc import Iterator
from itertools import count

import boto3
import pytest
from moto import mock_aws

from attendance.adapters.dynamodb.table import Table

_NAMES = (f"rollcall-{number}" for number in count())


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    """AWS in memory, one a module: a client takes longer to make than a test to run."""
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        environment.setenv("AWS_ACCESS_KEY_ID", "testing")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        environment.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        yield


@pytest.fixture(scope="module")
def dynamodb(aws: None):
    return boto3.client("dynamodb")


@pytest.fixture
def table(dynamodb) -> Table:
    """An empty table, as the storage stack makes it."""
    name = next(_NAMES)
    keys = ("PK", "SK", "GSI1PK", "GSI1SK")
    dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "GSI1",
                "KeySchema": [
                    {"AttributeName": "GSI1PK", "KeyType": "HASH"},
                    {"AttributeName": "GSI1SK", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return Table(dynamodb, name)
