"""A policy may hold a role to some partitions of a table.

What upstream lacks: the condition key dynamodb:LeadingKeys, so that such a statement allows nothing.

What AWS does: the key holds the partition keys that a request names. Supplied for reading and writing one
item; other requests name none, which a policy that asks for the key refuses.
"""

import json
from typing import Any

from ministack.core import iam_actions
from ministack.services import dynamodb

from local.emulator import upstream


def apply() -> None:
    """Add the key to what the policies of a DynamoDB request are told."""

    def context(original: Any) -> Any:
        def dynamodb_service_context(body: bytes) -> dict[str, Any]:
            known: dict[str, Any] = original(body)
            leading = _leading_key(body) if known else None
            return known if leading is None else {**known, "dynamodb:LeadingKeys": [leading]}

        return dynamodb_service_context

    upstream.replace(iam_actions, "dynamodb_service_context", context)


def _leading_key(body: bytes) -> str | None:
    request = json.loads(body or b"{}")
    table = dynamodb._tables.get(str(request.get("TableName", "")).rpartition("/")[2])
    item = request.get("Item") or request.get("Key")
    if table is None or not isinstance(item, dict):
        return None
    value = item.get(table["pk_name"])
    return str(next(iter(value.values()))) if isinstance(value, dict) and len(value) == 1 else None
