"""The connection to the broker: MQTT 5 over mutual TLS, by AWS's own client."""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from awscrt import mqtt5
from awscrt.exceptions import AwsCrtError
from awsiot import mqtt5_client_builder

# A dead peer is noticed within the sum of both. The client demands a ping timeout below the keep-alive.
KEEP_ALIVE_S = 30
PING_TIMEOUT_S = 10
ACK_TIMEOUT_S = 15
# Commands sent while the device was off are kept this long; each has an expiry of its own, far shorter.
SESSION_EXPIRY_S = 24 * 3600
# Unacknowledged commands at a time. They are many only after an outage, and each takes some milliseconds.
RECEIVE_MAXIMUM = 16
# A connection must hold this long before a lost one is tried again at once: two devices that share a
# certificate throw each other out for ever, and should do so slowly.
STEADY_AFTER_S = 30

_RECONNECT_FIRST_MS = 500

logger = logging.getLogger(__name__)


class CredentialsError(Exception):
    """The certificate, its key or the authority cannot be used."""


class LinkError(Exception):
    """There is no connection, the broker refused the message, or its answer did not come in time."""


@dataclass(frozen=True, slots=True)
class Connection:
    """`number` counts the connections of this process; `session_present`: the broker knew our session."""

    number: int
    session_present: bool


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it comes in.

    Parameters
    ----------
    hold
        Takes the acknowledgement over from the client, which otherwise acknowledges when the handler
        returns; gives the function that sends it. To be called within the handler, once.
    """

    topic: str
    payload: bytes
    hold: Callable[[], Callable[[], None]]


class Link(Protocol):
    """What the workers need of the connection. Every method but `connection` may raise LinkError."""

    @property
    def connection(self) -> Connection | None:
        """None while there is none."""

    def publish(self, topic: str, payload: bytes, *, qos: Literal[0, 1] = 1, retain: bool = False) -> None:
        """Send; at QoS 1 return when the broker has acknowledged."""

    def subscribe(self, topic_filters: Sequence[str]) -> None: ...


@dataclass(frozen=True, slots=True)
class Broker:
    """Where to connect, and as whom: the client id is the Thing's name, as the policy demands."""

    client_id: str
    endpoint: str
    port: int
    ca_path: Path
    certificate_path: Path
    private_key_path: Path
    reconnect_most_s: float


