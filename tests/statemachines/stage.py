"""Runs a state machine of the repository on the emulator, its functions played by stand-ins."""

import io
import json
import time
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.emulator.clients import Clients

HERE = Path(__file__).parent
MACHINES = HERE.parents[1] / "statemachines"
_CLOSED = {"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}
_PATIENCE_S = 90
_TRUST = {"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]}}

Answer = dict[str, Any]
Script = Mapping[str, Sequence[Answer]]


def returns(value: object) -> Answer:
    return {"returns": value}


def raises(error: str, message: str = "as the test asked") -> Answer:
    return {"raises": [error, message]}


@dataclass(frozen=True)
class Performance:
    """An execution that has ended.

    Parameters
    ----------
    entered
        Names of the states it went through, in order, those inside a Map included.
    """

    arn: str
    status: str
    output: Any
    error: str | None
    cause: str | None
    entered: list[str]


class Stage:
    """One deployed machine and its stand-ins.

    Parameters
    ----------
    machine
        Name of the file: `take-roll`.
    steps
        Functions that it names: `OpenCapture`.
    """

    def __init__(self, aws: Clients, machine: str, steps: Sequence[str]) -> None:
        self._s3 = aws.client("s3")
        self._sfn = aws.client("stepfunctions")
        self._name = f"{machine}-{uuid.uuid4().hex[:8]}"
        self._bucket = f"scripts-{self._name}"
        self._s3.create_bucket(Bucket=self._bucket)
        role = self._role(aws)
        definition = (MACHINES / f"{machine}.asl.json").read_text()
        for step in steps:
            arn = self._stand_in(aws, step, role)
            definition = definition.replace("${" + step + "Arn}", arn)
        self._machine = self._sfn.create_state_machine(name=self._name, definition=definition, roleArn=role)[
            "stateMachineArn"
        ]

    def perform(self, run: str, key: str, script: Script) -> Performance:
        """Run the machine once, its functions answering by the script, and wait for its end."""
        self._s3.put_object(Bucket=self._bucket, Key=f"scripts/{run}", Body=json.dumps(dict(script)))
        started = self._sfn.start_execution(
            stateMachineArn=self._machine,
            name=f"run-{uuid.uuid4().hex}",
            input=json.dumps({"bucket": "pictures", "key": key}),
        )
        return self._ended(started["executionArn"])

    def redrive(self, performance: Performance) -> Performance:
        self._sfn.redrive_execution(executionArn=performance.arn)
        return self._ended(performance.arn)

    def payloads(self, run: str, step: str) -> list[dict[str, Any]]:
        """What a step was handed, call by call."""
        found = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=f"calls/{run}/{step}/")
        keys = [each["Key"] for each in found.get("Contents", [])]
        return [json.loads(self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()) for key in keys]

    def _ended(self, arn: str) -> Performance:
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            found = self._sfn.describe_execution(executionArn=arn)
            if found["status"] in _CLOSED:
                return Performance(
                    arn=arn,
                    status=found["status"],
                    output=json.loads(found["output"]) if found.get("output") else None,
                    error=found.get("error"),
                    cause=found.get("cause"),
                    entered=self._entered(arn),
                )
            time.sleep(0.05)
        raise AssertionError(
            f"{arn} did not end within {_PATIENCE_S} s; it went through {self._entered(arn)}"
        )

    def _entered(self, arn: str) -> list[str]:
        pages = self._sfn.get_paginator("get_execution_history").paginate(executionArn=arn)
        return [
            event["stateEnteredEventDetails"]["name"]
            for page in pages
            for event in page["events"]
            if "stateEnteredEventDetails" in event
        ]

    def _stand_in(self, aws: Clients, step: str, role: str) -> str:
        arn: str = aws.client("lambda").create_function(
            FunctionName=f"{self._name}-{step}",
            Runtime="python3.13",
            Handler="stand_in_function.handler",
            Role=role,
            Code={"ZipFile": _zipped(HERE / "stand_in_function.py")},
            Timeout=30,
            MemorySize=512,
            Environment={"Variables": {"SCRIPTS_BUCKET": self._bucket, "STEP": step}},
        )["FunctionArn"]
        return arn

    def _role(self, aws: Clients) -> str:
        iam = aws.client("iam")
        trust = {"Version": "2012-10-17", "Statement": [{**_TRUST, "Action": "sts:AssumeRole"}]}
        arn: str = iam.create_role(RoleName=self._name, AssumeRolePolicyDocument=json.dumps(trust))["Role"][
            "Arn"
        ]
        bucket = f"arn:aws:s3:::{self._bucket}"
        allowed = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"{bucket}/*"},
                {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket},
                {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"},
            ],
        }
        iam.put_role_policy(RoleName=self._name, PolicyName="play", PolicyDocument=json.dumps(allowed))
        return arn


def _zipped(source: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(source.name, source.read_text())
    return buffer.getvalue()
