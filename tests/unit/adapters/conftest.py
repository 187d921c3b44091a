from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from attendance.adapters.dynamodb.table import Table
from tests.fakes.dynamodb_table import make_table


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
    return make_table(dynamodb)
