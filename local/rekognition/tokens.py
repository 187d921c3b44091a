"""Pagination tokens: opaque to clients, bound to the list that gave them."""

import base64
import binascii

from local.rekognition.errors import InvalidPaginationTokenException


def token_after(listing: str, place: int) -> str:
    """Return the token that continues a listing after a place."""
    return base64.urlsafe_b64encode(f"{listing} {place}".encode()).decode()


def place_of(token: str | None, listing: str) -> int:
    """Return the place that a token continues after; 0 without a token.

    Raises
    ------
    InvalidPaginationTokenException
        Not a token of this listing.
    """
    if token is None:
        return 0
    try:
        name, place = base64.b64decode(token, altchars=b"-_", validate=True).decode().rsplit(" ", 1)
        if name == listing and int(place) > 0:
            return int(place)
    except (binascii.Error, ValueError) as error:
        raise InvalidPaginationTokenException from error
    raise InvalidPaginationTokenException
