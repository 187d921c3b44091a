"""Lambda functions run on the project's Python, in forked workers, through AWS's own runtime client.

What upstream lacks: its Python worker runs on the emulator's interpreter, where our packages are not
installed; an exception of the handler reaches the caller as `Runtime.HandlerError`, so no Retry or Catch
of Step Functions can tell a throttling from a bug; the worker inherits the emulator's environment; and a
burst starts as many processes as there are events (199 workers, 10 GB, in one measured case).

What AWS does: the runtime client reports the exception's class as errorType; a function sees the
variables of its configuration and those that Lambda documents; memory bounds what runs at once.

Upstream's worker for `provided.*` runtimes already speaks the Lambda Runtime API. This one differs in how
its process starts (lambda_fork_server.py), in its environment, and in naming the errors of a failed start.
"""

import json
import os
import select
import signal
import socket
import socketserver
import struct
import subprocess
import threading
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from local.emulator import upstream
from local.emulator.settings import LAMBDA_ENVIRONMENT, LAMBDA_MEMORY_MB, LAMBDA_PYTHON

_LENGTH = struct.Struct("!I")
_FORK_SERVER = Path(__file__).with_name("lambda_fork_server.py")
# The parts of upstream's worker that ours is built on.
BUILT_ON = (
    "__init__", "_spawn", "_await_init", "_build_handler_class", "_pump_output", "_drain_stderr_bounded",
    "_teardown", "invoke",
)  # fmt: skip


