"""Plans of edits: what is to change in the code, and what that is to do to the tree."""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from storage_core.values import opcodes as op
from storage_core.values.compare import Swap
from storage_core.values.encode import code
from storage_core.values.narrowing import one_difference
from storage_core.values.splice import Change
from storage_core.values.tree import Atom, Call, Node, Program, Reference

__all__ = ["Plan", "narrowed", "refilling", "replacement"]

_NARROW_LEVELS: Final = 8


class Plan(NamedTuple):
    """The changes in the code, and what they are to do to the tree."""

    changes: Sequence[Change]
    swaps: Sequence[Swap] = ()


def refilling(old: Node, new: Node) -> Plan:
    """The plan that writes a call again with other entries."""
    if not isinstance(old, Call) or not isinstance(new, Call):
        raise TypeError(type(old))
    change = Change(old.start, old.end, list(code(new)))
    return Plan([change], [(old.entries, new.entries)])


def replacement(program: Program, nodes: list[Node], position: int, new: Node) -> Plan:
    """The plan that puts `new` in the place of `nodes[position]`.

    A leaf that was in the memo is followed by one that is, so that all numbers stay.
    """
    old = nodes[position]
    wanted = nodes.copy()
    wanted[position] = new
    memoized = program.memoized
    numbered = bisect_left(memoized, old.end) - bisect_left(memoized, old.start)
    pieces = list(code(new))
    if numbered != 1:
        return Plan([Change(old.start, old.end, pieces)], [(nodes, wanted)])
    pieces.append(bytes((op.MEMOIZE,)))
    return Plan([Change(old.start, old.end, pieces, memoized=1)], [(nodes, wanted)])


def narrowed(
    program: Program, nodes: list[Node], position: int, new: Node, shared: Collection[int]
) -> Plan | None:
    """The plan that replaces the smallest single part in which old and new differ; None if that is
    the whole. What is `shared`, by id, is not looked into.
    """
    found = None
    for _ in range(_NARROW_LEVELS):
        old = nodes[position]
        if isinstance(old, (Atom, Reference)) or id(old) in shared:
            return found
        step = one_difference(old, new)
        if step is None:
            return found
        nodes, position, new = step
        found = replacement(program, nodes, position, new)
    return found
