"""How a supplement takes hold of the pinned emulator, and notices when the emulator has changed under it.

Every supplement replaces functions of one exact release. The source of each replaced function has a
fingerprint in fingerprints.json, so a release that changes one of them stops the emulator at its start,
with a sentence that says what to look at, instead of misbehaving later. After a deliberate upgrade, run
`python -m local.emulator.record` to write down the new ones.
"""

import hashlib
import importlib
import inspect
import json
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

PINNED_VERSION = "1.5.33"
FINGERPRINTS = Path(__file__).with_name("fingerprints.json")


class UpstreamChangedError(RuntimeError):
    """The installed emulator is not the one that the supplements were written for."""


def require_pinned_version() -> None:
    """Refuse any other release than the one the supplements were tested with.

    Raises
    ------
    UpstreamChangedError
        If another version of ministack is installed.
    """
    found = metadata.version("ministack")
    if found != PINNED_VERSION:
        msg = (
            f"local/emulator was written for ministack {PINNED_VERSION}, but {found} is installed: reinstall "
            "requirements/emulator.txt, or raise PINNED_VERSION in local/emulator/upstream.py, record the "
            "fingerprints anew, and run tests/integration/emulator"
        )
        raise UpstreamChangedError(msg)


class Upstream:
    """The functions of the emulator that the supplements touch."""

    def __init__(self, expected: dict[str, str]) -> None:
        self._expected = expected
        self.seen: dict[str, str] = {}

    def check(self, owner: Any, name: str) -> Any:
        """Return `owner.name` if its source is still the one that was studied.

        Parameters
        ----------
        owner
            A module or a class of the emulator.
        name
            The attribute that a supplement replaces or relies on.

        Raises
        ------
        UpstreamChangedError
            If the attribute is missing or its source is another.
        """
        where = (
            f"{owner.__name__}.{name}"
            if inspect.ismodule(owner)
            else f"{owner.__module__}.{owner.__name__}.{name}"
        )
        symbol = getattr(owner, name, None)
        if symbol is None:
            msg = f"{where} is gone from ministack: the supplement that needs it wants a new look"
            raise UpstreamChangedError(msg)
        if where not in self.seen:  # a second supplement finds the replacement of the first
            self.seen[where] = _fingerprint(symbol)
        if self._expected and self._expected.get(where) != self.seen[where]:
            msg = f"{where} has changed in ministack: the supplement that needs it wants a new look"
            raise UpstreamChangedError(msg)
        return symbol

    def replace(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Replace `owner.name` by `make(original)`, after `check`."""
        setattr(owner, name, make(self.check(owner, name)))


def _fingerprint(symbol: Any) -> str:
    try:
        source = inspect.getsource(symbol)
    except TypeError:  # a constant
        source = repr(symbol)
    return hashlib.sha256(source.encode()).hexdigest()[:16]


UPSTREAM = Upstream(json.loads(FINGERPRINTS.read_text()) if FINGERPRINTS.exists() else {})
check = UPSTREAM.check
replace = UPSTREAM.replace


def _record() -> None:
    # As a module, not as __main__: the supplements must register with the same instance.
    upstream = importlib.import_module("local.emulator.upstream")
    supplements = importlib.import_module("local.emulator.supplements")
    upstream.UPSTREAM._expected.clear()
    supplements.apply_all()
    FINGERPRINTS.write_text(json.dumps(upstream.UPSTREAM.seen, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    _record()
