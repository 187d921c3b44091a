"""What was acknowledged is there after a stop, a kill, and a kill soon after a start."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from emulator_probes import eventually, role_for, unique, zipped

from local.emulator.clients import Clients
from local.emulator.ports import free_port, is_free
from local.emulator.process import Emulator, EmulatorError
from local.emulator.settings import REPOSITORY, EmulatorSettings

pytestmark = pytest.mark.emulator


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Emulator]:
    """Give a running emulator that a test may kill."""
    with Emulator(
        EmulatorSettings(http_port=free_port(), mqtt_port=free_port(), data_dir=tmp_path)
    ) as running:
        yield running


def clients(emulator: Emulator) -> Clients:
    return Clients(emulator.endpoint_url, emulator.settings.region, emulator.credentials)


def make_table(aws: Clients) -> str:
    name = unique("table")
    aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    return name


def count_up(aws: Clients, table: str, key: str) -> None:
    aws.client("dynamodb").update_item(
        TableName=table,
        Key={"PK": {"S": key}},
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )


def counted(aws: Clients, table: str, key: str) -> int:
    return int(aws.client("dynamodb").get_item(TableName=table, Key={"PK": {"S": key}})["Item"]["n"]["N"])


def stream_length(aws: Clients, table: str) -> int:
    streams = aws.client("dynamodbstreams")
    arn = aws.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    return len(streams.get_records(ShardIterator=iterator)["Records"])


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_every_acknowledged_write_is_there_once_after_each_end(mortal: Emulator, end: str) -> None:
    aws = clients(mortal)
    table = make_table(aws)
    for round_number in (1, 2):
        for _ in range(20):
            count_up(aws, table, "a")
        if round_number == 1:
            mortal.checkpoint()
            count_up(aws, table, "after the checkpoint")
        getattr(mortal, end)()
        mortal.start()
        assert counted(aws, table, "a") == 20 * round_number
    assert counted(aws, table, "after the checkpoint") == 1
    assert stream_length(aws, table) == 41


def test_every_other_service_is_there_after_a_kill(mortal: Emulator) -> None:
    aws = clients(mortal)
    bucket, queue, thing = unique("bucket"), unique("queue"), unique("thing")
    aws.client("s3").create_bucket(Bucket=bucket)
    aws.client("s3").put_object(Bucket=bucket, Key="k", Body=b"picture")
    url = aws.client("sqs").create_queue(QueueName=queue)["QueueUrl"]
    aws.client("sqs").send_message(QueueUrl=url, MessageBody="kept")
    aws.client("iot").create_thing(thingName=thing, attributePayload={"attributes": {"room": "R101"}})
    aws.client("ssm").put_parameter(Name="/p", Value="v", Type="String")
    mortal.checkpoint()
    mortal.kill()
    mortal.start()
    assert aws.client("s3").get_object(Bucket=bucket, Key="k")["Body"].read() == b"picture"
    (message,) = aws.client("sqs").receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "kept"
    assert aws.client("iot").describe_thing(thingName=thing)["attributes"] == {"room": "R101"}
    assert aws.client("ssm").get_parameter(Name="/p")["Parameter"]["Value"] == "v"


def test_state_is_written_down_without_being_asked(mortal: Emulator) -> None:
    aws = clients(mortal)
    aws.client("ssm").put_parameter(Name="/soon", Value="v", Type="String")
    file = mortal.settings.data_dir / "state" / "ssm.json"
    eventually(lambda: file.exists() and "/soon" in file.read_text())
    mortal.kill()
    mortal.start()
    assert aws.client("ssm").get_parameter(Name="/soon")["Parameter"]["Value"] == "v"


def test_a_second_emulator_on_the_same_port_says_what_is_wrong(mortal: Emulator, tmp_path: Path) -> None:
    second = Emulator(
        EmulatorSettings(
            http_port=mortal.settings.http_port, mqtt_port=free_port(), data_dir=tmp_path / "other"
        )
    )
    with pytest.raises(EmulatorError, match=f"port {mortal.settings.http_port} .*taken"):
        second.start()


def test_a_missing_virtual_environment_says_what_to_do(tmp_path: Path) -> None:
    settings = EmulatorSettings(
        http_port=free_port(), mqtt_port=free_port(), data_dir=tmp_path, emulator_python=tmp_path / "nothing"
    )
    with pytest.raises(EmulatorError, match="make setup"):
        Emulator(settings).start()


def post(url: str) -> None:
    request = urllib.request.Request(url, method="POST")
    urllib.request.urlopen(request, timeout=10)


def test_reset_over_http_is_closed(mortal: Emulator) -> None:
    aws = clients(mortal)
    table = make_table(aws)
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(mortal.endpoint_url + "/_ministack/reset")
    assert refused.value.code == 404
    assert aws.client("dynamodb").describe_table(TableName=table)


def test_messages_come_once_done_and_stay_until_then_through_a_kill(mortal: Emulator) -> None:
    sqs = clients(mortal).client("sqs")
    url = sqs.create_queue(QueueName=unique("queue"), Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="before the checkpoint, done after it")
    mortal.checkpoint()
    for body in ("done", "kept"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]:
        if message["Body"] != "kept":
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    mortal.kill()
    mortal.start()
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    assert [message["Body"] for message in answer["Messages"]] == ["kept"]


def test_an_execution_goes_on_after_a_kill(mortal: Emulator) -> None:
    aws = clients(mortal)
    definition = {
        "StartAt": "Wait",
        "States": {
            "Wait": {"Type": "Wait", "Seconds": 2, "Next": "Done"},
            "Done": {"Type": "Pass", "Result": "done", "End": True},
        },
    }
    stepfunctions = aws.client("stepfunctions")
    machine = stepfunctions.create_state_machine(
        name=unique("machine"), definition=json.dumps(definition), roleArn=role_for(aws, "states")
    )["stateMachineArn"]
    known = stepfunctions.start_execution(stateMachineArn=machine)["executionArn"]
    mortal.checkpoint()
    just_started = stepfunctions.start_execution(stateMachineArn=machine)["executionArn"]
    mortal.kill()
    mortal.start()
    for execution in (known, just_started):

        def output(execution: str = execution) -> str | None:
            found: str | None = stepfunctions.describe_execution(executionArn=execution).get("output")
            return found

        assert eventually(output) == '"done"'


def test_objects_expire_by_the_rules_of_their_bucket(mortal: Emulator) -> None:
    s3, bucket = clients(mortal).client("s3"), unique("frames")
    s3.create_bucket(Bucket=bucket)
    rule = {
        "ID": "pictures",
        "Status": "Enabled",
        "Filter": {"Prefix": "captures/"},
        "Expiration": {"Days": 7},
    }
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})
    for key in ("captures/old", "captures/new", "portraits/old"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"picture")
    mortal.checkpoint()
    mortal.kill()
    for file in (mortal.settings.data_dir / "s3").rglob("old.meta.json"):
        stored = json.loads(file.read_text())
        file.write_text(json.dumps({**stored, "last_modified": "2020-01-01T00:00:00.000Z"}))
    mortal.start()

    def left() -> set[str]:
        return {found["Key"] for found in s3.list_objects_v2(Bucket=bucket)["Contents"]}

    eventually(lambda: "captures/old" not in left())
    assert left() == {"captures/new", "portraits/old"}


def test_no_worker_outlives_a_killed_emulator(mortal: Emulator, tmp_path: Path) -> None:
    aws, note = clients(mortal), tmp_path / "process"
    source = f"""
