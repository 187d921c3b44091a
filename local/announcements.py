"""Listens to what the deployment announces over SNS, as any subscriber of the topic would."""

import json
from collections.abc import Iterator
from typing import Any

_QUEUE = "rollcall-local-console"


class AnnouncementListener:
    """A queue of our own, subscribed to the summary topic."""

    def __init__(self, sqs: Any, sns: Any, topic_arn: str) -> None:
        self._sqs = sqs
        self._url = sqs.create_queue(QueueName=_QUEUE)["QueueUrl"]
        sqs.purge_queue(QueueUrl=self._url)
        answer = sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        arn = answer["Attributes"]["QueueArn"]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        sqs.set_queue_attributes(QueueUrl=self._url, Attributes={"Policy": policy})
        sns.subscribe(
            TopicArn=topic_arn, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"}
        )

    def receive(self, wait_s: int = 1) -> Iterator[dict[str, Any]]:
        """Announcements that came within the wait, each once."""
        answer = self._sqs.receive_message(QueueUrl=self._url, WaitTimeSeconds=wait_s, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
            yield json.loads(message["Body"])


def console_line(announcement: dict[str, Any]) -> str | None:
    """What the person at the terminal reads of an announcement; None for what the summary says already."""
    match announcement.get("schema"):
        case "RollSummary.v1":
            return (
                f"register recorded: {announcement['section_id']} in room {announcement['room_id']}: "
                f"{announcement['present']} present, {announcement['doubtful']} doubtful, "
                f"{announcement['unseen']} unseen, {announcement['unknown_faces']} faces unknown "
                f"({announcement['meeting_id']}, version {announcement['version']})"
            )
        case "CaptureFailed.v1":
            return (
                f"capture failed: {announcement['device_id']} at {announcement['state']}: "
                f"{announcement['error']} {announcement['detail']}".rstrip()
            )
        case _:
            return None
