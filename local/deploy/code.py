"""The code of the Lambda functions, taken from the working tree instead of from the last synthesis.

A synthesis takes ten seconds, a changed handler does not need one: the template names its code by hash,
so the hash is stamped anew into the synthesised template, and CloudFormation updates the functions.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.code_asset import stage
from local.deploy.archives import archive, digest


@dataclass(frozen=True)
class Code:
    """The zip file that every Python function runs."""

    key: str
    content: bytes


def code_of(repository: Path) -> Code:
    """Return the code asset of the working tree: what a synthesis would stage."""
    with tempfile.TemporaryDirectory(prefix="rollcall-code-") as folder:
        content = archive(stage(repository, Path(folder) / "code"))
    return Code(key=f"{digest(content)}.zip", content=content)


def stamp(template: dict[str, Any], code: Code, bucket: str) -> None:
    """Point every Python function of the template at `code`."""
    for resource in template.get("Resources", {}).values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Lambda::Function" and str(properties.get("Runtime")).startswith(
            "python"
        ):
            properties["Code"] = {"S3Bucket": bucket, "S3Key": code.key}
