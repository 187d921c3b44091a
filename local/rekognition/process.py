"""Starts Rekognition Local as a child process of the local run and of the tests."""

import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from local.children import Child, require_free_port
from local.rekognition.settings import RekognitionSettings

NAME: Final = "Rekognition Local"
_START_SECONDS: Final = 60
# Sixteen threads with a heap each keep 1,010 MiB after 4K and 36 megapixel pictures, with two heaps 670.
_ALLOCATOR: Final = {"MALLOC_ARENA_MAX": "2"}
_REPOSITORY: Final = Path(__file__).resolve().parents[2]


def start_rekognition_local(
    settings: RekognitionSettings, environment: Mapping[str, str], log_file: Path
) -> Child:
    """Start the child and wait until it answers.

    Parameters
    ----------
    environment
        The child's whole environment: the credentials it reads S3 with, `AWS_DEFAULT_REGION`, `PATH`.

    Raises
    ------
    LocalRunError
        The port is taken, or the child ends or hangs.
    """
    require_free_port(settings.port, NAME, "ROLLCALL_REKOGNITION_PORT")
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    command = [sys.executable, "-m", "local.rekognition", *settings.arguments()]
    child = Child(NAME, command, log=log_file, environment={**_ALLOCATOR, **environment}, folder=_REPOSITORY)
    try:
        child.await_http(settings.endpoint_url, _START_SECONDS)
    except BaseException:
        child.kill()
        raise
    return child


class RekognitionLocal:
    """Rekognition Local for whoever wants it alone: a context manager around its process.

    Parameters
    ----------
    settings
        Port, folder, S3 and limits.
    environment
        As `start_rekognition_local` takes it.
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
        self._child: Child | None = None

    @property
    def endpoint_url(self) -> str:
        """Address for a client's `endpoint_url`."""
        return self.settings.endpoint_url

    def start(self) -> None:
        """Raises LocalRunError."""
        self._child = start_rekognition_local(self.settings, self._environment, self.log_file)

    def stop(self) -> None:
        """End the child, gently first."""
        if self._child is not None:
            self._child.stop()

    def kill(self) -> None:
        """End the child as a power cut would; collections survive this."""
        if self._child is not None:
            self._child.kill()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
