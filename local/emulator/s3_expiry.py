"""Objects are deleted when the rules of their bucket say so: no picture of a class stays for ever.

What upstream lacks: rules are kept and shown, and nothing expires.

What AWS does: an object expires at the midnight (UTC) after it has become as old as the rule says.
"""

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import s3

from local.emulator import upstream
from local.emulator.activity import ACTIVITY

LOG = logging.getLogger("s3_expiry")
SWEEP_SECONDS = 600.0
_loaded = threading.Event()


def apply() -> None:
    """Sweep once the state is loaded, and every ten minutes."""
    upstream.check(s3, "_delete_object")
    upstream.check(s3, "_put_bucket_lifecycle")

    def load(original: Any) -> Any:
        def load_persisted_state(data: Any) -> None:
            original(data)
            _loaded.set()

        return load_persisted_state

    upstream.replace(s3, "load_persisted_state", load)
    threading.Thread(target=_sweep_for_ever, daemon=True, name="s3-expiry").start()


def _sweep_for_ever() -> None:
    while True:
        _loaded.wait(SWEEP_SECONDS)
        _loaded.clear()
        for account, bucket, key in list(_expired(datetime.now(UTC))):
            with request_scope(account, ""):
                s3._delete_object(bucket, key)
            LOG.info("%s/%s has expired", bucket, key)
            ACTIVITY.touch()


def _expired(now: datetime) -> Iterator[tuple[str, str, str]]:
    for (account, bucket), rules in list(s3._bucket_lifecycle._data.items()):
        objects = s3._buckets._data[(account, bucket)]["objects"]
        for prefix, days in _expirations(rules):
            for key, found in list(objects.items()):
                if key.startswith(prefix) and _expires_at(found["last_modified"], days) <= now:
                    yield account, bucket, key


def _expirations(rules: Any) -> Iterator[tuple[str, int]]:
    for rule in rules if isinstance(rules, list) else []:
        days = rule.get("Expiration", {}).get("Days")
        selected_by = rule.get("Filter", {})
        if rule["Status"] == "Enabled" and days and not set(selected_by) - {"Prefix"}:
            yield selected_by.get("Prefix", ""), int(days)


def _expires_at(last_modified: str, days: int) -> datetime:
    old_enough = datetime.fromisoformat(last_modified) + timedelta(days=days)
    return old_enough.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
