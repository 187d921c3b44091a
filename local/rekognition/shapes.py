"""Requests checked against botocore's service model of Rekognition, as the service checks them."""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

from local.rekognition.errors import SerializationException, UnknownOperationException, ValidationException

_NUMBERS = {"integer": int, "long": int, "float": (int, float), "double": (int, float)}
_MOST_SHOWN = 100
_NOTHING = StructureShape("Nothing", {"type": "structure", "members": {}})


@cache
def service_model() -> ServiceModel:
    """Return botocore's model of Rekognition."""
    return botocore.session.get_session().get_service_model("rekognition")


def operation_model(name: str) -> OperationModel:
    """Return the model of one operation.

    Raises
    ------
    UnknownOperationException
        Rekognition has no such operation.
    """
    if name not in service_model().operation_names:
        raise UnknownOperationException(f"Rekognition has no operation {name!r}.")
    return service_model().operation_model(name)


def read_request(operation: str, body: bytes) -> dict[str, Any]:
    """Parse a request and check it against the operation's input shape.

    Blobs are decoded; members that the model does not know are dropped, as the service does.

    Raises
    ------
    SerializationException
        No JSON object, or a member of another type.
    ValidationException
        A constraint of the model is violated: required, length, range, pattern, enumeration.
    """
    shape: Shape = operation_model(operation).input_shape or _NOTHING
    try:
        document = json.loads(body or b"{}")
    except ValueError as error:
        raise SerializationException("The request is no JSON.") from error
    request = _parse(document, shape, "request")
    found = list(violations(request, shape, ""))
    if found:
        plural = "s" if len(found) > 1 else ""
        raise ValidationException(f"{len(found)} validation error{plural} detected: {'; '.join(found)}")
    return dict(request)


def _parse(value: Any, shape: Shape, path: str) -> Any:
    kind = shape.type_name
    if isinstance(shape, StructureShape):
        members = shape.members.items()
        source = _expect(value, dict, path, "an object")
        return {name: _parse(source[name], member, name) for name, member in members if _given(source, name)}
    if isinstance(shape, ListShape):
        return [_parse(item, shape.member, path) for item in _expect(value, list, path, "a list")]
    if isinstance(shape, MapShape):
        entries = _expect(value, dict, path, "an object")
        return {key: _parse(item, shape.value, path) for key, item in entries.items()}
    if kind == "blob":
        return _decode(_expect(value, str, path, "base64"), path)
    if kind in _NUMBERS:
        if isinstance(value, bool):
            raise SerializationException(f"{path} is no number.")
        return _expect(value, _NUMBERS[kind], path, "a number")
    return _expect(value, bool if kind == "boolean" else str, path, f"a {kind}")


def _given(source: dict[str, Any], name: str) -> bool:
    return source.get(name) is not None


def _expect(value: Any, kind: Any, path: str, wanted: str) -> Any:
    if not isinstance(value, kind):
        raise SerializationException(f"{path} is not {wanted}.")
    return value


def _decode(text: str, path: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise SerializationException(f"{path} is not base64.") from error


def violations(value: Any, shape: Shape, path: str) -> Iterator[str]:
    """Yield what is wrong, in the service's own form: value, place, constraint."""
    if isinstance(shape, StructureShape):
        for name in shape.required_members:
            if name not in value:
                yield _violation("null", _join(path, name), "Member must not be null")
        for name, item in value.items():
            yield from violations(item, shape.members[name], _join(path, name))
        return
    yield from _own_violations(value, shape, path)
    if isinstance(shape, ListShape):
        for number, item in enumerate(value, start=1):
            yield from violations(item, shape.member, f"{path}.{number}.member")


def _own_violations(value: Any, shape: Shape, path: str) -> Iterator[str]:
    limits = shape.metadata
    what = "value" if shape.type_name in _NUMBERS else "length"
    measure = value if what == "value" else len(value) if isinstance(value, str | bytes | list | dict) else 0
    if "min" in limits and measure < limits["min"]:
        bound = f"Member must have {what} greater than or equal to {limits['min']}"
        yield _violation(_shown(value), path, bound)
    if "max" in limits and measure > limits["max"]:
        bound = f"Member must have {what} less than or equal to {limits['max']}"
        yield _violation(_shown(value), path, bound)
    if "enum" in limits and value not in limits["enum"]:
        allowed = ", ".join(limits["enum"])
        yield _violation(_shown(value), path, f"Member must satisfy enum value set: [{allowed}]")
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        pattern = limits["pattern"]
        yield _violation(_shown(value), path, f"Member must satisfy regular expression pattern: {pattern}")


def _violation(shown: str, path: str, constraint: str) -> str:
    return f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}"


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        return f"'[{len(value)} bytes]'"
    text = str(value)
    return f"'{text[:_MOST_SHOWN]}{'...' if len(text) > _MOST_SHOWN else ''}'"


def _join(path: str, name: str) -> str:
    name = name[0].lower() + name[1:]
    return f"{path}.{name}" if path else name
