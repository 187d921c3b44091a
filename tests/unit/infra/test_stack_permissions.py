"""Least privilege: exact actions on exact resources."""

import ast
from pathlib import Path

import pytest
from cloud_assembly import LOCAL_STACKS, Assembly, permissions_of, statements_of

_ADAPTERS = Path(__file__).resolve().parents[3] / "attendance" / "adapters"
# Lambda itself reads a table's stream with the function's role.
_OF_EVENT_SOURCES = {"ListStreams", "DescribeStream", "GetRecords", "GetShardIterator"}

_IOT = "arn:{AWS::Partition}:iot:{AWS::Region}:{AWS::AccountId}"
_COLLECTIONS = "arn:{AWS::Partition}:rekognition:{AWS::Region}:{AWS::AccountId}:collection/rollcall-*"
_COMMANDS = f"{_IOT}:topic/devices/*/commands/capture"

# For these AWS knows no resource.
_WITHOUT_RESOURCE = {
    "rekognition:DetectFaces",
    "iot:ListThings",
    "dynamodb:ListStreams",
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
}

_FUNCTIONS = (
    "OpenCapture",
    "ResolveMeeting",
    "DetectFaces",
    "SearchFaces",
    "DecideMarks",
    "RecordMarks",
    "PublishSummary",
    "RecordFailure",
    "CheckPortrait",
    "IndexPortrait",
    "RecordRefusal",
    "DispatchCaptures",
    "RequestCapture",
    "IssueUploadUrls",
    "RecordCaptureEvent",
    "ProjectRegisters",
    "ServeApi",
)


def who_may(assembly: Assembly, action: str) -> dict[str, set[str]]:
    """Functions that may do something, each with what they may do it to."""
    allowed = {name: permissions_of(assembly, name).get(action, set()) for name in _FUNCTIONS}
    return {name: resources for name, resources in allowed.items() if resources}


def roles(assembly: Assembly) -> list[str]:
    return [role.id for role in assembly.resources("AWS::IAM::Role", *LOCAL_STACKS)]


def test_no_role_may_do_something_to_everything_where_aws_can_tell_things_apart(assembly: Assembly) -> None:
    wide = {
        action
        for role in roles(assembly)
        for statement in statements_of(assembly, role)
        if "*" in statement.resources
        for action in statement.actions
    }
    assert wide == _WITHOUT_RESOURCE


def test_no_role_may_do_whatever_a_service_offers(assembly: Assembly) -> None:
    actions = {
        action
        for role in roles(assembly)
        for statement in statements_of(assembly, role)
        for action in statement.actions
    }
    assert {action for action in actions if "*" in action} == set()


def test_no_role_carries_a_policy_that_others_write(assembly: Assembly) -> None:
    for role in assembly.resources("AWS::IAM::Role", *LOCAL_STACKS):
        assert "ManagedPolicyArns" not in role.properties, role.id


@pytest.mark.parametrize(
    ("action", "allowed"),
    [
        (
            "rekognition:DetectFaces",
            {name: {"*"} for name in ("DetectFaces", "CheckPortrait", "IndexPortrait")},
        ),
        ("rekognition:SearchUsersByImage", {"SearchFaces": {_COLLECTIONS}}),
        ("rekognition:SearchFacesByImage", {"IndexPortrait": {_COLLECTIONS}}),
        ("rekognition:SearchFaces", {"IndexPortrait": {_COLLECTIONS}}),
        ("rekognition:CreateCollection", {"IndexPortrait": {_COLLECTIONS}}),
        ("rekognition:IndexFaces", {"IndexPortrait": {_COLLECTIONS}}),
        ("rekognition:DeleteFaces", {"IndexPortrait": {_COLLECTIONS}}),
        ("rekognition:AssociateFaces", {"IndexPortrait": {_COLLECTIONS}}),
        (
            "s3:PutObject",
            {
                "DetectFaces": {"{Captures.Arn}/captures/*"},
                "SearchFaces": {"{Captures.Arn}/captures/*"},
                "DecideMarks": {"{Captures.Arn}/captures/*"},
                "IssueUploadUrls": {"{Captures.Arn}/captures/*"},
                "ServeApi": {"{Portraits.Arn}/portraits/*"},
            },
        ),
        (
            "iot:Publish",
            {
                "DispatchCaptures": {_COMMANDS},
                "RequestCapture": {_COMMANDS},
                "ServeApi": {_COMMANDS},
                "IssueUploadUrls": {f"{_IOT}:topic/devices/*/rpc/upload-urls/*"},
                "ProjectRegisters": {f"{_IOT}:topic/schools/*/registers/*"},
            },
        ),
        (
            "sns:Publish",
            {
                name: {"{Summaries}"}
                for name in (
                    "PublishSummary",
                    "RecordFailure",
                    "DispatchCaptures",
                    "RecordCaptureEvent",
                    "ProjectRegisters",
                )
            },
        ),
    ],
)
def test_only_these_may(assembly: Assembly, action: str, allowed: dict[str, set[str]]) -> None:
    assert who_may(assembly, action) == allowed


