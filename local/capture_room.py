"""`make capture ROOM=...`: an admin's MQTT client asks for a capture and follows it to the register."""

import time
import urllib.error
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

from awscrt import mqtt5
from awsiot import mqtt5_client_builder

from attendance.contracts import topics
from attendance.contracts.capture import CaptureRequest
from attendance.domain.captures import adhoc_capture_id
from local.dashboard import Dashboard
from local.errors import LocalRunError
from local.things import ThingFiles

_CONNECT_SECONDS = 20
_FOLLOW_SECONDS = 120
_ENDED = {"recorded", "no_meeting", "failed"}


def request_and_follow(
    room_id: str,
    school_id: str,
    *,
    admin_thing: str,
    files: ThingFiles,
    broker: tuple[str, int],
    dashboard: Dashboard,
    tell: Callable[[str], None],
) -> bool:
    """Ask for a capture of a room and tell each stage; True where a register was recorded.

    Raises
    ------
    LocalRunError
        The system does not answer, or the room has no camera.
    """
    try:
        token = dashboard.token()
        rooms = dashboard.get("/v1/rooms", token)["items"]
    except (urllib.error.URLError, ConnectionError) as error:
        message = f"{dashboard.url} does not answer: start the system with `make run` first ({error})."
        raise LocalRunError(message) from error
    cameras: list[str] = next((room["cameras"] for room in rooms if room["room_id"] == room_id), [])
    if not cameras:
        known = ", ".join(room["room_id"] for room in rooms) or "none"
        message = f"Room {room_id} has no camera. Rooms with one: {known}."
        raise LocalRunError(message)
    request = CaptureRequest(request_id=f"make-{uuid.uuid4().hex[:12]}")
    _publish(admin_thing, files, broker, topics.capture_request(room_id), request.to_json())
    tell(f"asked for a capture of room {room_id} as {admin_thing}, over MQTT")
    ids = [adhoc_capture_id(school_id, camera, request.request_id) for camera in cameras]
    outcomes = [_follow(capture_id, dashboard, token, tell) for capture_id in ids]
    return all(outcome == "recorded" for outcome in outcomes)


def _follow(capture_id: str, dashboard: Dashboard, token: str, tell: Callable[[str], None]) -> str:
    stage = "waiting"
    for state in _states(capture_id, dashboard, token):
        stage = state["stage"]
        reason = f" ({state['reason']})" if state["reason"] else ""
        tell(f"{state['device_id']}: command {state['status']}, register {stage}{reason}")
        if stage == "recorded":
            register = dashboard.get(f"/v1/registers/{state['meeting_id']}", token)
            counts = register["counts"]
            tell(
                f"register of {state['meeting_id']} changed to version {register['version']}: "
                f"{counts['present']} present, {counts['doubtful']} doubtful, {counts['unseen']} unseen"
            )
    return str(stage)


def _states(capture_id: str, dashboard: Dashboard, token: str) -> Iterator[dict[str, Any]]:
    """The capture each time that it has moved on, until it has ended."""
    told: tuple[str, str] | None = None
    deadline = time.monotonic() + _FOLLOW_SECONDS
    while time.monotonic() < deadline:
        try:
            state = dashboard.get(f"/v1/captures/{capture_id}", token)
        except urllib.error.HTTPError as error:
            if error.code != 404:  # the request is still on its way
                raise
        else:
            current = (state["status"], state["stage"])
            if current != told:
                told = current
                yield state
            if state["stage"] in _ENDED:
                return
        time.sleep(0.25)
    message = f"Capture {capture_id} did not end within {_FOLLOW_SECONDS} s: see data/logs."
    raise LocalRunError(message)


def _publish(client_id: str, files: ThingFiles, broker: tuple[str, int], topic: str, payload: bytes) -> None:
    connected: Future[None] = Future()

    def succeeded(_: object) -> None:
        if not connected.done():
            connected.set_result(None)

    def failed(failure: mqtt5.LifecycleConnectFailureData) -> None:
        if not connected.done():
            connected.set_exception(failure.exception)

    client = mqtt5_client_builder.mtls_from_path(
        str(files.certificate),
        str(files.private_key),
        ca_filepath=str(files.ca),
        endpoint=broker[0],
        port=broker[1],
        client_id=client_id,
        on_lifecycle_connection_success=succeeded,
        on_lifecycle_connection_failure=failed,
    )
    client.start()
    try:
        connected.result(_CONNECT_SECONDS)
        packet = mqtt5.PublishPacket(topic=topic, payload=payload, qos=mqtt5.QoS.AT_LEAST_ONCE)
        client.publish(packet).result(_CONNECT_SECONDS)
    except Exception as error:  # awscrt makes its exceptions up at run time
        message = f"The broker at {broker[0]}:{broker[1]} did not take the request: {error}"
        raise LocalRunError(message) from error
    finally:
        client.stop(mqtt5.DisconnectPacket())
