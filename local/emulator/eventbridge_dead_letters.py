"""An event that cannot be delivered lies in the rule's dead-letter queue.

What upstream lacks: DeadLetterConfig of a target is kept and never used; an event whose target is gone is
dropped with a line in the log.

What AWS does: it retries what may pass, and puts the event into the queue when it gives up, at once if the
target does not exist.
"""

import logging
from typing import Any

from ministack.core.arn import ArnParseError, parse_arn
from ministack.services import eventbridge, lambda_svc, sqs, stepfunctions

from local.emulator import upstream

LOG = logging.getLogger("eventbridge")


def apply() -> None:
    """Look for the target before the event is handed to it."""

    def invoke(original: Any) -> Any:
        def invoke_target(target: dict[str, Any], event: Any, rule: Any, view: Any = None) -> Any:
            arn = target.get("Arn", "")
            if _exists(arn):
                return original(target, event, rule, view)
            LOG.error("rule %s: its target %s does not exist", rule.get("Name"), arn)
            dead_letters = (target.get("DeadLetterConfig") or {}).get("Arn")
            if dead_letters:
                return original({"Id": "dead-letters", "Arn": dead_letters}, event, rule, view)
            return None

        return invoke_target

    upstream.replace(eventbridge, "_invoke_target", invoke)
    upstream.check(stepfunctions, "_resolve_state_machine_arn")
    upstream.check(lambda_svc, "_get_func_record_for_ref")
    upstream.check(sqs, "_queue_by_arn")


def _exists(arn: str) -> bool:
    try:
        service = parse_arn(arn).service
    except ArnParseError:
        return False
    if service == "states":
        return stepfunctions._resolve_state_machine_arn(arn) is not None
    if service == "lambda":
        return lambda_svc._get_func_record_for_ref(arn)[0] is not None
    if service == "sqs":
        return sqs._queue_by_arn(arn) is not None
    return True
