"""Reads a synthesised app: resources by type, with references spelled out so that tests can compare text."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCAL_STACKS = ("RollcallStorage", "RollcallDevices", "RollcallPipeline", "RollcallApi")

_HASH = re.compile(r"[0-9A-F]{8}(?=$|\.)")


@dataclass(frozen=True)
class Resource:
    """One resource; `id` is its logical id without CDK's hash, `properties` as the template has them."""

    stack: str
    id: str
    type: str
    body: dict[str, Any]

    @property
    def properties(self) -> dict[str, Any]:
        found: dict[str, Any] = self.body.get("Properties", {})
        return found


class Assembly:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.templates: dict[str, dict[str, Any]] = {
            path.name.removesuffix(".template.json"): json.loads(path.read_text())
            for path in sorted(folder.glob("*.template.json"))
        }

    def resources(self, kind: str, *stacks: str) -> list[Resource]:
        """Resources of a type, by default in the stacks that the local run deploys."""
        return [found for found in self.all_resources(*stacks) if found.type == kind]

    def all_resources(self, *stacks: str) -> Iterator[Resource]:
        for stack in stacks or LOCAL_STACKS:
            for logical_id, body in self.templates[stack]["Resources"].items():
                yield Resource(stack, _HASH.sub("", logical_id), body["Type"], body)

    def only(self, kind: str, resource_id: str) -> Resource:
        (found,) = [each for each in self.resources(kind) if each.id == resource_id]
        return found

    def outputs(self, stack: str) -> set[str]:
        named = self.templates[stack].get("Outputs", {})
        return {key for key in named if not key.startswith("ExportsOutput")}

    def text(self, value: Any, stack: str) -> str:
        """A value with references as `{Id}` and attributes as `{Id.Arn}`, through imports of other stacks."""
        match value:
            case str():
                return value
            case {"Ref": reference}:
                return "{" + _HASH.sub("", reference) + "}"
            case {"Fn::GetAtt": [logical_id, attribute]}:
                return "{" + _HASH.sub("", logical_id) + f".{attribute}" + "}"
            case {"Fn::Join": [separator, parts]}:
                return str(separator).join(self.text(part, stack) for part in parts)
            case {"Fn::ImportValue": export}:
                return self._exported(export)
            case _:
                raise AssertionError(f"an intrinsic that these tests do not read: {value}")

    def texts(self, value: Any, stack: str) -> list[str]:
        """The same for a list, or for the single value that may stand for one."""
        return [self.text(each, stack) for each in (value if isinstance(value, list) else [value])]

    def _exported(self, name: str) -> str:
        for stack, template in self.templates.items():
            for output in template.get("Outputs", {}).values():
                if output.get("Export", {}).get("Name") == name:
                    return self.text(output["Value"], stack)
        raise AssertionError(f"nothing exports {name}")


@dataclass(frozen=True)
class Statement:
    """A statement of a policy, everything as lists of text."""

    effect: str
    actions: list[str]
    resources: list[str]
    conditions: dict[str, Any]


def statements_of(assembly: Assembly, role: str) -> list[Statement]:
    """All statements that a role carries."""
    policies = [
        policy
        for policy in assembly.resources("AWS::IAM::Policy")
        if "{" + role + "}" in assembly.texts(policy.properties["Roles"], policy.stack)
    ]
    return [
        Statement(
            each["Effect"],
            each["Action"] if isinstance(each["Action"], list) else [each["Action"]],
            assembly.texts(each["Resource"], policy.stack),
            each.get("Condition", {}),
        )
        for policy in policies
        for each in policy.properties["PolicyDocument"]["Statement"]
    ]


def permissions_of(assembly: Assembly, function: str) -> dict[str, set[str]]:
    """What a function may do: each action with the resources it may do it to."""
    allowed: dict[str, set[str]] = {}
    for statement in statements_of(assembly, f"{function}Role"):
        assert statement.effect == "Allow"
        for action in statement.actions:
            allowed.setdefault(action, set()).update(statement.resources)
    return allowed
