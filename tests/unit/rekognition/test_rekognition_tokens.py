import base64

import pytest

from local.rekognition.errors import InvalidPaginationTokenException
from local.rekognition.tokens import place_of, token_after


def test_a_token_leads_back_to_its_place():
    assert place_of(token_after("ListFaces 3", 71), "ListFaces 3") == 71


def test_without_a_token_a_listing_begins_at_the_beginning():
    assert place_of(None, "ListFaces 3") == 0


@pytest.mark.parametrize(
    "token",
    [
        "",
        "%%%",
        "abc",
        base64.b64encode(b"\xff\xfe").decode(),
        base64.b64encode(b"ListFaces 3").decode(),
        base64.b64encode(b"ListFaces 3 -1").decode(),
        base64.b64encode(b"ListFaces 3 x").decode(),
        token_after("ListFaces 4", 71),
        token_after("ListUsers 3", 71),
    ],
)
def test_any_other_token_is_refused(token):
    with pytest.raises(InvalidPaginationTokenException):
        place_of(token, "ListFaces 3")
