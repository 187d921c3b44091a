"""What the tests of the emulator share: waiting, names, roles, and code to run."""

import io
import json
import time
import uuid
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.clients import Clients

ACCOUNT = "000000000000"


def eventually(look: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Return the first true value of `look`, asked again and again for some seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    return pytest.fail(f"not seen within {seconds} s")


def unique(prefix: str) -> str:
    """Return a name that no other test uses."""
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


def zipped(**modules: str) -> bytes:
    """Return a zip of Python modules, given their sources by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, source in modules.items():
            archive.writestr(f"{name}.py", source)
    return buffer.getvalue()


def role_for(aws: Clients, service: str, *statements: dict[str, Any]) -> str:
    """Make a role that a service may take, with rights; return its ARN."""
    iam = aws.client("iam")
    name = unique("role")
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    if statements:
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=json.dumps(policy))
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"
