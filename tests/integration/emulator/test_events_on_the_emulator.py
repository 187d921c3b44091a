"""Events find their targets: pictures start executions, queues and streams call functions, ticks tick."""

import base64
import hashlib
import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from emulator_probes import ACCOUNT, eventually, role_for, unique

from local.emulator.clients import Clients

pytestmark = pytest.mark.emulator
Maker = Callable[..., str]


def make_queue(aws: Clients, **attributes: str) -> tuple[str, str]:
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName=unique("queue"), Attributes=attributes)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def receive(aws: Clients, url: str, seconds: float = 20) -> dict[str, Any]:
    def look() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = aws.client("sqs").receive_message(QueueUrl=url).get("Messages", [])
        return found

    (message,) = eventually(look, seconds)
    return json.loads(message["Body"]) if message["Body"].startswith("{") else {"text": message["Body"]}


def sends_to(*arns: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": list(arns)}


# A function that passes on what it was called with, into the queue of its variable QUEUE.
TELL = """
import boto3, json, os
def handler(event, context):
    boto3.client('sqs').send_message(QueueUrl=os.environ['QUEUE'], MessageBody=json.dumps({'event': event}))
"""


class TestPictures:
    """An object created in a bucket starts an execution by a rule."""

    @pytest.fixture
    def bucket(self, aws: Clients) -> str:
        name = unique("frames")
        aws.client("s3").create_bucket(Bucket=name)
        aws.client("s3").put_bucket_notification_configuration(
            Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )
        return name

    def rule(self, aws: Clients, bucket: str, key: dict[str, str], **target: Any) -> str:
        pattern = {
            "source": ["aws.s3"],
            "detail-type": ["Object Created"],
            "detail": {"bucket": {"name": [bucket]}, "object": {"key": [key]}},
        }
        name = unique("rule")
        aws.client("events").put_rule(Name=name, EventPattern=json.dumps(pattern))
        answer = aws.client("events").put_targets(Rule=name, Targets=[{"Id": "1", **target}])
        assert answer["FailedEntryCount"] == 0
        return name

    def machine(self, aws: Clients) -> str:
        definition = {"StartAt": "Done", "States": {"Done": {"Type": "Pass", "End": True}}}
        arn: str = aws.client("stepfunctions").create_state_machine(
            name=unique("machine"), definition=json.dumps(definition), roleArn=role_for(aws, "states")
        )["stateMachineArn"]
        return arn

    @pytest.mark.parametrize(
        "key",
        [{"suffix": "/manifest.json"}, {"wildcard": "captures/*/manifest.json"}],
        ids=lambda key: next(iter(key)),
    )
    def test_only_a_manifest_starts_an_execution(
        self, aws: Clients, bucket: str, key: dict[str, str]
    ) -> None:
        machine = self.machine(aws)
        role = role_for(
            aws, "events", {"Effect": "Allow", "Action": "states:StartExecution", "Resource": machine}
        )
        transformer = {
            "InputPathsMap": {
                "bucket": "$.detail.bucket.name",
                "key": "$.detail.object.key",
                "size": "$.detail.object.size",
            },
            "InputTemplate": '{"bucket":<bucket>,"key":<key>,"size":<size>}',
        }
        self.rule(aws, bucket, key, Arn=machine, RoleArn=role, InputTransformer=transformer)
        for name in ("captures/s/d/c/frame-1.jpg", "captures/s/d/c/manifest.json"):
            aws.client("s3").put_object(Bucket=bucket, Key=name, Body=b"{}")
        client = aws.client("stepfunctions")

        def done() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = client.list_executions(stateMachineArn=machine)["executions"]
            return [execution for execution in found if execution["status"] == "SUCCEEDED"]

        (execution,) = eventually(done)
        told = json.loads(client.describe_execution(executionArn=execution["executionArn"])["input"])
        assert told == {"bucket": bucket, "key": "captures/s/d/c/manifest.json", "size": 2}
        assert len(done()) == 1

    def test_an_event_whose_target_is_gone_lies_in_the_dead_letter_queue(
        self, aws: Clients, bucket: str
    ) -> None:
        url, arn = make_queue(aws)
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "events.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": arn,
                }
            ],
        }
        aws.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
        machine = self.machine(aws)
        role = role_for(
            aws, "events", {"Effect": "Allow", "Action": "states:StartExecution", "Resource": "*"}
        )
        self.rule(aws, bucket, {"suffix": ".json"}, Arn=machine, RoleArn=role, DeadLetterConfig={"Arn": arn})
        aws.client("stepfunctions").delete_state_machine(stateMachineArn=machine)
        aws.client("s3").put_object(Bucket=bucket, Key="manifest.json", Body=b"{}")
        assert receive(aws, url)["detail"]["object"]["key"] == "manifest.json"

    def test_a_presigned_upload_is_held_to_what_was_signed(self, aws: Clients, bucket: str) -> None:
        picture = b"picture"
        checksum = base64.b64encode(hashlib.sha256(picture).digest()).decode()
        url = aws.client("s3").generate_presigned_url(
            "put_object",
            Params={
                "Bucket": bucket,
                "Key": "k",
                "ContentLength": len(picture),
                "ContentType": "image/jpeg",
                "ChecksumSHA256": checksum,
                "IfNoneMatch": "*",
            },
            ExpiresIn=60,
        )
        headers = {
            "Content-Type": "image/jpeg",
            "x-amz-checksum-sha256": checksum,
            "If-None-Match": "*",
        }

        def put(body: bytes, url: str = url, **changed: str) -> int:
            request = urllib.request.Request(url, data=body, method="PUT", headers={**headers, **changed})
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return int(answer.status)
            except urllib.error.HTTPError as error:
                return error.code

        assert put(picture + b"!") == 403  # another length than the signed one
        assert put(picture, **{"x-amz-checksum-sha256": "x"}) == 403
        assert put(b"another") == 400  # right length, wrong content
        assert put(picture, url.replace("/k?", "/other?")) == 403
        assert put(picture) == 200
        assert put(picture) == 412  # once only


