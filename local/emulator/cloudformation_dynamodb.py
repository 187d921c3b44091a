"""Tables of a template are made by DynamoDB's own operations, with expiry and point-in-time recovery.

What upstream lacks: its CloudFormation writes a table straight into the store, so that a journal of
operations never sees it, an existing table of that name loses its items, and TimeToLiveSpecification and
PointInTimeRecoverySpecification are dropped.

A table that is there already is adopted: after a kill in the middle of a deployment the journal may know a
table that the stack, written down a moment earlier, does not.
"""

from typing import Any

from ministack.services import dynamodb
from ministack.services.cloudformation import provisioners

from local.emulator import upstream
from local.emulator.cloudformation_handlers import Properties, around, succeeded

PASSED_ON = (
    "KeySchema",
    "AttributeDefinitions",
    "BillingMode",
    "ProvisionedThroughput",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
    "SSESpecification",
    "Tags",
    "DeletionProtectionEnabled",
)


def apply() -> None:
    """Make tables through CreateTable, then set what CreateTable cannot."""
    for name in ("_update_ttl", "_update_continuous_backups", "_create_table"):
        upstream.check(dynamodb, name)
    table_attributes = upstream.check(provisioners, "_ddb_attrs")
    physical_name = upstream.check(provisioners, "_physical_name")

    def create(logical_id: str, properties: Properties, stack_name: str) -> Any:
        name = properties.get("TableName") or physical_name(stack_name, logical_id, max_len=255)
        existing = dynamodb._tables.get(name)
        if existing is None:
            asked = {key: properties[key] for key in PASSED_ON if key in properties}
            if properties.get("StreamSpecification"):
                asked["StreamSpecification"] = {"StreamEnabled": True, **properties["StreamSpecification"]}
            succeeded(dynamodb._create_table({**asked, "TableName": name}), "CreateTable")
        elif existing["KeySchema"] != properties["KeySchema"]:
            msg = f"table {name} exists already, with other keys"
            raise ValueError(msg)
        return name, table_attributes(dynamodb._tables[name])

    create.__name__ = "_ddb_create"
    upstream.replace(provisioners, "_ddb_create", lambda _: create)  # what a GlobalTable is made with
    provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]["create"] = create
    for resource_type in ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"):
        around(resource_type, after=_set_expiry_and_recovery)


def _set_expiry_and_recovery(name: str, properties: Properties) -> None:
    wanted = properties.get("TimeToLiveSpecification") or {"Enabled": False}
    present = dynamodb._ttl_settings.get(name) or {}
    if bool(wanted.get("Enabled")) != (present.get("TimeToLiveStatus") == "ENABLED"):
        setting = {"AttributeName": present.get("AttributeName"), **wanted}
        answer = dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": setting})
        succeeded(answer, "UpdateTimeToLive")
    replicas = properties.get("Replicas") or [{}]
    recovery = properties.get("PointInTimeRecoverySpecification") or replicas[0].get(
        "PointInTimeRecoverySpecification"
    )
    if recovery:
        asked = {"TableName": name, "PointInTimeRecoverySpecification": recovery}
        succeeded(dynamodb._update_continuous_backups(asked), "UpdateContinuousBackups")
