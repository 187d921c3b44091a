"""Every message by an example that both sides can read: changing one breaks who speaks the old version."""

import json
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

import attendance.contracts
from attendance.contracts.base import CaptureId, Contract, Identifier, MeetingId

EXAMPLES = Path(__file__).parent / "examples"


def every_contract() -> dict[str, type[Contract]]:
    found = {}
    for module in pkgutil.iter_modules(attendance.contracts.__path__):
        for value in vars(import_module(f"attendance.contracts.{module.name}")).values():
            if isinstance(value, type) and issubclass(value, Contract) and value is not Contract:
                found[value.__name__] = value
    return found


CONTRACTS = every_contract()
VERSIONED = sorted(name for name, contract in CONTRACTS.items() if "schema_name" in contract.model_fields)


def example(name: str) -> dict:
    return json.loads((EXAMPLES / f"{name}.json").read_text())


def places(value: object, path: tuple = ()) -> list[tuple]:
    """Paths to every object of a document."""
    if isinstance(value, dict):
        return [path, *(p for key, inner in value.items() for p in places(inner, (*path, key)))]
    if isinstance(value, list):
        return [p for number, inner in enumerate(value) for p in places(inner, (*path, number))]
    return []


def test_every_message_has_its_example():
    assert {path.stem for path in EXAMPLES.glob("*.json")} == set(CONTRACTS)


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_an_example_is_read_and_written_back_as_it_was(name):
    contract = CONTRACTS[name]
    read = contract.model_validate_json((EXAMPLES / f"{name}.json").read_bytes())
    assert json.loads(read.to_json()) == example(name)
    assert read.model_dump(mode="json") == example(name)
    assert contract.model_validate(example(name)) == read


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_what_a_newer_sender_adds_is_ignored_everywhere(name):
    read = CONTRACTS[name].model_validate(example(name))
    for path in places(example(name)):
        if path and path[-1] == "headers":  # a map whose every key means something
            continue
        newer = example(name)
        target = newer
        for step in path:
            target = target[step]
        target["added_in_v2"] = {"anything": [1]}
        assert CONTRACTS[name].model_validate(newer) == read


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_a_message_without_a_required_field_is_refused_by_the_fields_name(name):
    required = [
        field.alias or key for key, field in CONTRACTS[name].model_fields.items() if field.is_required()
    ]
    for field in required:
        lacking = {key: value for key, value in example(name).items() if key != field}
        with pytest.raises(ValidationError) as refused:
            CONTRACTS[name].model_validate(lacking)
        (fault,) = refused.value.errors()
        assert (fault["loc"], fault["msg"]) == ((field,), "Field required")


@pytest.mark.parametrize("name", VERSIONED)
def test_another_version_is_refused(name):
    with pytest.raises(ValidationError) as refused:
        CONTRACTS[name].model_validate({**example(name), "schema": "something.v9"})
    assert refused.value.errors()[0]["loc"] == ("schema",)


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_a_message_cannot_be_changed_once_it_is_read(name):
    read = CONTRACTS[name].model_validate(example(name))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(read, next(iter(CONTRACTS[name].model_fields)), None)


SEPARATORS = "/#+. \n\t\0$:%"


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("kind", [Identifier, CaptureId])
def test_no_id_holds_a_separator_of_topics_keys_or_items(kind, separator):
    good = "2718886b-1a2c-5e1d-8218-68484793841a"
    assert TypeAdapter(kind).validate_python(good) == good
    for at in (0, 4, len(good)):
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(good[:at] + separator + good[at:])


@given(st.text(max_size=70))
def test_an_identifier_is_plain_ascii_of_some_length(text):
    is_plain = 0 < len(text) <= 64 and text.isascii() and text.replace("-", "a").replace("_", "a").isalnum()
    expected = is_plain and text[0].isalnum()
    assert is_valid(Identifier, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "x.2026-11-23",
        "x.2026-11-23.p1.extra",
        "a/b.2026-11-23.p1",
        "x.26-11-23.p1",
        "x.2026-11-23.p1\n",
    ],
)
def test_a_meeting_id_is_a_section_a_date_and_a_period(text):
    assert is_valid(MeetingId, "maths-7a.2026-11-23.p1")
    assert not is_valid(MeetingId, text)


def is_valid(kind: object, text: str) -> bool:
    try:
        TypeAdapter(kind).validate_python(text)
    except ValidationError:
        return False
    return True


