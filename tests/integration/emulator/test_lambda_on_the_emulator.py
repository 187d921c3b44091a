"""Functions run on the project's Python, see only what they are given, and fail as they would on AWS."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from emulator_probes import role_for, unique, zipped

from local.emulator.clients import Clients
from local.emulator.process import Emulator
from local.emulator.root_credentials import RootCredentials

pytestmark = pytest.mark.emulator
Maker = Callable[..., str]

ECHO = "def handler(event, context): return event\n"


def invoke(aws: Clients, name: str, event: Any = None) -> tuple[str | None, Any]:
    answer = aws.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    return answer.get("FunctionError"), json.loads(answer["Payload"].read())


def test_an_error_keeps_its_own_type(aws: Clients, make_function: Maker) -> None:
    name = make_function(
        "class Throttled(Exception): pass\ndef handler(event, context): raise Throttled('slow down')\n"
    )
    kind, error = invoke(aws, name)
    assert kind == "Unhandled"
    assert (error["errorType"], error["errorMessage"]) == ("Throttled", "slow down")


def test_a_module_that_cannot_be_imported_says_so(aws: Clients, make_function: Maker) -> None:
    _, error = invoke(aws, make_function("import no_such_package\n"))
    assert error["errorType"] == "Runtime.ImportModuleError"
    assert "no_such_package" in error["errorMessage"]


def test_a_function_that_hangs_is_ended(aws: Clients, make_function: Maker) -> None:
    source = "import time\ndef handler(event, context): time.sleep(event)\n"
    name = make_function(source, Timeout=1)
    assert invoke(aws, name, 30)[1]["errorType"] == "Sandbox.Timedout"
    assert invoke(aws, name, 0) == (None, None)


def test_a_function_that_ends_its_process_is_reported_and_comes_back(
    aws: Clients, make_function: Maker
) -> None:
    name = make_function(
        "import os\ndef handler(event, context):\n    if event: os._exit(1)\n    return 'back'\n"
    )
    assert invoke(aws, name, True)[1]["errorType"] == "Runtime.ExitError"
    assert invoke(aws, name, False) == (None, "back")


def test_a_function_sees_its_own_variables_and_the_endpoints_alone(
    aws: Clients, emulator: Emulator, make_function: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "import os\ndef handler(event, context): return dict(os.environ)\n"
    _, seen = invoke(aws, make_function(source, Environment={"Variables": {"TABLE": "register"}}))
    assert seen["TABLE"] == "register"
    assert seen["AWS_ENDPOINT_URL"] == emulator.endpoint_url
    assert seen["AWS_ACCESS_KEY_ID"] != emulator.credentials.access_key_id
    unexpected = {
        variable
        for variable in seen
        if not variable.startswith(("AWS_", "LAMBDA_"))
        and variable not in ("TABLE", "LANG", "PATH", "TZ", "_HANDLER")
    }
    assert not unexpected


def test_packages_of_the_project_can_be_imported_but_not_its_checkout(
    aws: Clients, make_function: Maker
) -> None:
    name = make_function(
        "import importlib.util\n"
        "def handler(event, context): return [importlib.util.find_spec(name) is not None for name in event]\n"
    )
    assert invoke(aws, name, ["aws_lambda_powertools", "cv2", "local", "infra"]) == (
        None,
        [True, True, False, False],
    )


def test_a_function_may_do_what_its_role_allows_and_no_more(aws: Clients, make_function: Maker) -> None:
    bucket = unique("bucket")
    aws.client("s3").create_bucket(Bucket=bucket)
    source = f"""
import boto3
def handler(event, context):
    body = {{'Body': b'1'}} if event == 'put_object' else {{}}
    getattr(boto3.client('s3'), event)(Bucket='{bucket}', Key='k', **body)
"""
    name = make_function(
        source, {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    )
    assert invoke(aws, name, "put_object")[0] is None
    kind, error = invoke(aws, name, "delete_object")
    assert kind == "Unhandled"
    assert "AccessDenied" in error["errorMessage"]


def test_a_burst_waits_for_the_workers_that_fit_into_memory(aws: Clients, make_function: Maker) -> None:
    source = "import os, time\ndef handler(event, context):\n    time.sleep(0.05)\n    return os.getpid()\n"
    name = make_function(source, MemorySize=2048)  # of a budget of 4096: two at once
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: invoke(aws, name), range(12)))
    assert {kind for kind, _ in answers} == {None}
    assert len({process for _, process in answers}) <= 2


def test_new_code_replaces_the_old(aws: Clients, make_function: Maker) -> None:
    name = make_function("def handler(event, context): return 'old'\n")
    assert invoke(aws, name)[1] == "old"
    aws.client("lambda").update_function_code(
        FunctionName=name, ZipFile=zipped(main="def handler(event, context): return 'new'\n")
    )
    assert invoke(aws, name)[1] == "new"


def test_an_update_of_the_code_lets_running_invocations_end(aws: Clients, make_function: Maker) -> None:
    slow = "import time\ndef handler(event, context):\n    time.sleep(event)\n    return 'old'\n"
    name = make_function(slow)
    invoke(aws, name, 0)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(invoke, aws, name, 3)
        time.sleep(1)
        new = zipped(main="def handler(event, context): return 'new'\n")
        aws.client("lambda").update_function_code(FunctionName=name, ZipFile=new)
        assert invoke(aws, name, 0) == (None, "new")
        assert running.result() == (None, "old")


def test_an_unknown_key_is_refused(aws: Clients, emulator: Emulator) -> None:
    stranger = Clients(emulator.endpoint_url, aws.region, RootCredentials("test", "test"))
    with pytest.raises(ClientError) as refused:
        stranger.client("lambda").list_functions()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_the_role_helper_gives_no_rights_by_default(aws: Clients) -> None:
    role = role_for(aws, "lambda")
    assert aws.client("iam").list_role_policies(RoleName=role.rpartition("/")[2])["PolicyNames"] == []


def test_what_a_function_prints_is_in_its_log_group_and_in_the_file(
    aws: Clients, emulator: Emulator, make_function: Maker
) -> None:
    name = make_function("def handler(event, context): print('seen', event)\n")
    for number in range(105):
        invoke(aws, name, number)
    streams = (
        aws.client("logs").get_paginator("describe_log_streams").paginate(logGroupName=f"/aws/lambda/{name}")
    )
    assert len([stream for page in streams for stream in page["logStreams"]]) == 100
    lines = (emulator.settings.data_dir / "lambda.log").read_text().splitlines()
    assert [line for line in lines if line.startswith(name)][-1] == f"{name} seen 104"
