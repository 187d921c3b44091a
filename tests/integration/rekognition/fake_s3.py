"""An S3 that knows GetObject alone, with objects put into it by the test; requests must be signed."""

import contextlib
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

ACCESS_KEY = "rekognition-local-key"


class FakeS3:
    """Objects by "/bucket/key"; also notes which keys it was asked with."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.access_keys: set[str] = set()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                signature = self.headers.get("Authorization", "")
                fake.access_keys.add(signature.partition("Credential=")[2].partition("/")[0])
                data = fake.objects.get(unquote(urlsplit(self.path).path))
                if data is None or f"Credential={ACCESS_KEY}/" not in signature:
                    self.send_error(HTTPStatus.NOT_FOUND if data is None else HTTPStatus.FORBIDDEN)
                    return
                self.send_response(HTTPStatus.OK)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                with contextlib.suppress(ConnectionError):
                    self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
