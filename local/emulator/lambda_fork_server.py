"""Starts Lambda workers by forking a process in which the heavy packages are already imported.

This file runs on the project's Python, alone and by path (it imports nothing of ours before a fork), so
a worker sees the deployed code asset and the installed packages, never this checkout. A worker then
needs a few megabytes and milliseconds of its own, instead of 80 MB and two seconds of imports.

It serves one socket, inherited from the emulator. A request is a four-byte length with two file
descriptors (the worker's output, and a socket that stays open for as long as the worker lives), then
JSON: `{"environment": {...}, "directory": "...", "handler": "module.function"}`. The worker writes its
process id into the socket and becomes awslambdaric, AWS's own runtime client, so errors carry the type
that they would carry on AWS. When the emulator goes away, the server and its workers end.
"""

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import struct
import sys
import threading
import traceback
from typing import Any

LENGTH = struct.Struct("!I")
# Imported once, shared by every worker. awslambdaric is not among them: it opens its connection on import.
PRELOADED = (
    "boto3",
    "botocore.config",
    "aws_lambda_powertools",
    "pydantic",
    "pydantic_settings",
    "numpy",
    "cv2",
)

# Whose descriptions are read beforehand: those that functions make clients of.
SERVICES = ("dynamodb", "events", "iot", "iot-data", "rekognition", "s3", "sns", "sqs", "stepfunctions")


def serve(control: socket.socket) -> None:
    """Fork a worker for every request until the emulator closes the socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel collects ended workers
    for name in PRELOADED:
        importlib.import_module(name)
    _share_service_models()
    gc.collect()
    gc.freeze()  # keeps the collector from touching, and so copying, the shared pages
    while True:
        header, descriptors, _, _ = socket.recv_fds(control, LENGTH.size, 2)
        if not header:
            return
        request = _receive(control, LENGTH.unpack(header)[0])
        output, alive = descriptors
        if os.fork() == 0:
            control.close()
            _become_worker(request, output, alive)
        os.close(output)
        os.close(alive)


def _share_service_models() -> None:
    """Read the descriptions of the AWS services once, for all workers.

    Each botocore session reads them anew: half a worker's memory, and two thirds of the time that its
    first clients take.
    """
    boto3 = importlib.import_module("boto3")
    loaders = importlib.import_module("botocore.loaders")
    session = importlib.import_module("botocore.session")
    loader = loaders.create_loader()
    loader.search_paths.append(os.path.join(boto3.__path__[0], "data"))  # noqa: PTH118
    for data in ("endpoints", "partitions", "_retry", "sdk-default-configuration"):
        loader.load_data(data)
    for service in SERVICES:
        for kind in ("service-2", "endpoint-rule-set-1", "paginators-1", "waiters-2", "resources-1"):
            with contextlib.suppress(loaders.DataNotFoundError):  # not every service has every kind
                loader.load_service_model(service, kind)

    def create_loader(search_path_string: str | None = None) -> Any:
        return own_loader(search_path_string) if search_path_string else loader

    own_loader = loaders.create_loader
    for module in (loaders, session):  # the session has taken the name over
        vars(module)["create_loader"] = create_loader


def _receive(control: socket.socket, length: int) -> bytes:
    body = b""
    while len(body) < length:
        part = control.recv(length - len(body))
        if not part:
            sys.exit(0)
        body += part
    return body


def _become_worker(request: bytes, output: int, alive: int) -> None:
    """Turn this forked process into a Lambda execution environment; never returns."""
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        order = json.loads(request)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.close(output)
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(order["directory"])
        sys.path.insert(0, order["directory"])
        os.write(alive, str(os.getpid()).encode() + b"\n")
        threading.Thread(target=_end_with_the_emulator, args=(alive,), daemon=True).start()
        from awslambdaric.__main__ import main  # noqa: PLC0415 - connects on import

        main(["awslambdaric", order["handler"]])
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - the last thing this process does is to say why it ended
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def _end_with_the_emulator(alive: int) -> None:
    """Wait for the emulator's end of the socket to close, which a kill of the emulator does too."""
    os.read(alive, 1)
    os._exit(1)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
