"""The built page before the real API over fakes: everything but AWS, in one process and in milliseconds."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import cv2
import numpy as np

from attendance.contracts.object_keys import parse_portrait
from attendance.contracts.upload import UploadFile, UploadUrl
from tests.fakes.example_school import SCHOOL, ExampleSchool
from tests.fakes.http_api import ApiClient, id_token_claims
from tests.fakes.stores import InMemoryObjects

PASSWORD = "rollcall-in-tests"
ROLES = {"ana": "teacher", "ida": "admin", "otto": "operator"}
TOO_SMALL = "The face is too small: move closer or use a larger picture."

_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
# As strict as any front may be: no inline script or style, nothing from elsewhere.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass
class ServedObjects(InMemoryObjects):
    """A bucket whose addresses lead back to this server."""

    def view_url(self, key: str, *, seconds: int) -> str:
        return f"/objects/{self.bucket}/{key}"

    def upload_url(self, key: str, file: UploadFile, *, seconds: int) -> UploadUrl:
        checksum = base64.b64encode(bytes.fromhex(file.sha256)).decode()
        headers = {
            "Content-Length": str(file.bytes),
            "Content-Type": file.content_type,
            "If-None-Match": "*",
            "x-amz-checksum-sha256": checksum,
        }
        return UploadUrl(name=file.name, url=self.view_url(key, seconds=seconds), headers=headers)


@dataclass
class ServedPage:
    dist: Path
    school: ExampleSchool = field(
        default_factory=lambda: ExampleSchool(
            pictures=ServedObjects("captures"), portraits=ServedObjects("portraits")
        )
    )
    url: str = ""
    # The resolver keeps the state of a request on its class: one at a time, as in a Lambda function.
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def serving(self) -> Iterator["ServedPage"]:
        handler = type("Handler", (_Handler,), {"page": self})
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            self.url = f"http://127.0.0.1:{server.server_address[1]}"
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            yield self
            server.shutdown()
            thread.join()

    def take_the_roll(self) -> None:
        """As the example school does, with something to see at the frame's address."""
        self.school.take_the_roll()
        frame = _jpeg(np.full((1080, 1920, 3), (196, 205, 198), np.uint8))
        for key in [key for key in self.school.pictures.contents if key.endswith("/work/faces-1.json")]:
            self.school.pictures.contents[key.replace("work/faces-1.json", "1.jpg")] = frame
        portrait = f"portraits/{SCHOOL}/s-emmy/{'e' * 32}"
        self.school.portraits.contents[portrait] = _jpeg(np.full((300, 250, 3), (90, 140, 200), np.uint8))


def portrait_file(width: int) -> bytes:
    """A picture to upload; one below 200 pixels is refused."""
    return _jpeg(np.full((width, width, 3), (120, 150, 190), np.uint8))


def _jpeg(image: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", image)[1].tobytes()


class _Handler(BaseHTTPRequestHandler):
    page: ServedPage
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._route()

    do_POST = do_GET  # noqa: N815 - the names that http.server calls
    do_PUT = do_GET  # noqa: N815
    do_PATCH = do_GET  # noqa: N815
    do_DELETE = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: pytest shows what failed."""

    def _route(self) -> None:
        path = urlsplit(self.path).path
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if path.startswith("/v1/"):
            self._api(path, body)
        elif path.startswith("/objects/"):
            self._objects(path, body)
        elif path == "/cognito":
            self._cognito(json.loads(body))
        elif path == "/config.json":
            self._json(200, {"user_pool_client_id": "page", "cognito_url": "/cognito"})
        else:
            self._file(self.page.dist / (path.strip("/") or "index.html"))

    def _api(self, path: str, body: bytes) -> None:
        username = self.headers.get("authorization", "").removeprefix("Bearer ").split(".")[-1]
        if username not in ROLES:
            self._json(401, {"message": "Unauthorized"})
            return
        headers = {
            name.replace("-", "_"): value
            for name, value in self.headers.items()
            if name.lower() in {"content-type", "if-match", "if-none-match"}
        }
        caller = ApiClient(self.page.school.services, id_token_claims(username, SCHOOL, ROLES[username]))
        with self.page.lock:
            answered = caller.send(
                self.command,
                path,
                body=body.decode() or None,
                query=dict(parse_qsl(urlsplit(self.path).query)),
                **headers,
            )
        self._send(answered.status, answered.text.encode(), dict(answered.headers))

    def _objects(self, path: str, body: bytes) -> None:
        bucket, key = path.removeprefix("/objects/").split("/", 1)
        school = self.page.school
        objects = school.pictures if bucket == "captures" else school.portraits
        if self.command == "PUT":
            objects.contents[key] = body
            self._judge_portrait(key, body)
            self._send(200, b"", {})
        elif key in objects.contents:
            self._send(200, objects.contents[key], {"content-type": "image/jpeg"})
        else:
            self._send(403, b"", {})

    def _judge_portrait(self, key: str, body: bytes) -> None:
        """What enrol-student does, in a word: large pictures are enrolled, small ones refused."""
        place = parse_portrait(key)
        students = self.page.school.students
        portrait = students.portrait(place.school_id, place.student_id, place.portrait_id)
        width = cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_COLOR).shape[1]
        settled = (
            replace(portrait, status="enrolled")
            if width >= 200
            else replace(portrait, status="refused", codes=("HEAD_SIZE",), message=TOO_SMALL)
        )
        students.put_portrait(settled)

    def _cognito(self, asked: dict[str, object]) -> None:
        told = asked["AuthParameters"]
        assert isinstance(told, dict)
        username = told.get("USERNAME") or str(told.get("REFRESH_TOKEN")).removeprefix("refresh-")
        if "PASSWORD" in told and (username not in ROLES or told["PASSWORD"] != PASSWORD):
            self._json(400, {"__type": "NotAuthorizedException", "message": "Incorrect."})
            return
        claims = {"cognito:username": username, "cognito:groups": [ROLES[username]]}
        payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        result = {
            "IdToken": f"header.{payload}.{username}",
            "RefreshToken": f"refresh-{username}",
            "ExpiresIn": 3600,
        }
        self._json(200, {"AuthenticationResult": result})

    def _file(self, path: Path) -> None:
        if not path.is_file():
            self._send(404, b"", {})
            return
        headers = {"content-type": _TYPES[path.suffix], "content-security-policy": _POLICY}
        self._send(200, path.read_bytes(), headers)

    def _json(self, status: int, body: object) -> None:
        self._send(status, json.dumps(body).encode(), {"content-type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
