"""The table, and buckets that keep pictures private."""

import re
from typing import Any

from cloud_assembly import Assembly


def bucket(assembly: Assembly, name: str) -> dict[str, Any]:
    return assembly.only("AWS::S3::Bucket", name).properties


def test_the_table_has_its_keys_and_one_index_with_everything(assembly: Assembly) -> None:
    table = assembly.only("AWS::DynamoDB::Table", "Registers").properties
    assert [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]] == [
        ("PK", "HASH"),
        ("SK", "RANGE"),
    ]
    (index,) = table["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "GSI1"
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["GSI1PK", "GSI1SK"]
    assert index["Projection"] == {"ProjectionType": "ALL"}


def test_the_table_streams_expires_recovers_and_cannot_be_deleted_by_mistake(assembly: Assembly) -> None:
    table = assembly.only("AWS::DynamoDB::Table", "Registers").properties
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"] is True


def test_every_bucket_is_private_encrypted_and_heard_over_tls_only(assembly: Assembly) -> None:
    buckets = assembly.resources("AWS::S3::Bucket", *assembly.templates)
    policies = assembly.resources("AWS::S3::BucketPolicy", *assembly.templates)
    assert len(buckets) == 3
    for found in buckets:
        assert all(found.properties["PublicAccessBlockConfiguration"].values()), found.id
        (rule,) = found.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
        (policy,) = [
            each.properties
            for each in policies
            if assembly.text(each.properties["Bucket"], each.stack) == f"{{{found.id}}}"
        ]
        denied = [each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Deny"]
        assert denied[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_nobody_but_our_roles_may_read_pictures(assembly: Assembly) -> None:
    for policy in assembly.resources("AWS::S3::BucketPolicy"):
        effects = {each["Effect"] for each in policy.properties["PolicyDocument"]["Statement"]}
        assert effects == {"Deny"}


def test_pictures_of_a_class_are_gone_after_a_week(assembly: Assembly) -> None:
    (rule,) = bucket(assembly, "Captures")["LifecycleConfiguration"]["Rules"]
    assert (rule["ExpirationInDays"], rule["Status"]) == (7, "Enabled")
    assert "Prefix" not in rule


def test_portraits_stay_until_they_are_erased(assembly: Assembly) -> None:
    (rule,) = bucket(assembly, "Portraits")["LifecycleConfiguration"]["Rules"]
    assert "ExpirationInDays" not in rule


def test_no_bucket_keeps_versions_of_what_was_erased(assembly: Assembly) -> None:
    for name in ("Captures", "Portraits"):
        assert "VersioningConfiguration" not in bucket(assembly, name)


def test_both_buckets_tell_eventbridge_of_new_objects(assembly: Assembly) -> None:
    for name in ("Captures", "Portraits"):
        assert bucket(assembly, name)["NotificationConfiguration"] == {
            "EventBridgeConfiguration": {"EventBridgeEnabled": True}
        }


def test_only_the_dashboard_may_put_portraits_from_a_page(assembly: Assembly) -> None:
    (rule,) = bucket(assembly, "Portraits")["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedMethods"] == ["PUT"]
    assert assembly.texts(rule["AllowedOrigins"], "RollcallStorage") == ["{DashboardOrigin}"]
    origin = assembly.templates["RollcallStorage"]["Parameters"]["DashboardOrigin"]
    assert re.fullmatch(origin["AllowedPattern"], origin["Default"])
    assert not re.fullmatch(origin["AllowedPattern"], "*")
    assert "CorsConfiguration" not in bucket(assembly, "Captures")
