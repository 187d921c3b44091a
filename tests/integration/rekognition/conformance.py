"""Watches boto3's client speak to Rekognition Local, and writes down what was there and what was not."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import ListShape, Shape, StructureShape
from botocore.validate import ParamValidator

from local.rekognition.shapes import service_model, violations

NOT_OF_THE_MODEL = {"ValidationException"}
"""Real errors of the service that its model does not list."""


class Observer:
    """Notes, for each operation, the members of requests and answers and the errors that it saw."""

    def __init__(self) -> None:
        self.asked: dict[str, set[str]] = defaultdict(set)
        self.answered: dict[str, set[str]] = defaultdict(set)
        self.details: dict[str, set[str]] = defaultdict(set)
        self.errors: dict[str, set[str]] = defaultdict(set)
        self.complaints: list[str] = []

    def watch(self, client: Any) -> None:
        client.meta.events.register("before-call.rekognition", self._note_request)
        client.meta.events.register("after-call.rekognition", self._note_answer)

    def _note_request(self, model: Any, params: Mapping[str, Any], **_: Any) -> None:
        self.asked[model.name].update(json.loads(params["body"]))

    def _note_answer(self, http_response: Any, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        if "Error" in parsed:
            self.errors[model.name].add(parsed["Error"]["Code"])
            return
        raw = json.loads(http_response.content)
        members = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
        self.answered[model.name].update(raw)
        self.details[model.name].update(_detail_members(raw))
        self.complaints += [
            f"{model.name}: {member} is unknown" for member in _unknown(raw, model.output_shape)
        ]
        report = ParamValidator().validate(members, model.output_shape)
        if report.has_errors():
            self.complaints.append(f"{model.name}: {report.generate_report()}")
        broken = violations(_without_times(members, model.output_shape), model.output_shape, "")
        self.complaints += [f"{model.name}: {violation}" for violation in broken]


def _without_times(members: dict[str, Any], shape: StructureShape) -> dict[str, Any]:
    return {name: value for name, value in members.items() if shape.members[name].type_name != "timestamp"}


def _unknown(value: Any, shape: Shape, path: str = "") -> Iterator[str]:
    """Yield the members of an answer that the model does not have; clients would never see them."""
    if isinstance(shape, StructureShape):
        for name, item in value.items():
            if name in shape.members:
                yield from _unknown(item, shape.members[name], f"{path}.{name}")
            else:
                yield f"{path}.{name}"
    elif isinstance(shape, ListShape):
        for item in value:
            yield from _unknown(item, shape.member, path)


def _detail_members(value: Any) -> Iterator[str]:
    """Yield the members of all FaceDetail structures in an answer."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name in {"FaceDetail", "FaceDetails"}:
                for detail in item if isinstance(item, list) else [item]:
                    yield from detail
            else:
                yield from _detail_members(item)
    elif isinstance(value, list):
        for item in value:
            yield from _detail_members(item)


def operations_table(observer: Observer) -> list[str]:
    """Return the table of operations, as lines of Markdown."""
    lines = [
        "| operation | asked with | answers | errors seen | of the model, not seen |",
        "|---|---|---|---|---|",
    ]
    model = service_model()
    for name in sorted(observer.asked):
        operation = model.operation_model(name)
        errors = {error.name for error in operation.error_shapes}
        unseen = (
            set(operation.input_shape.members) - observer.asked[name]
            | set(operation.output_shape.members) - observer.answered[name]
            | errors - observer.errors[name]
        )
        cells = [
            _listed(observer.asked[name] & set(operation.input_shape.members)),
            _listed(observer.answered[name]),
            _listed(observer.errors[name]),
            _listed(unseen),
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def missing_operations(observer: Observer) -> list[str]:
    """Return the operations that are answered with UnknownOperationException, as lines of Markdown."""
    missing = set(service_model().operation_names) - set(observer.asked)
    return [", ".join(sorted(missing)) + "."]


def face_details(observer: Observer) -> list[str]:
    """Return what a FaceDetail has and lacks, as lines of Markdown."""
    seen = set.union(*observer.details.values())
    members = set(service_model().shape_for("FaceDetail").members)
    return [
        f"Given: {_listed(seen)}.",
        "",
        f"Never given, no model here knows them: {_listed(members - seen)}.",
    ]


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"
