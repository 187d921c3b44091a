"""How supplements wrap what the emulator's CloudFormation does for one type of resource."""

from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import provisioners

from local.emulator import upstream

Properties = dict[str, Any]


def around(
    resource_type: str,
    *,
    before: Callable[[Properties], Properties] | None = None,
    after: Callable[[str, Properties], None] | None = None,
) -> None:
    """Change the properties that creation and update are given, or do more once they are done.

    Parameters
    ----------
    resource_type
        For example `AWS::S3::Bucket`.
    before
        Returns the properties to use instead; must not change those it is given.
    after
        Is told the physical id and the template's own properties.
    """
    handler = provisioners._RESOURCE_HANDLERS[resource_type]
    create, update = handler["create"], handler["update"]
    for function in (create, update):
        upstream.check(provisioners, function.__name__)

    def around_create(logical_id: str, properties: Properties, stack_name: str) -> Any:
        created = create(logical_id, before(properties) if before else properties, stack_name)
        if after:
            after(created[0], properties)
        return created

    def around_update(physical_id: str, old: Properties, new: Properties, *rest: Any) -> Any:
        updated = update(physical_id, *((before(old), before(new)) if before else (old, new)), *rest)
        if after:
            after(updated[0], new)
        return updated

    # Keeps the upstream name, so that a second supplement on the type checks the same functions.
    around_create.__name__, around_update.__name__ = create.__name__, update.__name__
    handler["create"], handler["update"] = around_create, around_update


def changed(properties: Properties, changes: Properties) -> Properties:
    """Return the properties with other values for some, watched by an audit if they were."""
    watched = getattr(properties, "changed", None)
    return watched(changes) if watched else {**properties, **changes}


def succeeded(answer: tuple[int, Any, Any], what: str) -> None:
    """Raise what CloudFormation reports as the reason of a failed resource, if `answer` is an error."""
    if answer[0] >= 300:
        msg = f"{what}: {answer[2]!r}"
        raise ValueError(msg)
