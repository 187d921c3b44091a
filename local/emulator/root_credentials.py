"""The root credentials of one emulator, made once and kept with its state."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

FILE = "root-credentials.json"


@dataclass(frozen=True)
class RootCredentials:
    """An access key that IAM never refuses; for deploying and for tests, never for the system itself."""

    access_key_id: str
    secret_access_key: str


def load_or_create(data_dir: Path) -> RootCredentials:
    """Return the credentials in `data_dir`, making random ones the first time.

    The emulator takes any twelve-digit key, and "test", as root, if only the secret is right; so the
    secret is random and readable by the owner alone.
    """
    path = data_dir / FILE
    if path.exists():
        stored = json.loads(path.read_text())
        return RootCredentials(stored["access_key_id"], stored["secret_access_key"])
    made = RootCredentials(f"AKIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30))
    path.touch(mode=0o600)
    path.write_text(
        json.dumps({"access_key_id": made.access_key_id, "secret_access_key": made.secret_access_key})
    )
    return made