class ForkedProcess:
    """A worker of the fork server, with the part of `subprocess.Popen` that the emulator uses."""

    def __init__(self, alive: socket.socket, output: int) -> None:
        self._alive = alive
        self.stdout = os.fdopen(output, "rb", 0)
        self.pid = int(alive.makefile("rb").readline() or b"0")

    def poll(self) -> int | None:
        """Return None while the worker lives: its end of the socket closes only with its process."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end of the worker."""
        status = self._ended(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return status

    def terminate(self) -> None:
        """Ask the worker to end. It has nothing to put in order, so this does not ask twice."""
        self.kill()

    def kill(self) -> None:
        """End the worker."""
        if self.pid and self.poll() is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                return

    def _ended(self, timeout: float | None) -> int | None:
        poll = select.poll()  # not select(), which knows no descriptor above 1023
        poll.register(self._alive, select.POLLIN)
        readable = poll.poll(None if timeout is None else timeout * 1000)
        return 1 if readable and not self._alive.recv(1, socket.MSG_PEEK) else None


class ForkServer:
    """The process that workers are forked from; started at once, so that its imports run beside our own."""

    def __init__(self, python: str) -> None:
        self._python = python
        self._lock = threading.Lock()
        self._start()

    def _start(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [self._python, "-I", "-X", "utf8", str(_FORK_SERVER), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # One thread of linear algebra a worker: threads do not survive a fork.
                env={"PATH": os.environ["PATH"], "OPENBLAS_NUM_THREADS": "1", "LANG": "C.UTF-8"},
            )

    def fork(self, environment: dict[str, str], directory: str, handler: str) -> ForkedProcess:
        """Start a worker for one function.

        Raises
        ------
        RuntimeError
            If the server cannot run: the project's virtual environment is incomplete.
        """
        order = json.dumps({"environment": environment, "directory": directory, "handler": handler}).encode()
        ours, theirs = socket.socketpair()
        output, output_end = os.pipe()
        with self._lock:
            if self._process.poll() is not None:
                self._start()
            try:
                socket.send_fds(self._control, [_LENGTH.pack(len(order))], [output_end, theirs.fileno()])
                self._control.sendall(order)
            except BrokenPipeError as error:
                msg = (
                    f"{self._python} cannot start Lambda workers: run `make setup`, or see the emulator's log"
                )
                raise RuntimeError(msg) from error
            finally:
                os.close(output_end)
                theirs.close()
        return ForkedProcess(ours, output)


class RuntimeClientWorker(lambda_runtime.ProvidedWorker):  # type: ignore[misc]
    """An execution environment of a Python function: a forked awslambdaric that polls the Runtime API."""

    fork_server: ForkServer
    given_environment: dict[str, str]

    def _spawn(self, init_timeout: float | None = None) -> None:
        self._teardown()
        directory = lambda_svc._provided_runtime_code_dir(self.code_zip)
        pending, log_queue = self._open_generation()
        try:
            port = self._serve_runtime_api(pending)
            self._proc = self.fork_server.fork(
                _worker_environment(self.config, directory, port, self.given_environment),
                directory,
                self.config["Handler"],
            )
            self._log_thread = threading.Thread(
                target=self._pump_output,
                args=(self._proc.stdout, log_queue),
                daemon=True,
                name="lambda-output",
            )
            self._log_thread.start()
            self._await_init(init_timeout)
        except BaseException:
            self._teardown()
            raise

    def _drain_stderr_bounded(
        self, first_line_wait: float = 0.002, idle_confirm: float = 0.002, hard_cap: float = 0.25
    ) -> str:
        """Collect the log lines of an invocation; upstream waits 50 ms for a handler that logs nothing."""
        return str(super()._drain_stderr_bounded(first_line_wait, idle_confirm, hard_cap))

    def _open_generation(self) -> tuple[Any, Any]:
        pending: Any = lambda_runtime.queue.Queue(maxsize=1)
        log_queue: Any = lambda_runtime.queue.Queue(maxsize=lambda_runtime._PROVIDED_LOG_MAX_LINES)
        with self._state_lock:
            self._generation += 1
            self._stopping = False
            self._first_poll.clear()
            self._init_settled.clear()
            self._init_error = None
            self._result: dict[str, Any] = {}
            self._response_ready.clear()
            self._current_request_id = None
            self._pending = pending
            self._stderr_queue = log_queue
        return pending, log_queue

    def _serve_runtime_api(self, pending: Any) -> int:
        handler = self._build_handler_class(self._generation, pending)
        # Headers and body leave in two writes; Nagle's algorithm would hold the second back for 40 ms.
        handler.disable_nagle_algorithm = True

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Stay silent when a worker goes away in the middle of a poll."""

        self._server = Server(("127.0.0.1", 0), handler)
        self._server_thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.1},
            daemon=True,
            name="lambda-runtime-api",
        )
        self._server_thread.start()
        return int(self._server.server_address[1])

    def _await_init(self, init_timeout: float | None = None) -> None:
        try:
            super()._await_init(init_timeout)
        except lambda_runtime.ProvidedInitTimeout:
            raise
        except RuntimeError as error:
            reported: dict[str, str] = self._init_error if isinstance(self._init_error, dict) else {}
            raise lambda_runtime.ProvidedRuntimeError(
                reported.get("errorMessage") or str(error), reported.get("errorType") or "Runtime.ExitError"
            ) from error


class Waiting:
    """Lets a function run as many workers as its memory fits into the budget; other invocations wait."""

    def __init__(self, budget_mb: int) -> None:
        self._budget_mb = budget_mb
        self._lock = threading.Lock()
        self._places: dict[tuple[str, int], threading.Semaphore] = {}

    def places(self, config: dict[str, Any]) -> threading.Semaphore:
        """Return the semaphore of the function."""
        memory = int(config.get("MemorySize") or 128)
        key = (config["FunctionArn"], memory)
        with self._lock:
            if key not in self._places:
                self._places[key] = threading.Semaphore(max(1, self._budget_mb // memory))
            return self._places[key]


def _worker_environment(
    config: dict[str, Any], directory: str, port: int, given: dict[str, str]
) -> dict[str, str]:
    """Return a worker's whole environment: what Lambda documents, the endpoints, the function's own."""
    _, region = lambda_runtime._account_region_from_function_config(config)
    logging_config = config.get("LoggingConfig") or {}
    name = config["FunctionName"]
    return {
        **given,
        **lambda_svc._runtime_env_vars(config),
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{config['Runtime']}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize") or 128),
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": config.get("Version", "$LATEST"),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": logging_config.get("LogFormat", "Text"),
        "AWS_LAMBDA_LOG_GROUP_NAME": logging_config.get("LogGroup", f"/aws/lambda/{name}"),
        "AWS_LAMBDA_LOG_STREAM_NAME": lambda_svc.new_uuid(),
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "LAMBDA_TASK_ROOT": directory,
        "LANG": "en_US.UTF-8",
        "PATH": os.environ["PATH"],
        "TZ": ":UTC",
        "_HANDLER": config["Handler"],
        **lambda_runtime.execution_credentials(config),
    }


def _invalidate(
    name: str, qualifier: str | None = None, account: str | None = None, region: str | None = None
) -> None:
    """Take the workers of changed code or settings out of service; one that is busy ends its work first.

    As on AWS, where an update does not touch invocations that run. Upstream kills them.
    """
    wanted = (account, region, name, qualifier)
    retired = []
    with lambda_runtime._lock:
        for key in list(lambda_runtime._workers):
            if all(want in (None, part) for want, part in zip(wanted, key.split(":"), strict=True)):
                retired += lambda_runtime._workers.pop(key)
        idle = [worker for worker in retired if not worker.in_use]
        for worker in retired:
            worker.retired = True
    lambda_runtime.kill_workers(idle)


def _release(worker: Any) -> None:
    """Return a worker to the pool, or end it if it was taken out of service meanwhile."""
    if worker is None:
        return
    with lambda_runtime._lock:
        worker.in_use = False
        retired = getattr(worker, "retired", False)
    if retired:
        lambda_runtime.kill_workers([worker])


def apply() -> None:
    """Give every Python function workers of the project's Python."""
    RuntimeClientWorker.fork_server = ForkServer(os.environ[LAMBDA_PYTHON])
    RuntimeClientWorker.given_environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
        **json.loads(os.environ[LAMBDA_ENVIRONMENT]),
    }
    waiting = Waiting(int(os.environ[LAMBDA_MEMORY_MB]))
    for name in BUILT_ON:
        upstream.check(lambda_runtime.ProvidedWorker, name)

    def choose_worker(original: Any) -> Any:
        def worker_class_for(config: dict[str, Any]) -> Any:
            return (
                RuntimeClientWorker if str(config.get("Runtime")).startswith("python") else original(config)
            )

        return worker_class_for

    def execute_provided(_: Any) -> Any:
        def execute(func: dict[str, Any], event: Any, request_id: str) -> Any:
            config = func.get("config") or func
            place = waiting.places(config)
            if not place.acquire(timeout=float(config.get("Timeout") or 3)):
                return lambda_svc._throttle_response(
                    reason_code="ConcurrentInvocationLimitExceeded",
                    msg=f"Rate Exceeded: {config['FunctionName']} has as many workers as its memory allows",
                )
            try:
                return lambda_svc._execute_function_provided_warm(func, event, request_id)
            finally:
                place.release()

        return execute

    upstream.replace(lambda_runtime, "_worker_class_for", choose_worker)
    upstream.check(lambda_runtime, "invalidate_worker")
    upstream.check(lambda_runtime, "release_worker")
    for module in (lambda_runtime, lambda_svc):  # which took the names over
        module.invalidate_worker = _invalidate
        module.release_worker = _release
    upstream.replace(lambda_svc, "_execute_function_warm", execute_provided)
    upstream.check(lambda_svc, "_execute_function_provided_warm")