BAD = [
    ("CaptureCommand", {"expires_at": "2026-11-23T08:45:00"}, "timezone"),
    ("CaptureCommand", {"expires_at": "2999-01-01T00:00:00Z"}, "check the sender's clock"),
    ("CaptureCommand", {"burst": {"frames": 0}}, "greater than or equal to 1"),
    ("CaptureCommand", {"burst": {"frames": 11}}, "less than or equal to 10"),
    ("CaptureCommand", {"image": {"max_width": 10}}, "greater than or equal to 320"),
    ("CaptureCommand", {"trigger": "whim"}, "'scheduled' or 'adhoc'"),
    ("CaptureEvent", {"status": "DONE"}, "'SUCCEEDED'"),
    ("CaptureEvent", {"reason": {"code": "TIRED"}}, "'CAMERA_UNAVAILABLE'"),
    ("CaptureEvent", {"reason": {"code": "BUSY", "detail": "x" * 501}}, "at most 500 characters"),
    ("CaptureEvent", {"frames": -1}, "greater than or equal to 0"),
    ("CaptureEvent", {"capture_id": "2718886B-1A2C-5E1D-8218-68484793841A"}, "match pattern"),
    ("UploadUrlsRequest", {"files": []}, "at least 1 item"),
    ("UploadUrlsRequest", {"token": ""}, "at least 1 character"),
    ("UploadUrlsRequest", {"token": "t" * 65}, "at most 64 characters"),
    ("UploadFile", {"name": "../../1.jpg"}, "match pattern"),
    ("UploadFile", {"name": "11.jpg"}, "match pattern"),
    ("UploadFile", {"name": "work/faces-1.json"}, "match pattern"),
    ("UploadFile", {"name": "1.jpg\n"}, "match pattern"),
    ("UploadFile", {"bytes": 0}, "greater than or equal to 1"),
    ("UploadFile", {"bytes": 16 * 1024 * 1024}, "less than or equal to 15728640"),
    ("UploadFile", {"sha256": "ab"}, "match pattern"),
    ("UploadFile", {"content_type": "image/svg+xml"}, "'image/jpeg' or 'application/json'"),
    ("Manifest", {"frames": []}, "at least 1 item"),
    ("ManifestFrame", {"name": "manifest.json"}, "match pattern"),
    ("ManifestFrame", {"width": 0}, "greater than or equal to 1"),
    ("ManifestFrame", {"taken_at": "yesterday"}, "datetime"),
    ("Health", {"uptime_s": -1}, "greater than or equal to 0"),
    ("Health", {"uptime_s": float("nan")}, "greater than or equal to 0"),
    ("StoredCandidate", {"similarity": 100.1}, "less than or equal to 100"),
    ("StoredBox", {"left": 7}, "less than or equal to 2"),
    ("RegisterUpdated", {"version": 0}, "greater than or equal to 1"),
]


@pytest.mark.parametrize(
    ("name", "change", "says"), BAD, ids=[f"{n}-{next(iter(c))}-{i}" for i, (n, c, _) in enumerate(BAD)]
)
def test_bad_input_is_refused_with_what_is_wrong(name, change, says):
    with pytest.raises(ValidationError) as refused:
        CONTRACTS[name].model_validate({**example(name), **change})
    assert says in refused.value.errors()[0]["msg"]


@pytest.mark.parametrize(("name", "field"), [("UploadUrlsRequest", "files"), ("Manifest", "frames")])
def test_a_file_named_twice_is_refused(name, field):
    doubled = example(name)
    doubled[field] = [doubled[field][0]] * 2
    with pytest.raises(ValidationError, match="named twice"):
        CONTRACTS[name].model_validate(doubled)


@pytest.mark.parametrize("name", ["UploadUrlsRequest", "CaptureEvent"])
def test_a_device_has_no_say_in_who_it_is_or_where_its_files_go(name):
    """The device is the topic's, and the key is made of it; what a payload says besides is not even read."""
    told = {**example(name), "device_id": "lakeside-r101-2", "school_id": "hillside", "key": "portraits/x"}
    read = CONTRACTS[name].model_validate(told)
    assert not {"device_id", "school_id", "key"} & set(read.model_dump())


@given(st.binary(max_size=200))
def test_no_bytes_at_all_are_taken_for_a_message(payload):
    for name in VERSIONED:
        with pytest.raises(ValidationError):
            CONTRACTS[name].model_validate_json(payload)
