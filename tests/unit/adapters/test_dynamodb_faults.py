import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from attendance.adapters.dynamodb.table import Table
from attendance.domain.errors import ServiceUnavailableError, ThrottledError, VersionConflictError
from tests.fakes.aws_client import ScriptedClient, client_error

ITEM = {"PK": {"S": "a"}, "SK": {"S": "b"}}
NONE = {"Code": "None"}


def cancelled(*codes: str) -> ClientError:
    return client_error(
        "TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes]
    )


def write_together(error: Exception) -> None:
    client = ScriptedClient(transact_write_items=[error])
    Table(client, "t").put_together(ITEM, "attribute_not_exists(PK)", ITEM)


@pytest.mark.parametrize(
    "error",
    [
        cancelled("ConditionalCheckFailed", "None"),
        cancelled("None", "ConditionalCheckFailed"),
        cancelled("TransactionConflict", "None"),
        client_error("TransactionConflictException"),
    ],
)
def test_who_comes_second_is_told_to_read_again(error):
    with pytest.raises(VersionConflictError, match="somebody else"):
        write_together(error)


@pytest.mark.parametrize(
    "error",
    [
        cancelled("ThrottlingError", "None"),
        cancelled("ConditionalCheckFailed", "ProvisionedThroughputExceeded"),
        client_error("ProvisionedThroughputExceededException"),
        client_error("TransactionInProgressException"),
    ],
)
def test_a_transaction_that_was_throttled_is_no_conflict(error):
    with pytest.raises(ThrottledError):
        write_together(error)


@pytest.mark.parametrize(
    "error", [cancelled("ValidationError", "None"), client_error("ValidationException"), cancelled()]
)
def test_a_transaction_that_can_never_succeed_keeps_its_own_error(error):
    """An item above 400 KB, say: to try again would be in vain."""
    with pytest.raises(ClientError) as raised:
        write_together(error)
    assert raised.value is error


def test_what_a_batch_leaves_is_sent_again():
    left = {"UnprocessedItems": {"t": [{"PutRequest": {"Item": ITEM}}]}}
    client = ScriptedClient(batch_write_item=[left, left, {"UnprocessedItems": {}}])
    Table(client, "t").put_all([ITEM] * 3)
    assert [len(request["RequestItems"]["t"]) for _, request in client.calls] == [3, 1, 1]


def test_a_table_that_never_takes_the_rest_is_throttling():
    left = {"UnprocessedItems": {"t": [{"PutRequest": {"Item": ITEM}}] * 2}}
    with pytest.raises(ThrottledError, match="left 2 items unwritten"):
        Table(ScriptedClient(batch_write_item=[left]), "t").put_all([ITEM] * 3)


def test_more_than_a_batch_is_written_in_several():
    client = ScriptedClient(batch_write_item=[{}])
    Table(client, "t").put_all([ITEM] * 60)
    assert [len(request["RequestItems"]["t"]) for _, request in client.calls] == [25, 25, 10]
    Table(client, "t").put_all([])
    assert len(client.calls) == 3


def test_pages_are_followed_to_the_end_even_where_one_is_empty():
    client = ScriptedClient(
        query=[
            {"Items": [ITEM], "LastEvaluatedKey": ITEM},
            {"Items": [], "LastEvaluatedKey": ITEM},
            {"Items": [ITEM]},
        ]
    )
    assert list(Table(client, "t").query("p", "PREFIX#")) == [ITEM, ITEM]
    assert "ExclusiveStartKey" in client.calls[2][1]


def test_a_condition_that_fails_is_an_answer_and_no_error():
    client = ScriptedClient(
        put_item=[client_error("ConditionalCheckFailedException")],
        update_item=[client_error("ConditionalCheckFailedException")],
    )
    table = Table(client, "t")
    assert not table.put(ITEM, condition="attribute_not_exists(PK)")
    assert not table.update({"PK": "a", "SK": "b"}, {"x": 1}, condition="attribute_exists(PK)")


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (client_error("InternalServerError", 500), ServiceUnavailableError),
        (client_error("ThrottlingException"), ThrottledError),
        (EndpointConnectionError(endpoint_url="https://dynamodb"), ServiceUnavailableError),
        (client_error("ResourceNotFoundException"), ClientError),
    ],
)
def test_reading_says_what_went_wrong_in_our_words(error, raised):
    with pytest.raises(raised):
        Table(ScriptedClient(get_item=[error]), "t").get({"PK": "a", "SK": "b"})
    with pytest.raises(raised):
        list(Table(ScriptedClient(query=[error]), "t").query("p"))
