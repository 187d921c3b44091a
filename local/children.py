"""The processes of the local run: started with a log each, watched, and ended together."""

import contextlib
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.emulator.ports import is_free
from local.errors import LocalRunError

_STOP_SECONDS = 10
_POLL_SECONDS = 0.05


class Child:
    """One process of ours, whose output goes to a log file."""

    def __init__(
        self, name: str, command: Sequence[str], *, log: Path, environment: Mapping[str, str], folder: Path
    ) -> None:
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                list(command),
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the supervisor, which then ends us in order
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_running(self) -> bool:
        return self._process.poll() is None

    def await_http(self, url: str, seconds: float = 30) -> None:
        """Wait until an address answers at all.

        Raises
        ------
        LocalRunError
            The process ended, or did not answer in time.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.is_running():
                raise LocalRunError(f"{self.name} ended while starting: {self._last_words()}")
            with contextlib.suppress(OSError):
                try:
                    with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own address
                        return
                except urllib.error.HTTPError:
                    return
            time.sleep(_POLL_SECONDS)
        raise LocalRunError(f"{self.name} did not answer within {seconds:.0f} s; see {self.log}.")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """End the process as a power cut would."""
        self._process.kill()
        self._process.wait()

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return f"{lines[-1] if lines else 'it said nothing'} (whole log: {self.log})"


def require_free_port(port: int, purpose: str, variable: str) -> None:
    """Raises LocalRunError where something listens there already."""
    if not is_free(port):
        message = f"Port {port} ({purpose}) is taken: stop what listens there, or set {variable}."
        raise LocalRunError(message)
