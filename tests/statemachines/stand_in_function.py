"""The Lambda function that stands in for every step: it answers as the test's script for its run says.

A script lies in S3 under the run's name: `{step: [answer, ...]}`, an answer for each call, the last one for
all further calls. An answer is `{"returns": ...}` or `{"raises": [class name, message]}`. Every call leaves
its payload behind, so that the test can see what the machine handed over.
"""

import json
import os
from typing import Any

import boto3

BUCKET, STEP = os.environ["SCRIPTS_BUCKET"], os.environ["STEP"]
_s3 = boto3.client("s3")


def handler(event: dict[str, Any], _context: object) -> Any:
    run = _run_of(event)
    step = f"{STEP}.{event['frame']['frame']}" if "frame" in event else STEP
    answers = json.loads(_s3.get_object(Bucket=BUCKET, Key=f"scripts/{run}")["Body"].read())[step]
    calls = f"calls/{run}/{step}/"
    before = _s3.list_objects_v2(Bucket=BUCKET, Prefix=calls).get("KeyCount", 0)
    _s3.put_object(Bucket=BUCKET, Key=f"{calls}{before + 1:03d}", Body=json.dumps(event))
    answer = answers[min(before, len(answers) - 1)]
    if "raises" in answer:
        name, message = answer["raises"]
        raise type(name, (Exception,), {})(message)
    return answer["returns"]


def _run_of(event: dict[str, Any]) -> str:
    """Each step is told of its run in its own way; all names of a run hold the same id."""
    if "capture" in event:
        return str(event["capture"]["capture_id"])
    if "key" in event:
        key: str = event["key"]
        return key.split("/")[3]
    return str(event["portrait_id"])
