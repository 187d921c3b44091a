"""What a certificate may do: its own thing's branch of topics, and nothing else."""

from typing import Any

import pytest
from cloud_assembly import Assembly

_OWN = "devices/${iot:Connection.Thing.ThingName}"
_ARN = "arn:{AWS::Partition}:iot:{AWS::Region}:{AWS::AccountId}"


def allowed(assembly: Assembly, kind: str) -> dict[str, set[str]]:
    """The actions of a kind's policy with the names they are allowed for."""
    (policy,) = [
        found
        for found in assembly.resources("AWS::IoT::Policy")
        if found.properties["PolicyName"] == f"rollcall-{kind}"
    ]
    statements: list[dict[str, Any]] = policy.properties["PolicyDocument"]["Statement"]
    assert {each["Effect"] for each in statements} == {"Allow"}
    return {
        each["Action"]: {
            text.removeprefix(f"{_ARN}:") for text in assembly.texts(each["Resource"], policy.stack)
        }
        for each in statements
    }


def test_a_camera_touches_its_own_branch_only(assembly: Assembly) -> None:
    assert allowed(assembly, "camera") == {
        "iot:Connect": {"client/${iot:Connection.Thing.ThingName}"},
        "iot:Publish": {
            f"topic/{_OWN}/events/capture",
            f"topic/{_OWN}/health",
            f"topic/{_OWN}/presence",
            f"topic/{_OWN}/rpc/upload-urls",
        },
        "iot:RetainPublish": {f"topic/{_OWN}/presence"},
        "iot:Subscribe": {
            f"topicfilter/{_OWN}/commands/+",
            f"topicfilter/{_OWN}/rpc/upload-urls/accepted",
            f"topicfilter/{_OWN}/rpc/upload-urls/rejected",
        },
        "iot:Receive": {
            f"topic/{_OWN}/commands/*",
            f"topic/{_OWN}/rpc/upload-urls/accepted",
            f"topic/{_OWN}/rpc/upload-urls/rejected",
        },
    }


def test_an_admin_asks_for_captures_and_hears_of_its_own_schools_registers(assembly: Assembly) -> None:
    registers = "schools/${iot:Connection.Thing.Attributes[school]}/registers"
    assert allowed(assembly, "admin") == {
        "iot:Connect": {"client/${iot:Connection.Thing.ThingName}"},
        "iot:Publish": {"topic/rooms/*/capture-requests"},
        "iot:Subscribe": {f"topicfilter/{registers}/+"},
        "iot:Receive": {f"topic/{registers}/*"},
    }


@pytest.mark.parametrize("kind", ["camera", "admin"])
def test_a_certificate_connects_only_as_the_thing_it_is_attached_to(assembly: Assembly, kind: str) -> None:
    (policy,) = [
        found.properties["PolicyDocument"]
        for found in assembly.resources("AWS::IoT::Policy")
        if found.properties["PolicyName"] == f"rollcall-{kind}"
    ]
    (connect,) = [each for each in policy["Statement"] if each["Action"] == "iot:Connect"]
    assert connect["Condition"] == {"Bool": {"iot:Connection.Thing.IsAttached": "true"}}


def test_a_things_school_and_room_can_be_searched(assembly: Assembly) -> None:
    kinds = {
        kind.properties["ThingTypeName"]: kind.properties["ThingTypeProperties"]["SearchableAttributes"]
        for kind in assembly.resources("AWS::IoT::ThingType")
    }
    assert kinds == {"rollcall-camera": ["school", "room"], "rollcall-admin": ["school"]}
