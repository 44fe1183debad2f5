"""The smallest part in which an old tree and a typed one differ: only that is replaced."""

from typing import Final

from storage_core.values.compare import same, same_atom
from storage_core.values.meaning import Meanings
from storage_core.values.names import arguments
from storage_core.values.tree import Atom, Call, Map, Node, Reference, Seq

__all__ = ["mean_the_same", "one_difference"]

_NARROW_CHILDREN: Final = 64


def one_difference(old: Node, new: Node) -> tuple[list[Node], int, Node] | None:
    """The one child in which two nodes of the same kind differ; None if it is not just one."""
    found = None
    for before, after in _runs(old, new):
        if len(before) != len(after) or len(before) > _NARROW_CHILDREN:
            return None
        for position, (left, right) in enumerate(zip(before, after, strict=True)):
            if not mean_the_same(left, right):
                if found is not None:
                    return None
                found = (before, position, right)
    return found


def mean_the_same(old: Node, new: Node) -> bool:
    """Whether two nodes are the same for a person, however they are written."""
    if isinstance(old, Atom) and isinstance(new, Atom):
        return same_atom(old.value, new.value)
    meanings = Meanings()
    return meanings.of(old) == meanings.of(new)


def _runs(old: Node, new: Node) -> list[tuple[list[Node], list[Node]]]:
    """The lists of children in which two nodes may differ; empty if they differ otherwise."""
    if isinstance(old, Seq) and isinstance(new, Seq):
        return [(old.items, new.items)] if old.kind == new.kind else []
    if isinstance(old, Map) and isinstance(new, Map):
        return [(old.items, new.items)]
    if not isinstance(old, Call) or not isinstance(new, Call):
        return []
    if old.how != new.how or not same(old.callee, new.callee):
        return []
    if isinstance(old.args, Reference) or not isinstance(new.args, Seq):
        return []
    return [
        (arguments(old) or [], new.args.items),
        (old.items, new.items),
        (old.entries, new.entries),
        (old.states, new.states),
    ]
