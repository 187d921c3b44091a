"""Cursors of paged lists.

A cursor says nothing but "after this id", and is read within the caller's own school only, whose id comes
from the token and never from the cursor. So a forged one shows no more than an honest one could, and needs
no signature; it is checked to be an id before it is used.
"""

import base64
import binascii

from pydantic import TypeAdapter, ValidationError

from attendance.contracts.base import Identifier

_IDENTIFIER = TypeAdapter(Identifier)


class CursorInvalidError(ValueError):
    """The text is no cursor that a page of this list ended with."""


def cursor_after(identifier: str) -> str:
    return base64.urlsafe_b64encode(identifier.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> str:
    """The id that a page goes on after. Raises CursorInvalidError."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return _IDENTIFIER.validate_python(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
    except (binascii.Error, UnicodeError, ValidationError) as error:
        message = "This is not a cursor of this list. Start again without one."
        raise CursorInvalidError(message) from error
