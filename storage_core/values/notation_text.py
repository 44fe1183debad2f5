"""The texts of single values in the typed notation."""

import math
from typing import Final

__all__ = ["MAX_BITS", "atom_group", "atom_kind", "atom_text", "quoted"]

MAX_BITS: Final = 14_000
"""Larger ints are shown as hex: their decimal text costs quadratic time."""

_GROUPS: Final = {
    "str": "str",
    "int": "num",
    "float": "num",
    "complex": "num",
    "bool": "word",
    "None": "word",
    "bytes": "bytes",
    "bytearray": "bytes",
}


def quoted(text: str) -> str:
    """`text` in double quotes, escaped as Python does: what the known constructors take."""
    body = repr("'" + text)[1:-1] if '"' not in text else repr(text)[1:-1]
    if '"' not in text:
        return f'"{body[1:]}"'
    return '"' + body.replace("\\'", "'").replace('"', '\\"') + '"'


def atom_kind(value: object) -> str:
    return "None" if value is None else type(value).__name__


def atom_group(value: object) -> str:
    return _GROUPS[atom_kind(value)]


def atom_text(value: object) -> str:
    """The literal for a plain value. A float that has none is `float('nan')`."""
    if type(value) is float and not math.isfinite(value):
        return f"float('{value}')"
    if type(value) is int and value.bit_length() > MAX_BITS:
        return hex(value)
    return repr(value)
