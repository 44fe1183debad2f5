"""Typed text for what cannot be typed anew, but stands there already: `defaultdict(list, {…})`.

Its constructor stays as the bot wrote it; what is typed are only the literals in it. So nothing is
brought in that the bot would import or call.
"""

import re

from storage_core.values.known.containers import SHAPES
from storage_core.values.literals import parse
from storage_core.values.names import name_of
from storage_core.values.shape import Shape
from storage_core.values.shapes import shape_of
from storage_core.values.tree import Call, Map, Node

__all__ = ["is_refilled", "retyped"]

_DEFAULTDICT = "collections.defaultdict"


def retyped(old: Node, text: str, known: frozenset[str]) -> Node:
    """The tree of a text that is to stand where `old` does. Raises RefusedEdit as `parse`."""
    shape = shape_of(old)
    if shape.typed_as is not None:
        return parse(_inside(rf"\s*{re.escape(shape.kind)}\(", text), known)
    if isinstance(old, Call) and name_of(old.callee) == _DEFAULTDICT:
        return _refilled(old, SHAPES[_DEFAULTDICT](old), text, known)
    return parse(text, known)


def _inside(opening: str, text: str) -> str:
    """What stands between an opening and the last bracket, at the same line and column."""
    begun, rest = re.match(opening, text), text.rstrip()
    if begun is None or not rest.endswith(")") or begun.end() >= len(rest):
        return text
    return re.sub(r"[^\n]", " ", begun[0]) + rest[begun.end() : -1]


def _refilled(old: Call, shape: Shape | None, text: str, known: frozenset[str]) -> Node:
    """The same call with other entries, if it is typed with the factory that it has."""
    factory = shape.opening.removeprefix("defaultdict(").partition(",")[0] if shape else ""
    inner = _inside(rf"\s*defaultdict\(\s*{re.escape(factory)}\s*,", text)
    typed = parse(inner, known)
    if inner is text or not isinstance(typed, Map):
        return typed
    call = Call(old.how, old.callee, old.args)
    call.entries = typed.items
    return call


def is_refilled(old: Node, new: Node) -> bool:
    """Whether `new` is the call `old` with other entries."""
    if not isinstance(old, Call) or not isinstance(new, Call):
        return False
    return old.callee is new.callee and old.args is new.args
