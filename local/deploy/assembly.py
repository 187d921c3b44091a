"""Reads a cloud assembly (cdk.out): its stacks in the order of their dependencies, and their file assets."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.deploy.errors import DeployError


@dataclass(frozen=True)
class Stack:
    """A synthesised stack."""

    name: str
    template: Path
    assets: Path | None


@dataclass(frozen=True)
class FileAsset:
    """A file or folder that a stack expects in a bucket; names may hold `${AWS::...}` placeholders."""

    source: Path
    zipped: bool
    bucket: str
    key: str


def stacks(cdk_out: Path, skipped: Iterable[str] = ()) -> list[Stack]:
    """Return the stacks of the assembly, each after those it depends on.

    Parameters
    ----------
    cdk_out
        Folder that `cdk synth` wrote.
    skipped
        Names of stacks to leave out: those that only the cloud can run.

    Raises
    ------
    DeployError
        If there is no assembly, or a remaining stack depends on a skipped one.
    """
    manifest = cdk_out / "manifest.json"
    if not manifest.exists():
        msg = f"{manifest} is missing: run `make synth`"
        raise DeployError(msg)
    artifacts: dict[str, Any] = json.loads(manifest.read_text())["artifacts"]
    left_out = set(skipped)
    ordered: dict[str, Stack] = {}

    def visit(name: str, wanted_by: str) -> None:
        artifact = artifacts[name]
        if artifact["type"] != "aws:cloudformation:stack" or name in ordered:
            return
        if name in left_out:
            msg = f"{wanted_by} depends on {name}, which is not deployed here"
            raise DeployError(msg)
        for dependency in artifact.get("dependencies", []):
            visit(dependency, name)
        manifest_of_assets = cdk_out / f"{name}.assets.json"
        ordered[name] = Stack(
            name=artifact.get("properties", {}).get("stackName", name),
            template=cdk_out / artifact["properties"]["templateFile"],
            assets=manifest_of_assets if manifest_of_assets.exists() else None,
        )

    for name in artifacts:
        if name not in left_out:
            visit(name, name)
    return list(ordered.values())


def file_assets(stack: Stack) -> list[FileAsset]:
    """Return what the stack needs in S3, but for its own template, which travels with the change set."""
    if stack.assets is None:
        return []
    files = json.loads(stack.assets.read_text())["files"]
    found = []
    for asset in files.values():
        source = stack.assets.parent / asset["source"]["path"]
        if source == stack.template:
            continue
        found += [
            FileAsset(
                source=source,
                zipped=asset["source"]["packaging"] == "zip",
                bucket=destination["bucketName"],
                key=destination["objectKey"],
            )
            for destination in asset["destinations"].values()
        ]
    return found