class TestQueues:
    """A queue calls a function, which may fail for some of its messages only."""

    PARTIAL = """
import boto3, os
def handler(event, context):
    failed = [record['messageId'] for record in event['Records'] if record['body'] == 'poison']
    for record in event['Records']:
        if record['body'] != 'poison':
            boto3.client('sqs').send_message(QueueUrl=os.environ['QUEUE'], MessageBody=record['body'])
    return {'batchItemFailures': [{'itemIdentifier': identifier} for identifier in failed]}
"""

    def test_a_poisoned_message_goes_to_the_dead_letters_and_the_others_are_done_once(
        self, aws: Clients, make_function: Maker
    ) -> None:
        dead, dead_arn = make_queue(aws)
        done, done_arn = make_queue(aws)
        redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2})
        source, source_arn = make_queue(aws, RedrivePolicy=redrive, VisibilityTimeout="4")
        reads = {
            "Effect": "Allow",
            "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
            "Resource": source_arn,
        }
        name = make_function(
            self.PARTIAL, reads, sends_to(done_arn), Environment={"Variables": {"QUEUE": done}}, Timeout=4
        )
        aws.client("lambda").create_event_source_mapping(
            EventSourceArn=source_arn,
            FunctionName=name,
            BatchSize=10,
            FunctionResponseTypes=["ReportBatchItemFailures"],
        )
        entries = [{"Id": str(i), "MessageBody": body} for i, body in enumerate(["good", "poison", "fine"])]
        aws.client("sqs").send_message_batch(QueueUrl=source, Entries=entries)
        assert receive(aws, dead, 60) == {"text": "poison"}
        assert {receive(aws, done)["text"], receive(aws, done)["text"]} == {"good", "fine"}
        assert "Messages" not in aws.client("sqs").receive_message(QueueUrl=done)

    def test_a_topic_fills_a_queue(self, aws: Clients) -> None:
        url, arn = make_queue(aws)
        topic = aws.client("sns").create_topic(Name=unique("topic"))["TopicArn"]
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "sns.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": arn,
                }
            ],
        }
        aws.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
        aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        aws.client("sns").publish(TopicArn=topic, Message="summary")
        assert receive(aws, url)["Message"] == "summary"