class MqttLink:
    """Connects, and reconnects with full jitter, until it is stopped.

    What is published without a connection fails at once: the store's outbox is the only queue.

    Parameters
    ----------
    will_topic, will_payload
        What the broker publishes, retained, when this client vanishes without a goodbye.
    take
        Called with each message, from the client's own thread: it must not wait.
    changed
        Called after each connection made or lost, from the client's own thread.

    Raises
    ------
    CredentialsError
    """

    def __init__(
        self,
        broker: Broker,
        *,
        will_topic: str,
        will_payload: bytes,
        take: Callable[[Message], None],
        changed: Callable[[], None],
    ) -> None:
        self._take = take
        self._changed = changed
        self._connection: Connection | None = None
        self._connections = 0
        self._is_stopping = False
        self._stopped = threading.Event()
        self._client = self._make_client(broker, will_topic, will_payload)

    @property
    def connection(self) -> Connection | None:
        return self._connection

    def start(self) -> None:
        self._client.start()

    def stop(self, timeout_s: float) -> None:
        """Say goodbye and close. Without the DISCONNECT packet the broker would publish the will."""
        self._is_stopping = True
        self._client.stop(mqtt5.DisconnectPacket())
        if not self._stopped.wait(timeout_s):
            logger.warning("the connection did not close in time")

    def publish(self, topic: str, payload: bytes, *, qos: Literal[0, 1] = 1, retain: bool = False) -> None:
        packet = mqtt5.PublishPacket(
            topic=topic,
            payload=payload,
            qos=mqtt5.QoS(qos),
            retain=retain,
            content_type="application/json",
        )
        sent = self._wait(self._client.publish(packet), f"publishing to {topic}")
        if qos == 0:
            return
        # The enumeration lacks some codes, and such a refusal comes as None.
        code = sent.puback.reason_code
        if code not in {
            mqtt5.PubackReasonCode.SUCCESS,
            mqtt5.PubackReasonCode.NO_MATCHING_SUBSCRIBERS,
        }:
            raise LinkError(f"the broker refused a message on {topic}: {code!r}")

    def subscribe(self, topic_filters: Sequence[str]) -> None:
        packet = mqtt5.SubscribePacket(
            [mqtt5.Subscription(topic_filter=each, qos=mqtt5.QoS.AT_LEAST_ONCE) for each in topic_filters]
        )
        answer = self._wait(self._client.subscribe(packet), "subscribing")
        for topic_filter, code in zip(topic_filters, answer.reason_codes, strict=True):
            if code is None or code >= mqtt5.SubackReasonCode.UNSPECIFIED_ERROR:
                raise LinkError(f"the broker refused the subscription to {topic_filter}: {code!r}")

    def _make_client(self, broker: Broker, will_topic: str, will_payload: bytes) -> mqtt5.Client:
        will = mqtt5.PublishPacket(
            topic=will_topic, payload=will_payload, qos=mqtt5.QoS.AT_LEAST_ONCE, retain=True
        )
        try:
            return mqtt5_client_builder.mtls_from_path(
                str(broker.certificate_path),
                str(broker.private_key_path),
                endpoint=broker.endpoint,
                port=broker.port,
                ca_filepath=str(broker.ca_path),
                client_id=broker.client_id,
                keep_alive_interval_sec=KEEP_ALIVE_S,
                ping_timeout_ms=PING_TIMEOUT_S * 1000,
                ack_timeout_sec=ACK_TIMEOUT_S,
                session_behavior=mqtt5.ClientSessionBehaviorType.REJOIN_ALWAYS,
                session_expiry_interval_sec=SESSION_EXPIRY_S,
                receive_maximum=RECEIVE_MAXIMUM,
                offline_queue_behavior=mqtt5.ClientOperationQueueBehaviorType.FAIL_ALL_ON_DISCONNECT,
                retry_jitter_mode=mqtt5.ExponentialBackoffJitterMode.FULL,
                min_reconnect_delay_ms=_RECONNECT_FIRST_MS,
                max_reconnect_delay_ms=int(broker.reconnect_most_s * 1000),
                min_connected_time_to_reset_reconnect_delay_ms=STEADY_AFTER_S * 1000,
                will=will,
                enable_metrics_collection=False,
                on_publish_received=self._on_publish_received,
                on_lifecycle_connection_success=self._on_connected,
                on_lifecycle_connection_failure=self._on_connection_failure,
                on_lifecycle_disconnection=self._on_disconnected,
                on_lifecycle_stopped=lambda _: self._stopped.set(),
            )
        except RuntimeError as error:  # all that the client says of a file that is no certificate
            raise CredentialsError(
                f"not usable for mutual TLS ({error}): {broker.certificate_path}, "
                f"{broker.private_key_path}, {broker.ca_path}"
            ) from error

    def _wait(self, future: "Future[Any]", doing: str) -> Any:
        try:
            return future.result(ACK_TIMEOUT_S + 1)
        except (AwsCrtError, TimeoutError) as error:
            raise LinkError(f"{doing}: {error or 'no answer in time'}") from error

    def _on_publish_received(self, data: mqtt5.PublishReceivedData) -> None:
        packet = data.publish_packet

        def hold() -> Callable[[], None]:
            if data.acquire_publish_acknowledgement_control is None:  # QoS 0: there is nothing to acknowledge
                return lambda: None
            handle = data.acquire_publish_acknowledgement_control()
            return lambda: self._client.invoke_publish_acknowledgement(handle)

        self._take(Message(packet.topic, packet.payload or b"", hold))

    def _on_connected(self, data: mqtt5.LifecycleConnectSuccessData) -> None:
        self._connections += 1
        session_present = bool(data.connack_packet.session_present)
        self._connection = Connection(self._connections, session_present)
        logger.info("connected", extra={"session_present": session_present})
        self._changed()

    def _on_connection_failure(self, data: mqtt5.LifecycleConnectFailureData) -> None:
        code = data.connack_packet.reason_code if data.connack_packet else None
        logger.warning("no connection: %s %r", data.exception, code)

    def _on_disconnected(self, data: mqtt5.LifecycleDisconnectData) -> None:
        self._connection = None
        if not self._is_stopping:
            code = data.disconnect_packet.reason_code if data.disconnect_packet else None
            logger.warning("connection lost: %s %r", data.exception, code)
        self._changed()
