"""The few calls that the stores make of the table."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from attendance.adapters.client_errors import code_of, translated
from attendance.adapters.dynamodb.codec import Item, attributes
from attendance.domain.errors import ThrottledError, VersionConflictError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

INDEX = "GSI1"
_BATCH = 25  # BatchWriteItem's limit
# What a batch leaves unwritten is sent again so often; each round takes as long as the service needs.
_BATCH_ROUNDS = 10

_SOMEBODY_ELSE = {"ConditionalCheckFailed", "TransactionConflict"}
_SLOW_DOWN = {"ProvisionedThroughputExceeded", "ThrottlingError"}


class Table:
    """One DynamoDB table with string keys PK and SK, and one index, GSI1."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._client = client
        self.name = name

    def get(self, key: dict[str, str]) -> Item | None:
        with translated("DynamoDB"):
            answer = self._client.get_item(
                TableName=self.name, Key=attributes(_main(key)), ConsistentRead=True
            )
        return answer.get("Item")

    def query(self, partition: str, prefix: str = "", *, consistent: bool = False) -> Iterator[Item]:
        """All items of a partition whose sort key has the prefix, page after page.

        `consistent`: everything that was written before, at twice the price.
        """
        yield from self._pages("PK", "SK", partition, prefix, consistent=consistent)

    def query_index(self, partition: str, prefix: str = "") -> Iterator[Item]:
        """The same by the index, which may lag behind by a moment."""
        yield from self._pages("GSI1PK", "GSI1SK", partition, prefix)

    def put(self, item: Item, *, condition: str | None = None, **values: object) -> bool:
        """False where the condition did not hold."""
        request: dict[str, Any] = {"TableName": self.name, "Item": item}
        _add_condition(request, condition, values)
        return self._conditional(self._client.put_item, request)

    def delete(self, key: dict[str, str]) -> None:
        """Delete an item; one that is not there is no error."""
        with translated("DynamoDB"):
            self._client.delete_item(TableName=self.name, Key=attributes(_main(key)))

    def put_all(self, items: Sequence[Item]) -> None:
        """Write many items, each by itself.

        Raises
        ------
        ThrottledError
            The table did not take all of them; those before are written.
        """
        for start in range(0, len(items), _BATCH):
            writes = [{"PutRequest": {"Item": item}} for item in items[start : start + _BATCH]]
            pending: Any = {self.name: writes}
            for _ in range(_BATCH_ROUNDS):
                with translated("DynamoDB"):
                    pending = self._client.batch_write_item(RequestItems=pending).get("UnprocessedItems")
                if not pending:
                    break
            else:
                message = f"DynamoDB left {len(pending[self.name])} items unwritten."
                raise ThrottledError(message)

    def update(
        self,
        key: dict[str, str],
        assignments: dict[str, object],
        *,
        remove: Sequence[str] = (),
        condition: str,
        **values: object,
    ) -> bool:
        """Set and remove attributes of an item; False where the condition did not hold."""
        expression = "SET " + ", ".join(f"#{name} = :set_{name}" for name in assignments)
        if remove:
            expression += " REMOVE " + ", ".join(f"#{name}" for name in remove)
        request: dict[str, Any] = {
            "TableName": self.name,
            "Key": attributes(_main(key)),
            "UpdateExpression": expression,
            "ExpressionAttributeNames": {f"#{name}": name for name in (*assignments, *remove)},
        }
        _add_condition(request, condition, values | {f"set_{name}": v for name, v in assignments.items()})
        return self._conditional(self._client.update_item, request)

    def put_together(self, guarded: Item, condition: str, also: Item, **values: object) -> None:
        """Write two items or none: the first under a condition, the second only where it is new.

        Raises
        ------
        VersionConflictError
            A condition did not hold.
        """
        first: dict[str, Any] = {"TableName": self.name, "Item": guarded}
        _add_condition(first, condition, values)
        second: dict[str, Any] = {
            "TableName": self.name,
            "Item": also,
            "ConditionExpression": "attribute_not_exists(PK)",
        }
        try:
            with translated("DynamoDB"):
                self._client.transact_write_items(
                    TransactItems=[{"Put": first}, {"Put": second}]  # type: ignore[typeddict-item]
                )
        except ClientError as error:
            reasons = _cancelled_because(error)
            if reasons and reasons <= _SOMEBODY_ELSE:
                message = "The item was changed by somebody else meanwhile."
                raise VersionConflictError(message) from error
            if reasons & _SLOW_DOWN:
                message = "DynamoDB asks to slow down."
                raise ThrottledError(message) from error
            raise

    def _conditional(self, call: Any, request: dict[str, Any]) -> bool:
        try:
            with translated("DynamoDB"):
                call(**request)
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def _pages(
        self, pk: str, sk: str, partition: str, prefix: str, *, consistent: bool = False
    ) -> Iterator[Item]:
        values: dict[str, object] = {":pk": partition}
        condition = f"{pk} = :pk"
        if prefix:
            condition += f" AND begins_with({sk}, :prefix)"
            values[":prefix"] = prefix
        request: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": attributes(values),
        }
        if pk != "PK":
            request["IndexName"] = INDEX
        if consistent:
            request["ConsistentRead"] = True
        while True:
            with translated("DynamoDB"):
                page = self._client.query(**request)
            yield from page["Items"]
            last = page.get("LastEvaluatedKey")
            if not last:
                return
            request["ExclusiveStartKey"] = last


def _cancelled_because(error: ClientError) -> set[str]:
    """Why a transaction did not happen; nothing where it was no transaction's error."""
    if code_of(error) == "TransactionConflictException":
        return {"TransactionConflict"}
    if code_of(error) != "TransactionCanceledException":
        return set()
    reasons: list[dict[str, str]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    return {reason["Code"] for reason in reasons if reason.get("Code", "None") != "None"}


def _main(key: dict[str, str]) -> dict[str, object]:
    return {"PK": key["PK"], "SK": key["SK"]}


def _add_condition(request: dict[str, Any], condition: str | None, values: dict[str, object]) -> None:
    """Names of attributes stand as `#name` in conditions, because many plain words are reserved."""
    if condition is not None:
        request["ConditionExpression"] = condition
        names = {f"#{name}": name for name in re.findall(r"#(\w+)", condition)}
        if names:
            request["ExpressionAttributeNames"] = request.get("ExpressionAttributeNames", {}) | names
    if values:
        request["ExpressionAttributeValues"] = attributes({f":{name}": v for name, v in values.items()})
