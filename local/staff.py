"""Accounts of the demo school's staff, with passwords made on this machine."""

import json
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class SignIn:
    username: str
    password: str


def make_accounts(
    cognito: Any, pool_id: str, school_id: str, accounts: Mapping[str, tuple[str, ...]], memory: Path
) -> dict[str, SignIn]:
    """Make accounts in their groups, once; passwords are remembered in a file that only its owner reads.

    Parameters
    ----------
    accounts
        Groups of each username.
    """
    known: dict[str, str] = json.loads(memory.read_text()) if memory.exists() else {}
    for username in accounts:
        known.setdefault(username, _password())
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.touch(mode=0o600)
    memory.write_text(json.dumps(known, indent=1))
    present = {user["Username"] for user in cognito.list_users(UserPoolId=pool_id)["Users"]}
    for username, groups in accounts.items():
        if username in present:
            continue
        cognito.admin_create_user(
            UserPoolId=pool_id,
            Username=username,
            UserAttributes=[{"Name": "custom:school", "Value": school_id}],
            MessageAction="SUPPRESS",
        )
        cognito.admin_set_user_password(
            UserPoolId=pool_id, Username=username, Password=known[username], Permanent=True
        )
        for group in groups:
            cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=username, GroupName=group)
    return {username: SignIn(username, known[username]) for username in accounts}


def _password() -> str:
    """Twelve random characters with one of each kind that the pool asks for."""
    middle = "".join(secrets.choice(_LETTERS) for _ in range(9))
    return f"{secrets.choice(string.ascii_uppercase)}{middle}{secrets.choice(string.ascii_lowercase)}7"