def test_whoever_shows_rekognition_a_picture_may_read_it(assembly: Assembly) -> None:
    pictures = {
        "DetectFaces": "{Captures.Arn}/captures/*",
        "SearchFaces": "{Captures.Arn}/captures/*",
        "CheckPortrait": "{Portraits.Arn}/portraits/*",
        "IndexPortrait": "{Portraits.Arn}/portraits/*",
    }
    callers = {
        name
        for name in _FUNCTIONS
        if any(action.startswith("rekognition:") for action in permissions_of(assembly, name))
    }
    assert callers == set(pictures)
    for name, objects in pictures.items():
        assert permissions_of(assembly, name)["s3:GetObject"] == {objects}


def test_no_picture_can_be_deleted(assembly: Assembly) -> None:
    assert who_may(assembly, "s3:DeleteObject") == {}


def test_nothing_can_be_deleted_but_the_memory_of_what_was_done_once(assembly: Assembly) -> None:
    assert set(who_may(assembly, "dynamodb:DeleteItem")) == {"PublishSummary"}
    (statement,) = [
        statement
        for statement in statements_of(assembly, "PublishSummaryRole")
        if "dynamodb:DeleteItem" in statement.actions
    ]
    assert statement.conditions == {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["IDEMPOTENCY"]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }


@pytest.mark.parametrize(
    ("adapter", "service", "needs"),
    [
        # PublishSummary's memory of what was done once is kept by powertools, which also deletes.
        ("dynamodb/table.py", "dynamodb", {"transact_write_items": {"PutItem", "DeleteItem"}}),
        ("rekognition*.py", "rekognition", {}),
        (
            "s3.py",
            "s3",
            {
                "head_object": {"GetObject", "ListBucket"},
                "generate_presigned_url": {"GetObject", "PutObject"},
            },
        ),
        ("iot.py", "iot", {"get_paginator": {"ListThings"}}),
    ],
)
def test_what_an_adapter_asks_of_its_service_is_granted_and_nothing_else(
    assembly: Assembly, adapter: str, service: str, needs: dict[str, set[str]]
) -> None:
    # No emulator is as strict as AWS: what is forgotten here would be refused there alone.
    called = {call for source in _ADAPTERS.glob(adapter) for call in _client_calls(source)}
    needed = {action for call in called for action in needs.get(call, {pascal_case(call)})}
    granted = {
        action.removeprefix(f"{service}:")
        for name in _FUNCTIONS
        for action in permissions_of(assembly, name)
        if action.startswith(f"{service}:")
    }
    assert granted - _OF_EVENT_SOURCES == needed


@pytest.mark.parametrize("name", _FUNCTIONS)
def test_a_function_is_told_of_a_store_exactly_when_it_may_use_it(assembly: Assembly, name: str) -> None:
    told = assembly.only("AWS::Lambda::Function", name).properties["Environment"]["Variables"]
    touched = {resource for resources in permissions_of(assembly, name).values() for resource in resources}
    stores = {
        "TABLE_NAME": "{Registers.Arn}",
        "CAPTURES_BUCKET": "{Captures.Arn}/captures/*",
        "PORTRAITS_BUCKET": "{Portraits.Arn}/portraits/*",
        "SUMMARY_TOPIC_ARN": "{Summaries}",
    }
    for variable, store in stores.items():
        assert (variable in told) == (store in touched), variable


def test_a_function_writes_only_its_own_log(assembly: Assembly) -> None:
    for name in _FUNCTIONS:
        assert permissions_of(assembly, name)["logs:PutLogEvents"] == {f"{{{name}Log.Arn}}"}


def test_a_machine_invokes_only_the_functions_it_names(assembly: Assembly) -> None:
    roll, enrolment = (
        {
            resource
            for statement in statements_of(assembly, f"{workflow}MachineRole")
            if "lambda:InvokeFunction" in statement.actions
            for resource in statement.resources
        }
        for workflow in ("TakeRoll", "EnrolStudent")
    )
    assert roll == {f"{{{name}.Arn}}" for name in _FUNCTIONS[:8]}
    assert enrolment == {f"{{{name}.Arn}}" for name in _FUNCTIONS[8:11]}


def test_alarms_may_publish_to_the_topic_of_alarms(assembly: Assembly) -> None:
    (policy,) = [
        found for found in assembly.resources("AWS::SNS::TopicPolicy") if found.id.startswith("Alerts")
    ]
    allowed = [each for each in policy.properties["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]
    assert [each["Principal"] for each in allowed] == [{"Service": "cloudwatch.amazonaws.com"}]
    assert allowed[0]["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}


def pascal_case(call: str) -> str:
    return "".join(word.title() for word in call.split("_"))


def _client_calls(source: Path) -> set[str]:
    """Methods of its boto3 client that an adapter uses."""
    return {
        node.attr
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self._client"
    }
