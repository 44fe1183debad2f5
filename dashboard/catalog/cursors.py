"""Where a page starts or ends: the sort value and the key of its row, as opaque text for URLs.

A cursor names a place in the order, not a row, so it stays good when that row has gone.
"""

import base64
import binascii
import struct
from typing import Any

from dashboard.catalog.facts import Sort
from dashboard.catalog.section import Section

__all__ = ["cursor_of", "packed", "place_of", "unpacked"]

LETTERS: dict[Sort, bytes] = {"key": b"k", "size": b"s", "expires": b"e", "changed": b"c"}
NUMBER = struct.Struct(">d")


def cursor_of(section: Section, sort: Sort, row: int) -> str:
    """The cursor of a row in an order."""
    key = section.key(row)
    place = section.value_by(sort)(row)
    number = b"" if sort == "key" else NUMBER.pack(place[0])
    return packed(LETTERS[sort] + number + key)


def packed(raw: bytes) -> str:
    """Bytes as text for URLs."""
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def unpacked(cursor: str | None) -> bytes | None:
    """What was packed; None for text that was not."""
    if not cursor:
        return None
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def place_of(cursor: str | None, sort: Sort) -> Any | None:
    """The value to compare rows with; None, the start, for text that is no cursor of this order.

    A link may have been made for another order, or be damaged: it then shows the first page.
    """
    raw = unpacked(cursor)
    if raw is None or raw[:1] != LETTERS[sort]:
        return None
    if sort == "key":
        return raw[1:]
    if len(raw) < 1 + NUMBER.size:
        return None
    return NUMBER.unpack_from(raw, 1)[0], raw[1 + NUMBER.size :]
