"""The border where bytes become pixels, under fire. `make fuzz` goes on for as long as it is told to."""

import os
from collections.abc import Iterator

import pytest
from damaged_pictures import VALID, damaged_pictures
from decoding_child import DecodingChild, Outcome
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faces.image import MAX_LONG_SIDE, MAX_PIXELS

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "150"))
TYPED = {"ImageFormatError", "ImageUnreadableError", "ImageTooLargeError"}

fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def child() -> Iterator[DecodingChild]:
    started = DecodingChild()
    yield started
    started.stop()


def demand_a_picture_or_a_named_error(outcome: Outcome) -> None:
    if outcome.error is not None:
        assert outcome.error in TYPED
        return
    assert outcome.shape is not None
    assert outcome.size is not None
    height, width, channels = outcome.shape
    assert 1 <= min(height, width) <= max(height, width) <= MAX_LONG_SIDE
    assert channels == 3
    assert outcome.size[0] * outcome.size[1] <= MAX_PIXELS


@pytest.mark.parametrize("kind", sorted(VALID))
def test_what_is_damaged_was_whole_before(child: DecodingChild, kind: str) -> None:
    outcome = child.decode(VALID[kind])
    if kind == "lossless jpeg":  # no camera writes it, and OpenCV does not read it
        assert outcome.error == "ImageUnreadableError"
    else:
        assert outcome.error is None


@fuzzed
@given(data=damaged_pictures())
def test_a_damaged_picture_ends_in_a_picture_or_a_named_error(child: DecodingChild, data: bytes) -> None:
    demand_a_picture_or_a_named_error(child.decode(data))


@fuzzed
@given(data=st.binary(max_size=600), start=st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]))
def test_any_bytes_end_in_a_picture_or_a_named_error(child: DecodingChild, data: bytes, start: bytes) -> None:
    demand_a_picture_or_a_named_error(child.decode(start + data))
