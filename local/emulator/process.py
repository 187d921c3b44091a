"""Starts, watches and stops the emulator as a child process of the local run and of the tests."""

import contextlib
import http.client
import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from local.emulator import root_credentials
from local.emulator.ports import is_free
from local.emulator.root_credentials import RootCredentials
from local.emulator.settings import REPOSITORY, EmulatorSettings

START_SECONDS = 60
STOP_SECONDS = 15
_POLL_SECONDS = 0.05


class EmulatorError(RuntimeError):
    """The emulator cannot start or has ended; the message says what to do."""


@dataclass(frozen=True)
class _Child:
    process: subprocess.Popen[bytes]
    log: IO[bytes]

    def forget(self) -> None:
        self.process.wait()
        self.log.close()
        if self.process.stdin:
            self.process.stdin.close()


class Emulator:
    """The AWS emulator, as a child process.

    Parameters
    ----------
    settings
        Ports, folder of the state, and what Lambda workers get.

    Examples
    --------
    >>> with Emulator(EmulatorSettings(http_port=4566, mqtt_port=8883)) as emulator:
    ...     emulator.endpoint_url
    'http://127.0.0.1:4566'
    """

    def __init__(self, settings: EmulatorSettings) -> None:
        self.settings = settings
        self._child: _Child | None = None
        self._credentials: RootCredentials | None = None

    @property
    def endpoint_url(self) -> str:
        """Address of all AWS APIs."""
        return self.settings.endpoint_url

    @property
    def mqtt_port(self) -> int:
        """Port of the MQTT broker on 127.0.0.1; its certificate names localhost."""
        return self.settings.mqtt_port

    @property
    def credentials(self) -> RootCredentials:
        """The root access key.

        Raises
        ------
        EmulatorError
            Before the first start, when there is none yet.
        """
        if self._credentials is None:
            msg = "the emulator was not started yet"
            raise EmulatorError(msg)
        return self._credentials

    @property
    def log_file(self) -> Path:
        """Where the emulator's output goes."""
        return self.settings.log_file or self.settings.data_dir / "emulator.log"

    def start(self) -> None:
        """Start the child and wait until both of its ports answer.

        Raises
        ------
        EmulatorError
            If a port is taken, the virtual environment is missing, or the child ends or hangs.
        """
        settings = self.settings
        if not settings.emulator_python.exists():
            msg = f"{settings.emulator_python} is missing: run `make setup`"
            raise EmulatorError(msg)
        for port, use in ((settings.http_port, "the AWS APIs"), (settings.mqtt_port, "MQTT")):
            if not is_free(port):
                msg = f"port {port} (for {use}) is taken: stop what listens there, or choose another port"
                raise EmulatorError(msg)
        shutil.rmtree(settings.data_dir / "tmp", ignore_errors=True)  # code that functions ran from
        for folder in ("state", "s3", "tmp"):
            (settings.data_dir / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        self._credentials = root_credentials.load_or_create(settings.data_dir)
        log = self.log_file.open("ab")
        process = subprocess.Popen(
            [str(settings.emulator_python), "-m", "local.emulator"],
            cwd=REPOSITORY,
            env=settings.environment(self._credentials.access_key_id, self._credentials.secret_access_key),
            stdin=subprocess.PIPE,  # ends with us, whatever becomes of us, and the child with it
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for whoever started us, who then calls stop()
        )
        self._child = _Child(process, log)
        self._await_ready()

    def running(self) -> bool:
        """Tell whether the child lives."""
        return self._child is not None and self._child.process.poll() is None

    def stop(self) -> None:
        """End the child: it writes its state down, or is killed when that takes too long."""
        if self._child is None:
            return
        child, self._child = self._child, None
        child.process.terminate()
        try:
            child.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.process.kill()
        child.forget()

    def kill(self) -> None:
        """End the child as a power cut would; the state must survive this, and tests see that it does."""
        if self._child is None:
            return
        child, self._child = self._child, None
        child.process.kill()
        child.forget()

    def checkpoint(self) -> None:
        """Have the whole state written to disk now.

        Raises
        ------
        EmulatorError
            If it cannot be written.
        """
        try:
            self._get("/_rollcall/checkpoint", method="POST")
        except urllib.error.HTTPError as error:
            raise EmulatorError(error.read().decode()) from error

    def iot_ca_pem(self) -> str:
        """Return the certificate that MQTT clients trust the broker by."""
        return self._get("/_ministack/iot/ca.pem").decode()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _await_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not self.running():
                msg = f"the emulator ended while starting: {self._last_words()} (whole log: {self.log_file})"
                raise EmulatorError(msg)
            with contextlib.suppress(OSError, http.client.HTTPException):
                if json.loads(self._get("/_ministack/ready"))["iot_mtls"] == "listening":
                    return
            time.sleep(_POLL_SECONDS)
        self.kill()
        msg = f"the emulator was not ready within {START_SECONDS} s; see {self.log_file}"
        raise EmulatorError(msg)

    def _get(self, path: str, method: str = "GET") -> bytes:
        request = urllib.request.Request(self.endpoint_url + path, method=method)  # noqa: S310 - our own address
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            body: bytes = answer.read()
        return body

    def _last_words(self) -> str:
        lines = self.log_file.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"