class TestStreams:
    """A table's stream calls a function, record by record in order, until each is done."""

    STREAM = """
import boto3, os, pathlib, tempfile
def handler(event, context):
    failures = []
    for record in event['Records']:
        key = record['dynamodb']['Keys']['PK']['S']
        marks = pathlib.Path(tempfile.gettempdir(), key)
        tries = len(marks.read_text()) if marks.exists() else 0
        marks.write_text('x' * (tries + 1))
        if key.startswith('twice') and tries == 0 or key.startswith('never'):
            return {'batchItemFailures': [{'itemIdentifier': record['dynamodb']['SequenceNumber']}]}
        boto3.client('sqs').send_message(QueueUrl=os.environ['QUEUE'], MessageBody=key)
    return {'batchItemFailures': failures}
"""

    def table(self, aws: Clients) -> tuple[str, str]:
        name = unique("table")
        description = aws.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )["TableDescription"]
        return name, description["LatestStreamArn"]

    def mapped(self, aws: Clients, make_function: Maker, stream: str, **options: Any) -> str:
        url, arn = make_queue(aws)
        reads = {
            "Effect": "Allow",
            "Action": [
                "dynamodb:DescribeStream",
                "dynamodb:GetRecords",
                "dynamodb:GetShardIterator",
                "dynamodb:ListStreams",
            ],
            "Resource": stream,
        }
        name = make_function(
            self.STREAM,
            reads,
            sends_to(arn, *options.pop("failures", [])),
            Environment={"Variables": {"QUEUE": url}},
        )
        aws.client("lambda").create_event_source_mapping(
            EventSourceArn=stream,
            FunctionName=name,
            StartingPosition="TRIM_HORIZON",
            FunctionResponseTypes=["ReportBatchItemFailures"],
            **options,
        )
        return url

    def put(self, aws: Clients, table: str, *keys: str) -> list[str]:
        names = [f"{key}-{uuid.uuid4().hex[:6]}" for key in keys]
        for name in names:
            aws.client("dynamodb").put_item(TableName=table, Item={"PK": {"S": name}})
        return names

    def test_a_failed_record_and_those_after_it_are_tried_again(
        self, aws: Clients, make_function: Maker
    ) -> None:
        table, stream = self.table(aws)
        names = self.put(aws, table, "a", "twice", "b")
        url = self.mapped(aws, make_function, stream)
        assert [receive(aws, url)["text"] for _ in names] == names

    def test_a_record_that_always_fails_is_given_up_and_told(
        self, aws: Clients, make_function: Maker
    ) -> None:
        dead, dead_arn = make_queue(aws)
        table, stream = self.table(aws)
        url = self.mapped(
            aws,
            make_function,
            stream,
            MaximumRetryAttempts=1,
            DestinationConfig={"OnFailure": {"Destination": dead_arn}},
            failures=[dead_arn],
        )
        names = self.put(aws, table, "a", "never")
        assert receive(aws, url)["text"] == names[0]
        assert receive(aws, dead)["DDBStreamBatchInfo"]["batchSize"] == 1
        (after,) = self.put(aws, table, "after")
        assert receive(aws, url)["text"] == after

    def test_a_slow_stream_does_not_hold_up_a_queue(self, aws: Clients, make_function: Maker) -> None:
        table, stream = self.table(aws)
        slow = make_function(
            "import time\ndef handler(event, context): time.sleep(8)\n",
            {"Effect": "Allow", "Action": "dynamodb:*", "Resource": stream},
        )
        aws.client("lambda").create_event_source_mapping(
            EventSourceArn=stream, FunctionName=slow, StartingPosition="TRIM_HORIZON"
        )
        done, done_arn = make_queue(aws)
        source, source_arn = make_queue(aws)
        quick = make_function(
            TELL,
            {"Effect": "Allow", "Action": "sqs:*", "Resource": source_arn},
            sends_to(done_arn),
            Environment={"Variables": {"QUEUE": done}},
        )
        aws.client("lambda").create_event_source_mapping(EventSourceArn=source_arn, FunctionName=quick)
        self.put(aws, table, "slow")
        aws.client("sqs").send_message(QueueUrl=source, MessageBody="quick")
        assert receive(aws, done, 5)["event"]["Records"][0]["body"] == "quick"


class TestSchedules:
    """A schedule calls a function every minute."""

    def test_each_fires_when_it_is_due(self, aws: Clients) -> None:
        url, arn = make_queue(aws)
        role = role_for(aws, "scheduler", sends_to(arn))
        for seconds in (3, 7, 11):
            due = (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
            aws.client("scheduler").create_schedule(
                Name=unique("once"),
                ScheduleExpression=f"at({due})",
                FlexibleTimeWindow={"Mode": "OFF"},
                ActionAfterCompletion="DELETE",
                Target={"Arn": arn, "RoleArn": role, "Input": str(seconds)},
            )
        for seconds in ("3", "7", "11"):
            assert receive(aws, url) == {"text": seconds}
            assert "Messages" not in aws.client("sqs").receive_message(QueueUrl=url)  # the next is not due

    def test_the_tick_comes_within_a_minute(self, aws: Clients, make_function: Maker) -> None:
        url, arn = make_queue(aws)
        name = make_function(TELL, sends_to(arn), Environment={"Variables": {"QUEUE": url}})
        function = f"arn:aws:lambda:{aws.region}:{ACCOUNT}:function:{name}"
        role = role_for(
            aws, "scheduler", {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": function}
        )
        schedule = unique("tick")
        aws.client("scheduler").create_schedule(
            Name=schedule,
            ScheduleExpression="rate(1 minute)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": function, "RoleArn": role, "Input": '{"why":"tick"}'},
        )
        try:
            assert receive(aws, url, 75) == {"event": {"why": "tick"}}
        finally:
            aws.client("scheduler").delete_schedule(Name=schedule)
