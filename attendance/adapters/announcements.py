"""Events to whoever listens: the event bus, SNS, and the dashboards' hint topic."""

import json
from typing import TYPE_CHECKING

from attendance.adapters.client_errors import translated
from attendance.contracts import topics
from attendance.contracts.base import Contract
from attendance.domain.errors import ServiceUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iot_data import IoTDataPlaneClient
    from mypy_boto3_sns import SNSClient

SOURCE = "rollcall"


class AwsAnnouncer:
    def __init__(
        self,
        bus: "EventBridgeClient",
        sns: "SNSClient",
        iot_data: "IoTDataPlaneClient",
        *,
        bus_name: str,
        topic_arn: str,
    ) -> None:
        self._bus = bus
        self._sns = sns
        self._iot_data = iot_data
        self._bus_name = bus_name
        self._topic_arn = topic_arn

    def announce(self, event: Contract) -> None:
        body = event.to_json().decode()
        kind = str(json.loads(body)["schema"])
        with translated("EventBridge"):
            answer = self._bus.put_events(
                Entries=[
                    {"Source": SOURCE, "DetailType": kind, "Detail": body, "EventBusName": self._bus_name}
                ]
            )
        if answer["FailedEntryCount"]:
            message = f"EventBridge did not take {kind}: {answer['Entries'][0].get('ErrorCode')}"
            raise ServiceUnavailableError(message)
        with translated("SNS"):
            self._sns.publish(
                TopicArn=self._topic_arn,
                Message=body,
                MessageAttributes={"schema": {"DataType": "String", "StringValue": kind}},
            )

    def hint(self, school_id: str, meeting_id: str, version: int) -> None:
        with translated("IoT"):
            self._iot_data.publish(
                topic=topics.register_hint(school_id, meeting_id),
                qos=0,
                payload=json.dumps({"meeting_id": meeting_id, "version": version}).encode(),
            )
