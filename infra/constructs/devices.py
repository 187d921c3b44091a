"""What the IoT registry knows of things, and what their certificates may do."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_iot as iot
from constructs import Construct

CAMERA = "rollcall-camera"
ADMIN = "rollcall-admin"

_THING = "${iot:Connection.Thing.ThingName}"
_SCHOOL = "${iot:Connection.Thing.Attributes[school]}"


class ThingKind(Construct):
    """A thing type and the policy of the same name that its things' certificates carry.

    A connection has to be made under the thing's own name, with a certificate attached to that thing.

    Parameters
    ----------
    attributes
        What a thing of this type says of itself, searchable.
    publishes, retains, subscribes
        Topics and topic filters; in a policy `+` stands for itself and `*` for any text. What may be
        subscribed to may be received.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        attributes: Sequence[str],
        publishes: Sequence[str],
        retains: Sequence[str] = (),
        subscribes: Sequence[str] = (),
    ) -> None:
        construct_id = "".join(word.title() for word in name.split("-"))
        super().__init__(scope, construct_id)
        iot.CfnThingType(
            self,
            "Type",
            thing_type_name=name,
            thing_type_properties=iot.CfnThingType.ThingTypePropertiesProperty(
                searchable_attributes=list(attributes)
            ),
        )
        connect = {
            "Effect": "Allow",
            "Action": "iot:Connect",
            "Resource": self._arn("client", _THING),
            "Condition": {"Bool": {"iot:Connection.Thing.IsAttached": "true"}},
        }
        received = [filter_.replace("+", "*") for filter_ in subscribes]
        statements = [
            connect,
            *self._allow("iot:Publish", "topic", publishes),
            *self._allow("iot:RetainPublish", "topic", retains),
            *self._allow("iot:Subscribe", "topicfilter", subscribes),
            *self._allow("iot:Receive", "topic", received),
        ]
        self.policy = iot.CfnPolicy(
            self,
            "Policy",
            policy_name=name,
            policy_document={"Version": "2012-10-17", "Statement": statements},
        )
        self.policy_name = name

    def _allow(self, action: str, resource: str, names: Sequence[str]) -> list[dict[str, Any]]:
        arns = [self._arn(resource, name) for name in names]
        return [{"Effect": "Allow", "Action": action, "Resource": arns}] if arns else []

    def _arn(self, resource: str, name: str) -> str:
        return Stack.of(self).format_arn(service="iot", resource=resource, resource_name=name)


def camera_kind(scope: Construct) -> ThingKind:
    """A camera touches its own branch of topics and nothing else."""
    own = f"devices/{_THING}"
    return ThingKind(
        scope,
        CAMERA,
        attributes=["school", "room"],
        publishes=[f"{own}/events/capture", f"{own}/health", f"{own}/presence", f"{own}/rpc/upload-urls"],
        retains=[f"{own}/presence"],
        subscribes=[
            f"{own}/commands/+",
            f"{own}/rpc/upload-urls/accepted",
            f"{own}/rpc/upload-urls/rejected",
        ],
    )


def admin_kind(scope: Construct) -> ThingKind:
    """An admin's client asks for captures, and hears that a register of its school has changed.

    Any room may be named; the function that takes the request looks only in the school of the client.
    """
    return ThingKind(
        scope,
        ADMIN,
        attributes=["school"],
        publishes=["rooms/*/capture-requests"],
        subscribes=[f"schools/{_SCHOOL}/registers/+"],
    )
