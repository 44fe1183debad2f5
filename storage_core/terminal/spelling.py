r"""How a key is printed on one line, and which key is meant by what was printed: the only place.

A key that a terminal can show is printed as it is. In any other, what does not show is spelled as
Python spells it (`\n`, `\x1b`, `\u2028`; `\udcff` for the byte 0xff that is no UTF-8), and a
backslash is doubled.
"""

import re
from typing import Final

from storage_core.abc import MachineBaseStorage
from storage_core.keys import key_from_bytes, key_to_bytes

__all__ = ["key_meant", "printed"]

SPELLING: Final = re.compile(
    r"\\(?:(?P<short>[\\nrt])|x(?P<x>[0-9a-f]{2})|u(?P<u>[0-9a-f]{4})|U(?P<U>[0-9a-f]{8})|(?P<odd>))"
)
SHORT: Final = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}
LONGEST: Final = 64 * 1024
"""Characters of a typed key beyond which it is taken as it is."""


def printed(key: str) -> str:
    """`key` on one line, without a character that would not show."""
    if key.isprintable():
        return key
    return "".join(one if one.isprintable() and one != "\\" else _spelled(one) for one in key)


async def key_meant(store: MachineBaseStorage, given: str) -> str:
    """The stored key that `given` names: itself if it is there, else the one printed like that.

    If neither is there, it is `given` as it stands.
    """
    other = _printed_as(given)
    if other is None or await store.has(given) or not await store.has(other):
        return given
    return other


def _spelled(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _printed_as(text: str) -> str | None:
    """The one key besides `text` itself that is printed as `text`, if there can be one."""
    if "\\" not in text or len(text) > LONGEST:
        return None
    try:
        key = key_from_bytes(key_to_bytes(SPELLING.sub(_meant, text)))
    except ValueError:  # no spelling, no character, or one that no key can hold
        return None
    return key if key != text and printed(key) == text else None


def _meant(found: re.Match[str]) -> str:
    if found["odd"] is not None:
        raise ValueError("a backslash that spells nothing")
    if found["short"]:
        return SHORT[found["short"]]
    return chr(int(found["x"] or found["u"] or found["U"], 16))
