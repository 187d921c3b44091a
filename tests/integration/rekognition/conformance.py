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

EMPTY_IN_SPITE_OF_THE_MODEL = {"DeletedFaces"}
"""Lists that are answered empty although the model asks for one entry: leaving them out helps no client."""


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
        members = {
            name: value
            for name, value in parsed.items()
            if name != "ResponseMetadata" and (value or name not in EMPTY_IN_SPITE_OF_THE_MODEL)
        }
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
    """Return what each operation did, as lines of Markdown; what is common to all is said once."""
    unseen = {name: _unseen(observer, name) for name in observer.asked}
    common_errors = set.intersection(*observer.errors.values())
    common_unseen = set.intersection(*unseen.values())
    lines = [
        f"Every operation was seen to answer {_listed(common_errors)}, and none {_listed(common_unseen)}.",
        "",
        "| operation | asked with | answers | further errors | of the model, not seen |",
        "|---|---|---|---|---|",
    ]
    for name in sorted(observer.asked):
        cells = [
            _listed(observer.asked[name]),
            _listed(observer.answered[name]),
            _listed(observer.errors[name] - common_errors),
            _listed(unseen[name] - common_unseen),
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def _unseen(observer: Observer, name: str) -> set[str]:
    """Return what the model gives an operation and the tour did not see: members and errors."""
    operation = service_model().operation_model(name)
    return (
        set(operation.input_shape.members) - observer.asked[name]
        | set(operation.output_shape.members) - observer.answered[name]
        | {error.name for error in operation.error_shapes} - observer.errors[name]
    )


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
