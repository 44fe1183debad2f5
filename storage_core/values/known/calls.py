"""Calls of plain values: to write one, and what a person types in its brackets."""

from typing import Final

from storage_core.values.names import text_of
from storage_core.values.tree import Atom, Call, Global, Node, Seq

__all__ = ["MAX_SHORT", "MAX_TEXT", "call_of", "is_short", "one_text"]

MAX_TEXT: Final = 10_000
"""Characters of a text that a value is made of."""
MAX_SHORT: Final = 100
"""Bits of the numbers in a range or slice."""


def call_of(module: str, name: str, *values: object) -> Call:
    """The code of `module.name(*values)`."""
    return Call("call", Global(module, name), Seq("tuple", [Atom(value) for value in values]))


def one_text(args: list[Node], names: dict[str, Node]) -> str:
    """The only argument, if it is a text. Raises ValueError."""
    text = text_of(args[0]) if len(args) == 1 and not names else None
    if text is None or len(text) > MAX_TEXT:
        raise ValueError("takes one text in quotes")
    return text


def is_short(value: object) -> bool:
    """Whether it is a whole number of few digits."""
    return type(value) is int and value.bit_length() <= MAX_SHORT
