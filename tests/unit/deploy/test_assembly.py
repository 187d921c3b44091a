"""An assembly is read in the order of its dependencies, and archives depend on nothing but content."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from local.deploy.archives import archive, digest
from local.deploy.assembly import file_assets, stacks
from local.deploy.errors import DeployError


def write(folder: Path, **dependencies: list[str]) -> None:
    """Write an assembly of empty stacks, given the names of those each needs."""
    artifacts: dict[str, Any] = {
        name: {
            "type": "aws:cloudformation:stack",
            "properties": {"templateFile": f"{name}.template.json"},
            "dependencies": [*needed, f"{name}.assets"],
        }
        for name, needed in dependencies.items()
    }
    artifacts |= {f"{name}.assets": {"type": "cdk:asset-manifest", "properties": {}} for name in dependencies}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))


def test_a_stack_comes_after_those_it_needs(tmp_path: Path) -> None:
    write(tmp_path, Api=["Pipeline", "Storage"], Pipeline=["Storage"], Storage=[])
    assert [stack.name for stack in stacks(tmp_path)] == ["Storage", "Pipeline", "Api"]


def test_skipped_stacks_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, Edge=["Api"], Api=[])
    assert [stack.name for stack in stacks(tmp_path, {"Edge"})] == ["Api"]


def test_a_stack_that_needs_a_skipped_one_is_refused(tmp_path: Path) -> None:
    write(tmp_path, Edge=[], Api=["Edge"])
    with pytest.raises(DeployError, match="Api depends on Edge"):
        stacks(tmp_path, {"Edge"})


def test_assets_are_what_the_stack_needs_besides_its_template(tmp_path: Path) -> None:
    write(tmp_path, Api=[])
    destination = {"here": {"bucketName": "assets-${AWS::Region}", "objectKey": "abc.zip"}}
    files = {
        "template": {
            "source": {"path": "Api.template.json", "packaging": "file"},
            "destinations": destination,
        },
        "code": {"source": {"path": "asset.abc", "packaging": "zip"}, "destinations": destination},
    }
    (tmp_path / "Api.assets.json").write_text(json.dumps({"files": files}))
    (stack,) = stacks(tmp_path)
    (asset,) = file_assets(stack)
    assert (asset.source.name, asset.zipped, asset.key) == ("asset.abc", True, "abc.zip")


def test_equal_content_makes_equal_archives_whenever_and_wherever(tmp_path: Path) -> None:
    digests = set()
    for number, name in enumerate(("here", "there")):
        package = tmp_path / name / "package"
        (package / "__pycache__").mkdir(parents=True)
        (package / "module.py").write_text("x = 1\n")
        os.utime(package / "module.py", (number * 10**9, number * 10**9))
        (package / "__pycache__" / f"module-{number}.pyc").write_text(name)
        digests.add(digest(archive(tmp_path / name)))
    assert len(digests) == 1


def test_other_content_makes_another_archive(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("x = 1\n")
    before = digest(archive(tmp_path))
    (tmp_path / "module.py").write_text("x = 2\n")
    assert digest(archive(tmp_path)) != before
