"""Starts, watches and stops Rekognition Local as a child process of the local run and of the tests."""

import contextlib
import http.client
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from local.emulator.ports import is_free
from local.rekognition.settings import RekognitionSettings

START_SECONDS: Final = 60
STOP_SECONDS: Final = 10
_POLL_SECONDS: Final = 0.05
_REPOSITORY: Final = Path(__file__).resolve().parents[2]


class RekognitionLocalError(RuntimeError):
    """Rekognition Local cannot start; the message says what to do."""


class RekognitionLocal:
    """Rekognition Local, as a child process.

    Parameters
    ----------
    settings
        Port, folder, S3 and limits.
    environment
        The child's whole environment: the credentials it reads S3 with, `AWS_DEFAULT_REGION`, `PATH`.
    log_file
        Where its output goes; `rekognition.log` in the data folder by default.

    Examples
    --------
    >>> settings = RekognitionSettings(port=4577, data_dir=Path("data/rekognition"))
    >>> with RekognitionLocal(settings, {"PATH": os.defpath}) as rekognition:
    ...     rekognition.endpoint_url
    'http://127.0.0.1:4577'
    """

    def __init__(
        self, settings: RekognitionSettings, environment: Mapping[str, str], log_file: Path | None = None
    ) -> None:
        self.settings = settings
        self.log_file = log_file or settings.data_dir / "rekognition.log"
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint_url(self) -> str:
        """Address for a client's `endpoint_url`."""
        return self.settings.endpoint_url

    def start(self) -> None:
        """Start the child and wait until it answers.

        Raises
        ------
        RekognitionLocalError
            The port is taken, or the child ends or hangs.
        """
        if not is_free(self.settings.port):
            raise RekognitionLocalError(
                f"port {self.settings.port} (for Rekognition Local) is taken: stop what listens there, or "
                "choose another port"
            )
        self.settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.rekognition", *self.settings.arguments()],
                cwd=_REPOSITORY,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for whoever started us, who then calls stop()
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not self.running():
                raise RekognitionLocalError(
                    f"Rekognition Local ended while starting: {self._last_words()} (log: {self.log_file})"
                )
            if self._answers():
                return
            time.sleep(_POLL_SECONDS)
        self.kill()
        raise RekognitionLocalError(
            f"Rekognition Local was not ready within {START_SECONDS} s; see {self.log_file}"
        )

    def running(self) -> bool:
        """Tell whether the child lives."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End the child, gently first."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def kill(self) -> None:
        """End the child as a power cut would; collections survive this."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.kill()
        process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _answers(self) -> bool:
        with (
            contextlib.suppress(OSError, http.client.HTTPException),
            urllib.request.urlopen(self.endpoint_url, timeout=5) as answer,  # noqa: S310 - our own address
        ):
            return bool(answer.status == http.client.OK)
        return False

    def _last_words(self) -> str:
        lines = self.log_file.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"
