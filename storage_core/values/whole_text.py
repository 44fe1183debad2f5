"""Whether a part of a value can be typed as one text, and why it cannot."""

from collections.abc import Callable
from typing import Final

from storage_core.values.shapes import shape_of
from storage_core.values.tree import Atom, Node, resolve

__all__ = ["is_too_long", "is_typeable", "why_not_whole"]

_ONE_BY_ONE: Final = "; change its parts one by one"
_CODE_PER_TEXT: Final = 4
"""Bytes of code for one character of text, at most: what is longer is not even tried."""


def is_too_long(node: Node, limit: int) -> bool:
    """Whether the code says already that the text has more than `limit` characters."""
    return node.end - node.start > limit * _CODE_PER_TEXT


def is_typeable(node: Node, limit: int) -> bool:
    """Whether a whole tree can be typed: no objects, nothing twice, no more than `limit` nodes."""
    return _obstacle(node, limit, lambda _: "") is None


def why_not_whole(node: Node, limit: int) -> str:
    """Why the text of a part that can be edited, of up to `limit` characters, cannot be typed."""
    is_tried = not is_too_long(node, limit)
    reason = _obstacle(node, limit, lambda one: shape_of(one).kind) if is_tried else None
    too_long = f"its text has more than {limit:,} characters"
    return (reason or too_long) + ("" if shape_of(node).is_leaf else _ONE_BY_ONE)


def _obstacle(node: Node, limit: int, name: Callable[[Node], str]) -> str | None:
    """What stands against typing a tree; None if nothing does. `name` names a part of it."""
    work = [node]
    met: set[int] = set()
    while work:
        one = resolve(work.pop())
        if isinstance(one, Atom):
            continue
        shape = shape_of(one)
        if id(one) in met:
            return f"the very same {name(one)} is in it more than once, and a text would part them"
        if not shape.typeable or shape.notes:
            return f"there is something in it that cannot be typed ({name(one)})"
        if len(met) > limit:
            return "it has too many parts"
        met.add(id(one))
        for _, place in shape.places():
            work.append(place.node)
            if place.key is not None:
                work.append(place.key)
        if len(work) > limit:
            return "it has too many parts"
    return None
