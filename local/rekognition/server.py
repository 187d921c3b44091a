"""The HTTP side: JSON 1.1 requests in, answers and errors out."""

import asyncio
import contextlib
import json
import logging
import signal
import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from aiohttp import web

from local.rekognition.context import Context
from local.rekognition.engines import MODEL_VERSION, Engines
from local.rekognition.errors import (
    InternalServerError,
    MissingAuthenticationTokenException,
    RekognitionError,
    UnknownOperationException,
)
from local.rekognition.galleries import Galleries
from local.rekognition.limits import Throughput
from local.rekognition.operations import OPERATIONS
from local.rekognition.pictures import Pictures
from local.rekognition.settings import RekognitionSettings
from local.rekognition.shapes import operation_model, read_request
from local.rekognition.store import Store

HOST: Final = "127.0.0.1"
_TARGET: Final = "RekognitionService."
_CONTENT_TYPE: Final = "application/x-amz-json-1.1"
_LARGEST_REQUEST: Final = 20 * 2**20
_WORKERS: Final = 16
_LOG: Final = logging.getLogger("rekognition")


class RekognitionServer:
    """Answers requests, the work done on threads so that a slow picture holds up nobody else.

    Parameters
    ----------
    settings
        Folder, S3 and limits.

    Raises
    ------
    ModelsMissingError, ModelsDamagedError
        The face engine cannot start.
    """

    def __init__(self, settings: RekognitionSettings) -> None:
        self._settings = settings
        self._context = Context(
            settings=settings,
            store=Store(settings.data_dir),
            galleries=Galleries(),
            engines=Engines(settings.engines),
            pictures=Pictures(settings.s3_endpoint),
        )
        self._throughput = Throughput(settings.tps) if settings.strict else None
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="rekognition")

    def application(self) -> web.Application:
        """Return the web application."""
        app = web.Application(client_max_size=_LARGEST_REQUEST)
        app.router.add_post("/", self._answer)
        app.router.add_get("/", self._tell_health)
        return app

    async def serve(self) -> None:
        """Listen on 127.0.0.1 until SIGTERM or SIGINT.

        Raises
        ------
        OSError
            The port is taken.
        """
        runner = web.AppRunner(self.application(), access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, self._settings.port).start()
            _LOG.info("Rekognition Local (%s) listens on %s", MODEL_VERSION, self._settings.endpoint_url)
            await _until_told_to_stop()
        finally:
            await runner.cleanup()
            self._workers.shutdown()

    async def _tell_health(self, _: web.Request) -> web.Response:
        return web.json_response({"service": "Rekognition Local", "faceModelVersion": MODEL_VERSION})

    async def _answer(self, request: web.Request) -> web.Response:
        request_id = str(uuid.uuid4())
        try:
            answer = await self._call(request)
            return _response(200, answer, request_id)
        except RekognitionError as error:
            _LOG.info("%s %s: %s", request.headers.get("X-Amz-Target"), error.code, error)
            body = {"__type": error.code, "Code": error.code, "Logref": request_id, "Message": str(error)}
            return _response(error.status, body, request_id)

    async def _call(self, request: web.Request) -> dict[str, Any]:
        # The key is not checked, only that there is one: this alone keeps out the pages of a browser.
        if not request.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256"):
            raise MissingAuthenticationTokenException
        target = request.headers.get("X-Amz-Target", "")
        if not target.startswith(_TARGET):
            raise UnknownOperationException(f"{target!r} is no operation of Rekognition.")
        body = await request.read()
        return await asyncio.get_running_loop().run_in_executor(
            self._workers, self._perform, target.removeprefix(_TARGET), body
        )

    def _perform(self, name: str, body: bytes) -> dict[str, Any]:
        operation_model(name)
        operation = OPERATIONS.get(name)
        if operation is None:
            raise UnknownOperationException(f"{name} is not part of Rekognition Local.")
        if self._throughput is not None:
            self._throughput.spend(name)
        request = read_request(name, body)
        try:
            return operation(self._context, request)
        except sqlite3.Error as error:
            _LOG.exception("%s failed", name)
            raise InternalServerError(f"The collections cannot be reached: {error}.") from error


def _response(status: int, body: dict[str, Any], request_id: str) -> web.Response:
    return web.Response(
        status=status,
        body=json.dumps(body).encode(),
        content_type=_CONTENT_TYPE,
        headers={"x-amzn-RequestId": request_id},
    )


async def _until_told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    await stop.wait()
