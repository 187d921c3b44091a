"""Notes the properties of templates that no code of the emulator ever looks at.

What upstream lacks: a word about a property that it does not know; it drops it, and the stack is complete.

Only when a test asks for it (`EmulatorSettings.audit_file`): each resource that is created gets properties
that remember who was read, and those never read are appended to the file, a line each:
`AWS::S3::Bucket LifecycleConfiguration.Rules[].ExpirationInDays`.
"""

import copy
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ministack.services.cloudformation import provisioners

from local.emulator.settings import AUDIT_FILE


class Watched(dict[str, Any]):
    """A mapping that remembers which of its keys were looked at, at any depth."""

    def __init__(self, content: dict[str, Any], path: str = "", seen: set[str] | None = None) -> None:
        super().__init__(content)
        self._path = path
        self._seen: set[str] = set() if seen is None else seen
        self._parts: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        """Look at a value; a mapping in it is watched in its turn."""
        value = super().__getitem__(key)
        self._seen.add(key)
        if key not in self._parts:
            self._parts[key] = self._watched(key, value)
        return self._parts[key]

    def _watched(self, key: str, value: Any) -> Any:
        if type(value) is dict:
            return Watched(value, f"{self._path}{key}.")
        if type(value) is list:
            return [Watched(one, f"{self._path}{key}[].") if type(one) is dict else one for one in value]
        return value

    def get(self, key: str, default: Any = None) -> Any:
        """Look at a value that may be missing."""
        return self[key] if super().__contains__(key) else default

    def pop(self, key: str, *default: Any) -> Any:
        """Look at a value and take it away."""
        self._seen.add(key)
        return super().pop(key, *default)

    def items(self) -> Any:
        """Look at everything."""
        return [(key, self[key]) for key in list(self)]

    def values(self) -> Any:
        """Look at everything."""
        return [self[key] for key in list(self)]

    def copy(self) -> "Watched":
        """Copy the mapping; who looks at the copy looks at this one."""
        return self.changed({})

    def changed(self, changes: dict[str, Any]) -> "Watched":
        """Copy the mapping with other values for some keys; who looks at the copy looks at this one."""
        return Watched({**dict(super().items()), **changes}, self._path, self._seen)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return {key: copy.deepcopy(value, memo) for key, value in self.items()}

    def __reduce__(self) -> tuple[Any, ...]:
        return (dict, (dict(self.items()),))

    def unread(self) -> Iterator[str]:
        """Name the keys that were never looked at."""
        for key in self:
            if key not in self._seen:
                yield self._path + key
                continue
            part = self._parts.get(key)
            for one in part if isinstance(part, list) else [part]:
                if isinstance(one, Watched):
                    yield from one.unread()


def apply() -> None:
    """Watch over the creation of every resource, if asked to; the last supplement on CloudFormation."""
    if not os.environ.get(AUDIT_FILE):
        return
    file = Path(os.environ[AUDIT_FILE])
    for resource_type, handler in provisioners._RESOURCE_HANDLERS.items():
        if "create" in handler:
            handler["create"] = _watching(resource_type, handler["create"], file)


def _watching(resource_type: str, create: Any, file: Path) -> Any:
    def watched_create(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        watched = Watched(properties)
        created = create(logical_id, watched, stack_name)
        lines = [f"{resource_type} {path}\n" for path in sorted(set(watched.unread()))]
        with file.open("a") as notes:
            notes.writelines(lines)
        return created

    return watched_create
