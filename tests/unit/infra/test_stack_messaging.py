"""What comes from outside: through a queue, twice if need be, and never silently lost."""

import json
from typing import Any

import pytest
from cloud_assembly import Assembly, Resource, statements_of

_INTAKES = {
    "RequestCapture": (
        "SELECT *, topic(2) AS room_id, clientid() AS client_id FROM 'rooms/+/capture-requests'"
    ),
    "IssueUploadUrls": "SELECT *, topic(2) AS device_id FROM 'devices/+/rpc/upload-urls'",
    "RecordCaptureEvent": "SELECT *, topic(2) AS device_id FROM 'devices/+/events/capture'",
}


def mapping_of(assembly: Assembly, function: str) -> dict[str, Any]:
    (found,) = [
        mapping.properties
        for mapping in assembly.resources("AWS::Lambda::EventSourceMapping")
        if assembly.text(mapping.properties["FunctionName"], mapping.stack) == f"{{{function}}}"
    ]
    return found


def is_dead_letter_queue(queue: Resource) -> bool:
    return queue.id.endswith("DeadLetters")


@pytest.mark.parametrize("function", sorted(_INTAKES))
def test_a_devices_message_reaches_its_function_through_a_queue(assembly: Assembly, function: str) -> None:
    rule = assembly.only("AWS::IoT::TopicRule", f"{function}IntakeRule").properties["TopicRulePayload"]
    assert rule["Sql"] == _INTAKES[function]
    (action,) = rule["Actions"]
    assert assembly.text(action["Sqs"]["QueueUrl"], "RollcallPipeline") == f"{{{function}IntakeQueue}}"
    mapping = mapping_of(assembly, function)
    assert assembly.text(mapping["EventSourceArn"], "RollcallPipeline") == f"{{{function}IntakeQueue.Arn}}"
    assert mapping["BatchSize"] == 10
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("function", sorted(_INTAKES))
def test_a_message_that_a_rule_cannot_read_is_kept(assembly: Assembly, function: str) -> None:
    rule = assembly.only("AWS::IoT::TopicRule", f"{function}IntakeRule").properties["TopicRulePayload"]
    kept = assembly.text(rule["ErrorAction"]["Sqs"]["QueueUrl"], "RollcallPipeline")
    assert kept == f"{{{function}IntakeDeadLetters}}"
    (statement,) = statements_of(assembly, f"{function}IntakeRuleRole")
    assert statement.actions == ["sqs:SendMessage"]
    assert set(statement.resources) == {
        f"{{{function}IntakeQueue.Arn}}",
        f"{{{function}IntakeDeadLetters.Arn}}",
    }


@pytest.mark.parametrize("function", sorted(_INTAKES))
def test_a_message_is_hidden_for_as_long_as_its_function_may_work_on_it(
    assembly: Assembly, function: str
) -> None:
    queue = assembly.only("AWS::SQS::Queue", f"{function}IntakeQueue").properties
    timeout = assembly.only("AWS::Lambda::Function", function).properties["Timeout"]
    assert queue["VisibilityTimeout"] >= 6 * timeout
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5


def test_every_queue_is_encrypted_and_heard_over_tls_only(assembly: Assembly) -> None:
    secured = {
        assembly.text(policy.properties["Queues"][0], policy.stack)
        for policy in assembly.resources("AWS::SQS::QueuePolicy")
        if {"Bool": {"aws:SecureTransport": "false"}}
        in [each.get("Condition") for each in policy.properties["PolicyDocument"]["Statement"]]
    }
    for queue in assembly.resources("AWS::SQS::Queue"):
        assert queue.properties["SqsManagedSseEnabled"] is True, queue.id
        assert f"{{{queue.id}}}" in secured, queue.id


def test_every_queue_has_a_dead_letter_queue_or_is_one(assembly: Assembly) -> None:
    queues = assembly.resources("AWS::SQS::Queue")
    assert len([queue for queue in queues if is_dead_letter_queue(queue)]) == 7
    for queue in queues:
        assert is_dead_letter_queue(queue) != ("RedrivePolicy" in queue.properties), queue.id


def test_a_dead_letter_is_kept_for_two_weeks_and_somebody_hears_of_it(assembly: Assembly) -> None:
    watched = {
        assembly.text(alarm.properties["Dimensions"][0]["Value"], alarm.stack)
        for alarm in assembly.resources("AWS::CloudWatch::Alarm")
        if alarm.properties["MetricName"] == "ApproximateNumberOfMessagesVisible"
        and alarm.properties["Threshold"] == 0
        and alarm.properties["AlarmActions"]
    }
    for queue in assembly.resources("AWS::SQS::Queue"):
        if is_dead_letter_queue(queue):
            assert queue.properties["MessageRetentionPeriod"] == 14 * 24 * 3600
            assert f"{{{queue.id}.QueueName}}" in watched


def test_the_schedule_ticks_every_minute_and_forgets_old_ticks(assembly: Assembly) -> None:
    (schedule,) = assembly.resources("AWS::Scheduler::Schedule")
    target = schedule.properties["Target"]
    assert schedule.properties["ScheduleExpression"] == "rate(1 minute)"
    assert assembly.text(target["Arn"], schedule.stack) == "{DispatchCaptures.Arn}"
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 2}
    assert assembly.text(target["DeadLetterConfig"]["Arn"], schedule.stack) == "{EveryMinuteDeadLetters.Arn}"


def test_only_registers_are_projected(assembly: Assembly) -> None:
    mapping = mapping_of(assembly, "ProjectRegisters")
    (only,) = mapping["FilterCriteria"]["Filters"]
    assert json.loads(only["Pattern"]) == {"dynamodb": {"Keys": {"SK": {"S": ["REGISTER"]}}}}
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["StartingPosition"] == "TRIM_HORIZON"


def test_one_bad_change_does_not_hold_up_the_stream_for_ever(assembly: Assembly) -> None:
    mapping = mapping_of(assembly, "ProjectRegisters")
    assert mapping["MaximumRetryAttempts"] == 10
    assert mapping["BisectBatchOnFunctionError"] is True
    kept = mapping["DestinationConfig"]["OnFailure"]["Destination"]
    assert assembly.text(kept, "RollcallPipeline") == "{RegisterStreamDeadLetters.Arn}"
