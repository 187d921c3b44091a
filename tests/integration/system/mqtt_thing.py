"""A Thing on the broker that says whatever a test wants, and keeps what it hears."""

import json
import queue
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Self

from awscrt import mqtt5
from awsiot import mqtt5_client_builder

from local.system import LocalSystem
from local.things import ThingFiles, register_thing

SECONDS = 30.0
NOT_AUTHORIZED = 135


class MqttThing:
    """A registered Thing with a certificate of its own.

    Parameters
    ----------
    kind
        Thing type, and the policy that its certificate carries.
    client_id
        Its name unless it pretends to be another.
    """

    def __init__(
        self,
        system: LocalSystem,
        folder: Path,
        name: str,
        kind: str,
        attributes: dict[str, str],
        *,
        client_id: str | None = None,
    ) -> None:
        self.name = name
        self._heard: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._connected: Future[None] = Future()
        files = ThingFiles(folder / name)
        register_thing(
            system.clients.client("iot"), name, kind, attributes, files, ca_pem=system.emulator.iot_ca_pem()
        )
        self._client = mqtt5_client_builder.mtls_from_path(
            str(files.certificate),
            str(files.private_key),
            ca_filepath=str(files.ca),
            endpoint="localhost",
            port=system.settings.mqtt_port,
            client_id=client_id or name,
            on_publish_received=self._hear,
            on_lifecycle_connection_success=lambda _: self._settle(None),
            on_lifecycle_connection_failure=lambda failed: self._settle(failed.exception),
        )

    def __enter__(self) -> Self:
        self._client.start()
        try:
            self._connected.result(SECONDS)
        except BaseException:
            self._client.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._client.stop(mqtt5.DisconnectPacket())

    def publish(self, topic: str, payload: bytes) -> int:
        """Publish at least once; the reason code of the broker's answer, 0 where it took the message."""
        packet = mqtt5.PublishPacket(topic=topic, payload=payload, qos=mqtt5.QoS.AT_LEAST_ONCE)
        return int(self._client.publish(packet).result(SECONDS).puback.reason_code)

    def subscribe(self, topic_filter: str) -> int:
        """The reason code of the broker's answer: below 128 it was granted."""
        packet = mqtt5.SubscribePacket([mqtt5.Subscription(topic_filter, mqtt5.QoS.AT_LEAST_ONCE)])
        return int(self._client.subscribe(packet).result(SECONDS).reason_codes[0])

    def hear(self) -> tuple[str, Any]:
        """Topic and JSON of the next message that this Thing receives."""
        return self._heard.get(timeout=SECONDS)

    def has_heard_nothing(self) -> bool:
        return self._heard.empty()

    def _hear(self, received: mqtt5.PublishReceivedData) -> None:
        packet = received.publish_packet
        self._heard.put((packet.topic, json.loads(packet.payload or b"null")))

    def _settle(self, failure: Exception | None) -> None:
        if self._connected.done():
            return
        if failure is None:
            self._connected.set_result(None)
        else:
            self._connected.set_exception(failure)
