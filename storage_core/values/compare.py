"""Whether two trees mean the same, down to which parts are one and the same object."""

import struct

from storage_core.values.tree import (
    Atom,
    Call,
    Global,
    Map,
    Node,
    Opaque,
    Seq,
    parts,
    resolve,
)

__all__ = ["Swap", "same", "same_atom"]

Swap = tuple[list[Node], list[Node]]
"""A list of nodes in a tree, and what is to stand there instead."""


def same_atom(left: object, right: object) -> bool:
    """Equal in type and value; floats bit by bit, so that nan is nan and -0.0 is not 0.0."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float) and isinstance(right, float):
        return struct.pack(">d", left) == struct.pack(">d", right)
    return left == right


def same(before: Node, after: Node, swaps: tuple[Swap, ...] = ()) -> bool:
    """Whether `after` is `before` with the swaps made, in contents and in sharing.

    Iterative and linear. Plain values and imports may be shared or not: that makes no difference to
    the bot.
    """
    swapped = {id(old): (old, new) for old, new in swaps}
    pair: dict[int, Node] = {}
    back: dict[int, Node] = {}
    work = [(before, after)]
    while work:
        left, right = work.pop()
        left, right = resolve(left), resolve(right)
        if not _alike(left, right):
            return False
        if isinstance(left, (Atom, Global)):
            continue
        met = pair.get(id(left))
        if met is not None or id(right) in back:
            if met is not right or back.get(id(right)) is not left:
                return False
            continue
        pair[id(left)], back[id(right)] = right, left
        runs = [_wanted(run, swapped) for run in parts(left)]
        others = parts(right)
        if [len(run) for run in runs] != [len(run) for run in others]:
            return False
        for run, other in zip(runs, others, strict=True):
            work.extend(zip(run, other, strict=True))
    return True


def _wanted(run: list[Node], swapped: dict[int, Swap]) -> list[Node]:
    """What is to stand where `run` stands."""
    swap = swapped.get(id(run))
    return swap[1] if swap is not None and swap[0] is run else run


def _alike(left: Node, right: Node) -> bool:
    """Whether two nodes are of one kind, their children apart."""
    if isinstance(left, Atom) and isinstance(right, Atom):
        return same_atom(left.value, right.value)
    if isinstance(left, Seq) and isinstance(right, Seq):
        return left.kind == right.kind
    if isinstance(left, Call) and isinstance(right, Call):
        return left.how == right.how
    if isinstance(left, Global) and isinstance(right, Global):
        return left.module == right.module and left.name == right.name
    if isinstance(left, Opaque) and isinstance(right, Opaque):
        return left.kind == right.kind and left.text == right.text
    return isinstance(left, Map) and isinstance(right, Map)
