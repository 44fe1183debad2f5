"""Telling msgpack from other bytes, without reading what is in it."""

import struct
from typing import Final

__all__ = ["looks_like_msgpack"]

_STEPS: Final = 200_000
_FIXED: Final = {
    **dict.fromkeys((0xC0, 0xC2, 0xC3), 0),
    0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8,
    0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17,
}  # fmt: skip
"""Bytes behind the first one: nil, booleans, numbers, extensions of fixed length."""
_SIZED: Final = {
    0xC4: (">B", 0), 0xC5: (">H", 0), 0xC6: (">I", 0),
    0xC7: (">B", 1), 0xC8: (">H", 1), 0xC9: (">I", 1),
    0xD9: (">B", 0), 0xDA: (">H", 0), 0xDB: (">I", 0),
}  # fmt: skip
"""How a length is written, and what comes on top of it: binary, extensions, texts."""
_COUNTED: Final = {0xDC: (">H", 1), 0xDD: (">I", 1), 0xDE: (">H", 2), 0xDF: (">I", 2)}
"""How a count is written, and the objects of each: arrays and maps."""


def looks_like_msgpack(data: bytes) -> bool:
    """Whether the bytes are one array or map of msgpack from the first to the last.

    Of very many objects only the first are looked at.
    """
    first = data[0] if data else 0
    if not (0x80 <= first <= 0x9F or first in _COUNTED):
        return False
    pos, left = 0, 1
    for _ in range(_STEPS):
        if not left:
            return pos == len(data)
        if pos >= len(data):
            return False
        try:
            pos, more = _step(data, pos)
        except (struct.error, KeyError):
            return False
        left += more - 1
    return pos < len(data)


def _step(data: bytes, pos: int) -> tuple[int, int]:
    """Where the object at `pos` ends, and how many objects are in it.

    Raises KeyError for the byte that no object begins with, struct.error at the end of the data.
    """
    code, pos = data[pos], pos + 1
    if code <= 0x7F or code >= 0xE0:  # a small number
        return pos, 0
    if code <= 0x9F:  # a small map or array
        return pos, (code & 0x0F) * (2 if code <= 0x8F else 1)
    if code <= 0xBF:  # a short text
        return pos + (code & 0x1F), 0
    if code in _COUNTED:
        form, each = _COUNTED[code]
        (count,) = struct.unpack_from(form, data, pos)
        return pos + struct.calcsize(form), each * count
    if code in _SIZED:
        form, more = _SIZED[code]
        (length,) = struct.unpack_from(form, data, pos)
        return pos + struct.calcsize(form) + more + length, 0
    return pos + _FIXED[code], 0
