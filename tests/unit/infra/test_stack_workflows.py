"""The machines as they are deployed: what starts them, what they log, who hears when they fail."""

import json
from pathlib import Path
from typing import Any

import pytest
from cloud_assembly import Assembly

REPOSITORY = Path(__file__).resolve().parents[3]
_WORKFLOWS = {
    "TakeRoll": ("take-roll", "{Captures}", "captures/*/manifest.json"),
    "EnrolStudent": ("enrol-student", "{Portraits}", "portraits/*"),
}


def machine(assembly: Assembly, workflow: str) -> dict[str, Any]:
    return assembly.only("AWS::StepFunctions::StateMachine", f"{workflow}Machine").properties


@pytest.mark.parametrize("workflow", sorted(_WORKFLOWS))
def test_a_machine_is_deployed_as_its_file_says(assembly: Assembly, workflow: str) -> None:
    name = _WORKFLOWS[workflow][0]
    text = (REPOSITORY / "statemachines" / f"{name}.asl.json").read_text()
    deployed = machine(assembly, workflow)
    assert deployed["DefinitionString"] == text
    assert (deployed["StateMachineName"], deployed["StateMachineType"]) == (f"rollcall-{name}", "STANDARD")


@pytest.mark.parametrize("workflow", sorted(_WORKFLOWS))
def test_each_function_that_a_machine_names_is_the_one_it_gets(assembly: Assembly, workflow: str) -> None:
    substitutions = machine(assembly, workflow)["DefinitionSubstitutions"]
    assert substitutions
    for name, arn in substitutions.items():
        assert assembly.text(arn, "RollcallPipeline") == "{" + name.removesuffix("Arn") + ".Arn}"


@pytest.mark.parametrize("workflow", sorted(_WORKFLOWS))
def test_a_new_object_starts_the_machine_with_its_bucket_and_key(assembly: Assembly, workflow: str) -> None:
    _, bucket, keys = _WORKFLOWS[workflow]
    rule = assembly.only("AWS::Events::Rule", f"{workflow}Started").properties
    pattern = rule["EventPattern"]
    assert (pattern["source"], pattern["detail-type"]) == (["aws.s3"], ["Object Created"])
    assert assembly.texts(pattern["detail"]["bucket"]["name"], "RollcallPipeline") == [bucket]
    assert pattern["detail"]["object"]["key"] == [{"wildcard": keys}]
    (target,) = rule["Targets"]
    assert assembly.text(target["Arn"], "RollcallPipeline") == f"{{{workflow}Machine}}"
    assert set(target["InputTransformer"]["InputPathsMap"].values()) == {
        "$.detail.bucket.name",
        "$.detail.object.key",
    }
    assert set(json.loads(_quoted(target["InputTransformer"]["InputTemplate"]))) == {"bucket", "key"}


@pytest.mark.parametrize("workflow", sorted(_WORKFLOWS))
def test_an_event_that_starts_nothing_is_tried_again_and_kept(assembly: Assembly, workflow: str) -> None:
    (target,) = assembly.only("AWS::Events::Rule", f"{workflow}Started").properties["Targets"]
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 7200, "MaximumRetryAttempts": 8}
    kept = assembly.text(target["DeadLetterConfig"]["Arn"], "RollcallPipeline")
    assert kept == f"{{{workflow}DeadLetters.Arn}}"


@pytest.mark.parametrize("workflow", sorted(_WORKFLOWS))
def test_errors_are_logged_without_what_the_states_carried(assembly: Assembly, workflow: str) -> None:
    logging = machine(assembly, workflow)["LoggingConfiguration"]
    assert (logging["Level"], logging["IncludeExecutionData"]) == ("ERROR", False)


@pytest.mark.parametrize("workflow", sorted(_WORKFLOWS))
def test_a_failed_or_late_execution_wakes_somebody(assembly: Assembly, workflow: str) -> None:
    alarms = {
        alarm.properties["MetricName"]
        for alarm in assembly.resources("AWS::CloudWatch::Alarm")
        if alarm.properties["Namespace"] == "AWS/States"
        and assembly.text(alarm.properties["Dimensions"][0]["Value"], alarm.stack) == f"{{{workflow}Machine}}"
        and alarm.properties["AlarmActions"]
    }
    assert alarms == {"ExecutionsFailed", "ExecutionsTimedOut"}


def _quoted(template: str) -> str:
    """EventBridge puts the quotes around a text that it fills in."""
    return template.replace("<", '"<').replace(">", '>"')
