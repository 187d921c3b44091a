import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.contracts import topics
from attendance.contracts.object_keys import (
    CapturePrefix,
    ObjectKeyInvalidError,
    PortraitKey,
    parse_capture_file,
    parse_portrait,
)
from attendance.contracts.upload import UploadFile

CAPTURE = "2718886b-1a2c-5e1d-8218-68484793841a"
names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", fullmatch=True)
captures = st.uuids().map(str)
portraits = st.uuids().map(lambda number: number.hex)


@given(names, names, captures, st.sampled_from(["manifest.json", "1.jpg", "10.jpg"]))
def test_a_captures_files_are_read_back_from_their_keys(school_id, device_id, capture_id, name):
    place = CapturePrefix(school_id, device_id, capture_id)
    assert parse_capture_file(place.file(name)) == (place, name)
    assert place.manifest == place.file("manifest.json")


@given(names, names, portraits)
def test_a_portrait_is_read_back_from_its_key(school_id, student_id, portrait_id):
    place = PortraitKey(school_id, student_id, portrait_id)
    assert parse_portrait(place.key) == place


@given(st.text(max_size=80))
def test_any_other_text_is_no_key(text):
    with pytest.raises(ObjectKeyInvalidError):
        parse_capture_file(text)
    with pytest.raises(ObjectKeyInvalidError):
        parse_portrait(text)


@pytest.mark.parametrize("name", ["work/faces-1.json", "../other/1.jpg", "1.jpg\n", "", "a b", "x" * 65])
def test_what_a_device_cannot_upload_is_no_file_of_a_capture(name):
    with pytest.raises(ObjectKeyInvalidError):
        parse_capture_file(CapturePrefix("lakeside", "lakeside-r101-1", CAPTURE).file(name))


def test_the_workflows_own_files_lie_where_no_device_can_write():
    place = CapturePrefix("lakeside", "lakeside-r101-1", CAPTURE)
    own = [place.faces(1), place.candidates, place.sightings]
    assert len(set(own)) == 3
    for key in own:
        assert key.startswith(place.prefix)
        with pytest.raises(ValueError, match="pattern"):
            UploadFile(
                name=key.removeprefix(place.prefix), bytes=1, sha256="0" * 64, content_type="application/json"
            )


@given(names)
def test_a_devices_topics_are_its_own_branch(device_id):
    branch = f"devices/{device_id}/"
    made = [
        topics.command(device_id, "capture"),
        topics.commands(device_id),
        topics.capture_event(device_id),
        topics.health(device_id),
        topics.presence(device_id),
        topics.rpc(device_id, "upload-urls"),
        topics.rpc_accepted(device_id, "upload-urls"),
        topics.rpc_rejected(device_id, "upload-urls"),
    ]
    assert all(topic.startswith(branch) for topic in made)
    assert len(set(made)) == len(made)
    # AWS IoT allows seven slashes and 256 bytes.
    assert all(topic.count("/") <= 7 and len(topic) <= 256 for topic in made)


def matches(pattern: str, topic: str) -> bool:
    wanted, told = pattern.split("/"), topic.split("/")
    return len(wanted) == len(told) and all(w in {"+", t} for w, t in zip(wanted, told, strict=True))


def test_the_rules_listen_where_devices_and_admins_speak():
    assert matches(topics.CAPTURE_EVENTS, topics.capture_event("d"))
    assert matches(topics.UPLOAD_URL_REQUESTS, topics.rpc("d", "upload-urls"))
    assert matches(topics.CAPTURE_REQUESTS, topics.capture_request("r101"))
    assert not matches(topics.UPLOAD_URL_REQUESTS, topics.rpc_accepted("d", "upload-urls"))


def test_a_hint_names_the_school_and_the_meeting():
    assert (
        topics.register_hint("lakeside", "7a.2026-11-23.p1") == "schools/lakeside/registers/7a.2026-11-23.p1"
    )