import os, pathlib, time
def handler(event, context):
    pathlib.Path({str(note)!r}).write_text(str(os.getpid()))
    time.sleep(300)
"""
    aws.client("lambda").create_function(
        FunctionName=unique("function"),
        Runtime="python3.11",
        Handler="main.handler",
        Role=role_for(aws, "lambda"),
        Code={"ZipFile": zipped(main=source)},
        Timeout=600,
    )
    (function,) = aws.client("lambda").list_functions()["Functions"]
    aws.client("lambda").invoke(FunctionName=function["FunctionName"], InvocationType="Event")
    worker = int(eventually(lambda: note.exists() and note.read_text()))
    assert is_alive(worker)
    mortal.kill()
    eventually(lambda: not is_alive(worker))


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


STARTS_AND_WAITS = """
import sys
from pathlib import Path
from local.emulator.process import Emulator
from local.emulator.settings import REPOSITORY, EmulatorSettings
emulator = Emulator(EmulatorSettings(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
emulator.start()
print("started", flush=True)
sys.stdin.read()
"""


def test_the_emulator_ends_with_whoever_started_it(tmp_path: Path) -> None:
    ports = free_port(), free_port()
    parent = subprocess.Popen(
        [sys.executable, "-c", STARTS_AND_WAITS, *map(str, ports), str(tmp_path)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert parent.stdout
    assert parent.stdout.readline() == b"started\n"
    assert not is_free(ports[0])
    parent.kill()
    parent.wait()
    eventually(lambda: is_free(ports[0]) and is_free(ports[1]))
