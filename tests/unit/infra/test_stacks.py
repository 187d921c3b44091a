"""What holds for the app as a whole."""

import json
from collections import Counter

from cloud_assembly import LOCAL_STACKS, Assembly

_HOLDS_DATA = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Cognito::UserPool"}
_ONE_CHANGE_SET = 1_000_000  # bytes that CloudFormation takes of a template in S3


def test_the_app_has_its_five_stacks(assembly: Assembly) -> None:
    assert set(assembly.templates) == {*LOCAL_STACKS, "RollcallEdge"}


def test_each_stack_says_what_others_need_to_know(assembly: Assembly) -> None:
    assert {stack: assembly.outputs(stack) for stack in assembly.templates} == {
        "RollcallStorage": {
            "TableName",
            "CapturesBucket",
            "PortraitsBucket",
            "SummaryTopicArn",
            "AlertTopicArn",
        },
        "RollcallDevices": {"CameraPolicyName", "AdminPolicyName"},
        "RollcallPipeline": {"TakeRollArn", "EnrolStudentArn", "DispatchCapturesName"},
        "RollcallApi": {"ApiId", "ApiUrl", "UserPoolId", "UserPoolClientId"},
        "RollcallEdge": {"DashboardUrl", "SiteBucket"},
    }


def test_no_local_stack_depends_on_the_cloud_only_one(assembly: Assembly) -> None:
    manifest = json.loads((assembly.folder / "manifest.json").read_text())
    for stack in LOCAL_STACKS:
        assert "RollcallEdge" not in manifest["artifacts"][stack].get("dependencies", [])


def test_no_stack_needs_a_custom_resource(assembly: Assembly) -> None:
    kinds = Counter(resource.type for resource in assembly.all_resources())
    custom = {kind for kind in kinds if kind.startswith("Custom::") or "CustomResource" in kind}
    assert kinds["AWS::Lambda::Function"] > 10
    assert custom == set()


def test_templates_stay_below_what_one_change_set_takes(assembly: Assembly) -> None:
    sizes = {stack: len(json.dumps(template)) for stack, template in assembly.templates.items()}
    assert max(sizes.values()) < _ONE_CHANGE_SET


def test_data_outlives_the_deletion_of_its_stack(assembly: Assembly) -> None:
    keepers = [found for found in assembly.all_resources(*assembly.templates) if found.type in _HOLDS_DATA]
    assert {keeper.type for keeper in keepers} == _HOLDS_DATA
    assert {(keeper.id, keeper.body.get("DeletionPolicy")) for keeper in keepers} == {
        (keeper.id, "Retain") for keeper in keepers
    }


def test_assets_are_named_so_that_the_local_deployment_knows_them(assembly: Assembly) -> None:
    files = json.loads((assembly.folder / "RollcallPipeline.assets.json").read_text())["files"]
    names = {file.get("displayName") for file in files.values()}
    assert {"rollcall-code", "rollcall-dependencies"} <= names


def test_the_code_asset_holds_our_packages_and_nothing_else(assembly: Assembly) -> None:
    files = json.loads((assembly.folder / "RollcallPipeline.assets.json").read_text())["files"]
    (code,) = [file for file in files.values() if file.get("displayName") == "rollcall-code"]
    folder = assembly.folder / code["source"]["path"]
    found = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    assert {path.parts[0] for path in found} <= {"attendance", "faces", "pipeline", "api"}
    assert {path.suffix for path in found} <= {".py", ".json"}
    assert any(path.match("attendance/usecases/record_marks.py") for path in found)
