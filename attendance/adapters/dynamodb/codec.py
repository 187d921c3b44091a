"""Between values and DynamoDB's attribute values, by way of pydantic and JSON."""

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from pydantic import TypeAdapter

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

Value = TypeVar("Value")
Item = dict[str, "AttributeValueTypeDef"]

_serializer = TypeSerializer()
_deserializer = TypeDeserializer()


_adapters: dict[Any, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def attribute(value: object) -> Any:
    """One value as an attribute value; floats become exact decimals."""
    return _serializer.serialize(json.loads(json.dumps(value), parse_float=Decimal))


def attributes(values: dict[str, object]) -> Item:
    return {name: attribute(value) for name, value in values.items()}


def to_item(value: object, kind: type[Value], keys: dict[str, str], **extra: object) -> Item:
    """A dataclass as an item under its keys; `extra` attributes stand beside its own."""
    body = _adapter(kind).dump_python(value, mode="json")
    return attributes({**body, **extra, **keys})


def from_item(item: dict[str, Any], kind: type[Value]) -> Value:
    """Read an item back; keys and other attributes that the dataclass does not have are left out."""
    plain = {name: _deserializer.deserialize(value) for name, value in item.items()}
    names = getattr(kind, "__dataclass_fields__", {})
    value: Value = _adapter(kind).validate_python({name: plain[name] for name in names if name in plain})
    return value
