"""Devices for the tests of the broker: one on AWS's own client, one that speaks bytes and can misbehave."""

import json
import socket
import ssl
import struct
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from awscrt import mqtt5
from awsiot import mqtt5_client_builder
from emulator_probes import ACCOUNT, eventually, unique

from local.emulator.clients import Clients
from local.emulator.process import Emulator

POLICY = "fleet"


@dataclass(frozen=True)
class Identity:
    """A registered thing with its certificate, in files."""

    thing: str
    certificate_id: str
    folder: Path

    def file(self, name: str) -> str:
        return str(self.folder / name)


def register(aws: Clients, emulator: Emulator, folder: Path, *, attach: bool = True) -> Identity:
    """Register a thing with a certificate that may use its own branch of topics only."""
    iot = aws.client("iot")
    if not any(policy["policyName"] == POLICY for policy in iot.list_policies()["policies"]):
        iot.create_policy(policyName=POLICY, policyDocument=json.dumps(_policy(aws.region)))
    thing = unique("camera")
    iot.create_thing(thingName=thing)
    made = iot.create_keys_and_certificate(setAsActive=True)
    if attach:
        iot.attach_policy(policyName=POLICY, target=made["certificateArn"])
        iot.attach_thing_principal(thingName=thing, principal=made["certificateArn"])
    mine = folder / thing
    mine.mkdir()
    (mine / "certificate.pem").write_text(made["certificatePem"])
    (mine / "key.pem").write_text(made["keyPair"]["PrivateKey"])
    (mine / "ca.pem").write_text(emulator.iot_ca_pem())
    return Identity(thing, made["certificateId"], mine)


def _policy(region: str) -> dict[str, Any]:
    own = "${iot:Connection.Thing.ThingName}"
    arn = f"arn:aws:iot:{region}:{ACCOUNT}"
    allowed = {
        "iot:Connect": [f"{arn}:client/{own}"],
        "iot:Publish": [f"{arn}:topic/devices/{own}/*"],
        "iot:RetainPublish": [f"{arn}:topic/devices/{own}/presence"],
        "iot:Subscribe": [f"{arn}:topicfilter/devices/{own}/*"],
        "iot:Receive": [f"{arn}:topic/devices/{own}/*"],
    }
    statements = [{"Effect": "Allow", "Action": action, "Resource": arns} for action, arns in allowed.items()]
    return {"Version": "2012-10-17", "Statement": statements}


class Device:
    """A client of AWS's MQTT 5 SDK that keeps what it receives."""

    def __init__(self, identity: Identity, port: int, **options: Any) -> None:
        self.identity = identity
        self.received: list[mqtt5.PublishPacket] = []
        self.controls: list[Any] = []
        self.hold_acknowledgements = False
        self.session_present = False
        self._connected = threading.Event()
        self._disconnected = threading.Event()
        self._stopped = threading.Event()
        self.failures: list[str] = []
        self.client = mqtt5_client_builder.mtls_from_path(
            cert_filepath=identity.file("certificate.pem"),
            pri_key_filepath=identity.file("key.pem"),
            ca_filepath=identity.file("ca.pem"),
            endpoint="localhost",
            port=port,
            client_id=identity.thing,
            on_publish_received=self._on_publish,
            on_lifecycle_connection_success=self._on_success,
            on_lifecycle_connection_failure=lambda event: self.failures.append(str(event.exception)),
            on_lifecycle_disconnection=lambda _: self._disconnected.set(),
            on_lifecycle_stopped=lambda _: self._stopped.set(),
            session_behavior=mqtt5.ClientSessionBehaviorType.REJOIN_ALWAYS,
            **{"session_expiry_interval_sec": 600, **options},
        )

    def start(self) -> "Device":
        self._connected.clear()
        self._disconnected.clear()
        self.client.start()
        assert self._connected.wait(30), self.failures
        return self

    def stop(self, *, politely: bool = True) -> None:
        self._stopped.clear()
        self.client.stop(mqtt5.DisconnectPacket() if politely else None)
        assert self._stopped.wait(10)

    def wait_disconnected(self, seconds: float) -> bool:
        return self._disconnected.wait(seconds)

    def subscribe(self, topic: str) -> int:
        packet = mqtt5.SubscribePacket([mqtt5.Subscription(topic, mqtt5.QoS.AT_LEAST_ONCE)])
        return int(self.client.subscribe(packet).result(10).reason_codes[0])

    def publish(self, topic: str, payload: str, *, retain: bool = False) -> int:
        packet = mqtt5.PublishPacket(topic=topic, payload=payload, qos=mqtt5.QoS.AT_LEAST_ONCE, retain=retain)
        return int(self.client.publish(packet).result(10).puback.reason_code)

    def payloads(self) -> list[str]:
        return [packet.payload.decode() for packet in self.received]

    def expect(self, *payloads: str) -> None:
        """Wait for exactly these messages, in this order."""
        eventually(lambda: len(self.received) >= len(payloads))
        assert self.payloads() == list(payloads)

    def _on_success(self, event: Any) -> None:
        self.session_present = event.connack_packet.session_present
        self._connected.set()

    def _on_publish(self, event: Any) -> None:
        if self.hold_acknowledgements:
            self.controls.append(event.acquire_publish_acknowledgement_control())
        self.received.append(event.publish_packet)


class RawDevice:
    """A connection whose bytes the test writes, and reads or does not read."""

    def __init__(self, identity: Identity | None, port: int, ca: str) -> None:
        context = ssl.create_default_context(cafile=ca)
        if identity:
            context.load_cert_chain(identity.file("certificate.pem"), identity.file("key.pem"))
        plain = socket.create_connection(("127.0.0.1", port), 10)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket = context.wrap_socket(plain, server_hostname="localhost")
        self.socket.settimeout(10)

    def connect(self, client_id: str, *, keep_alive: int = 0, will: tuple[str, str] | None = None) -> bytes:
        """Send CONNECT of MQTT 5 and return the first bytes of the answer, none if the connection is cut."""
        flags = 0x02 | (0x0C if will else 0)
        body = _text("MQTT") + bytes([5, flags]) + struct.pack("!H", keep_alive) + b"\x00" + _text(client_id)
        if will:
            body += b"\x00" + _text(will[0]) + _text(will[1])
        try:
            self.socket.sendall(_packet(0x10, body))
            return self.socket.recv(4)
        except (ConnectionError, ssl.SSLError):
            return b""

    def subscribe(self, topic: str) -> None:
        self.socket.sendall(_packet(0x82, b"\x00\x01\x00" + _text(topic) + b"\x01"))

    def close(self) -> None:
        self.socket.close()


def _text(text: str) -> bytes:
    return struct.pack("!H", len(text.encode())) + text.encode()


def _packet(first: int, body: bytes) -> bytes:
    length = bytes([len(body)]) if len(body) < 128 else bytes([len(body) % 128 | 128, len(body) // 128])
    return bytes([first]) + length + body
