"""What a change of one place means for others that hold the very same list, dict or object.

A pickle keeps it when a value holds one thing in two places, and the bot then sees a change of the
one in the other. What is put in as a whole is a thing of its own.
"""

from collections import Counter
from collections.abc import Mapping

from storage_core.exceptions import RefusedEdit
from storage_core.values.paths import enclosing, walk
from storage_core.values.shapes import shape_of
from storage_core.values.tree import Node, resolve
from storage_core.values.value import Value

__all__ = ["Sharing"]


class Sharing:
    """What is used in several places before a change, and still is after it."""

    def __init__(self, before: Value, after: Value) -> None:
        self.before, self.after = before.root, after.root
        self.uses, self.uses_after = _uses_of(before), _uses_of(after)

    def said_of(self, path: str) -> str:
        """What becomes of the other places when the one at `path` changes; empty if there are none.

        `path` is where something is after the change or, where that is gone, was before it.
        """
        for above in enclosing(path) if self.uses else ():
            old = _at(self.before, above)
            others = self.uses.get(id(old), 0)
            if old is not None and others:
                is_kept = self.uses_after.get(id(_at(self.after, above)), 0) > 0
                what = f"The {shape_of(old).kind} at {above}" if above else "The whole value"
                return f"{what} is also used in {_places(others, change=is_kept)}."
        return ""


def _places(count: int, *, change: bool) -> str:
    if count == 1:
        return f"1 other place, which {'changes with it' if change else 'keeps what it holds'}"
    return f"{count:,} other places, which {'change with it' if change else 'keep what they hold'}"


def _uses_of(value: Value) -> Mapping[int, int]:
    """How often each container is used beside its first place, by id."""
    return Counter(map(id, value.program.reused))


def _at(root: Node, path: str) -> Node | None:
    try:
        return resolve(walk(root, path)[0])
    except RefusedEdit:
        return None
