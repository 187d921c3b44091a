"""Every function: where its code is, what it is told, and who hears when it fails."""

import ast
from pathlib import Path

import pytest
from cloud_assembly import Assembly, Resource

REPOSITORY = Path(__file__).resolve().parents[3]

_ALWAYS = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "LOG_LEVEL"}
_ANNOUNCES = {"EVENT_BUS_NAME", "SUMMARY_TOPIC_ARN"}
ENVIRONMENTS = {
    "OpenCapture": {"TABLE_NAME", "CAPTURES_BUCKET"},
    "ResolveMeeting": {"TABLE_NAME"},
    "DetectFaces": {"CAPTURES_BUCKET", "FACE_INDEX"},
    "SearchFaces": {"TABLE_NAME", "CAPTURES_BUCKET", "FACE_INDEX"},
    "DecideMarks": {"TABLE_NAME", "CAPTURES_BUCKET"},
    "RecordMarks": {"TABLE_NAME", "CAPTURES_BUCKET"},
    "PublishSummary": {"TABLE_NAME", *_ANNOUNCES},
    "RecordFailure": {"TABLE_NAME", *_ANNOUNCES},
    "CheckPortrait": {"TABLE_NAME", "PORTRAITS_BUCKET", "FACE_INDEX"},
    "IndexPortrait": {"TABLE_NAME", "PORTRAITS_BUCKET", "FACE_INDEX"},
    "RecordRefusal": {"TABLE_NAME"},
    "DispatchCaptures": {"TABLE_NAME", *_ANNOUNCES},
    "RequestCapture": {"TABLE_NAME"},
    "IssueUploadUrls": {"TABLE_NAME", "CAPTURES_BUCKET"},
    "RecordCaptureEvent": {"TABLE_NAME", *_ANNOUNCES},
    "ProjectRegisters": {"TABLE_NAME", *_ANNOUNCES},
    "ServeApi": {"TABLE_NAME", "CAPTURES_BUCKET", "PORTRAITS_BUCKET"},
}

# What the parts that a handler asks its bootstrap for read from the environment.
_PARTS: dict[str, set[str]] = {
    "idempotency": {"TABLE_NAME"},
    **{store: {"TABLE_NAME"} for store in ("schools", "students", "captures", "registers", "projections")},
    "capture_files": {"CAPTURES_BUCKET"},
    "portrait_files": {"PORTRAITS_BUCKET"},
    "face_detector_of_captures": {"CAPTURES_BUCKET", "FACE_INDEX"},
    "face_index_of_captures": {"CAPTURES_BUCKET", "FACE_INDEX"},
    "face_index_of_portraits": {"PORTRAITS_BUCKET", "FACE_INDEX"},
    "announcer": _ANNOUNCES,
    "registry": set(),
    "messenger": set(),
    "clock": set(),
}


def functions(assembly: Assembly) -> list[Resource]:
    return assembly.resources("AWS::Lambda::Function")


def test_these_are_all_functions(assembly: Assembly) -> None:
    assert {function.id for function in functions(assembly)} == set(ENVIRONMENTS)


def test_every_function_runs_on_arm_with_the_runtime_that_the_dependencies_need(assembly: Assembly) -> None:
    # numpy and OpenCV are built for glibc 2.28; the runtimes before Python 3.12 have 2.26.
    for function in functions(assembly):
        assert function.properties["Runtime"] == "python3.13"
        assert function.properties["Architectures"] == ["arm64"]


@pytest.mark.parametrize("name", sorted(ENVIRONMENTS))
def test_a_function_is_told_what_it_needs_and_no_more(assembly: Assembly, name: str) -> None:
    told = assembly.only("AWS::Lambda::Function", name).properties["Environment"]["Variables"]
    assert set(told) == ENVIRONMENTS[name] | _ALWAYS


@pytest.mark.parametrize("name", sorted(ENVIRONMENTS))
def test_a_handler_is_where_the_template_says(assembly: Assembly, name: str) -> None:
    module, _, attribute = assembly.only("AWS::Lambda::Function", name).properties["Handler"].rpartition(".")
    source = REPOSITORY / (module.replace(".", "/") + ".py")
    assert source.is_file(), f"{source} is missing"
    assert attribute in _names_at_module_level(source)


@pytest.mark.parametrize("name", sorted(set(ENVIRONMENTS) - {"ServeApi"}))
def test_a_handler_asks_for_what_its_function_is_told(assembly: Assembly, name: str) -> None:
    module = assembly.only("AWS::Lambda::Function", name).properties["Handler"].removesuffix(".handler")
    source = ast.parse((REPOSITORY / (module.replace(".", "/") + ".py")).read_text())
    asked = {
        node.attr
        for node in ast.walk(source)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "bootstrap"
    }
    assert set[str]().union(*(_PARTS[part] for part in asked)) == ENVIRONMENTS[name]


def test_every_function_writes_to_a_log_group_of_its_own_that_expires(assembly: Assembly) -> None:
    groups = {group.id: group.properties for group in assembly.resources("AWS::Logs::LogGroup")}
    for function in functions(assembly):
        used = assembly.text(function.properties["LoggingConfig"]["LogGroup"], function.stack)
        assert groups[used.strip("{}")]["RetentionInDays"] == 30


def test_every_function_has_an_alarm_that_somebody_hears(assembly: Assembly) -> None:
    alarms = [
        alarm.properties
        for alarm in assembly.resources("AWS::CloudWatch::Alarm")
        if alarm.properties["MetricName"] == "Errors"
    ]
    watched = {assembly.text(alarm["Dimensions"][0]["Value"], "") for alarm in alarms}
    assert watched == {"{" + name + "}" for name in ENVIRONMENTS}
    assert {assembly.text(action, "") for alarm in alarms for action in alarm["AlarmActions"]} == {"{Alerts}"}


def _names_at_module_level(source: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(source.read_text()).body:
        match node:
            case ast.FunctionDef(name=name):
                names.add(name)
            case ast.Assign(targets=targets):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case ast.ImportFrom(names=imported):
                names |= {alias.asname or alias.name for alias in imported}
    return names
