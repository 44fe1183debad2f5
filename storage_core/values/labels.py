"""Labels for the items of two lists, equal where the items mean the same, and else different.

It is what digests say, found sooner. What stands in both lists in the same code has one label, and
what a short look already tells from all others has one of its own; only the rest is digested.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Final

from storage_core.values.meaning import UNORDERED, meant, opened, plain
from storage_core.values.sameness import Sameness
from storage_core.values.tree import Atom, Node

__all__ = ["labels_of"]

_LOOKED_AT: Final = 12
"""Children of an item that a short look is at: six entries of a dict."""
Sketch = tuple[bytes, ...]


def labels_of(
    old: Sequence[Node], new: Sequence[Node], sameness: Sameness
) -> tuple[list[bytes], list[bytes]]:
    """The labels of the items of an old list, and of a new one.

    Each is one list of the tree, or a part of one.
    """
    meanings = sameness.meanings
    partners = _partners(old, new, sameness)
    if partners is None:
        return [meanings.of(node) for node in old], [meanings.of(node) for node in new]
    sketches = list(map(_sketch, old))
    others = [_sketch(node) if i is None else None for i, node in zip(partners, new, strict=True)]
    counts = Counter(chain(sketches, filter(None, others)))
    labels = [
        _own(number) if counts[sketch] == 1 else meanings.of(node)
        for number, (sketch, node) in enumerate(zip(sketches, old, strict=True))
    ]
    new_labels = []
    for number, (i, sketch) in enumerate(zip(partners, others, strict=True), len(old)):
        if i is not None:
            new_labels.append(labels[i])
        elif sketch is not None and counts[sketch] == 1:
            new_labels.append(_own(number))
        else:
            new_labels.append(meanings.of(new[number - len(old)]))
    return labels, new_labels


def _partners(
    old: Sequence[Node], new: Sequence[Node], sameness: Sameness
) -> list[int | None] | None:
    """For each new item an old one that is surely equal, as far as the code tells it.

    None where the code tells nothing.
    """
    unchanged = sameness.unchanged
    if unchanged is None or not unchanged.is_telling:
        return None
    first, last = unchanged.runs(old, new)
    last = min(last, len(old) - first, len(new) - first)
    written = {unchanged.old.code(old[i]): i for i in range(first, len(old) - last)}
    partners: list[int | None] = list(range(first))
    for node in new[first : len(new) - last]:
        i = written.get(unchanged.new.code(node))
        partners.append(i if i is not None and unchanged.is_copied(old[i], node) else None)
    partners += range(len(old) - last, len(old))
    return partners


def _own(number: int) -> bytes:
    """A label that nothing else has: digests are shorter, and other texts have a NUL."""
    return b"one of its kind %d" % number


def _sketch(node: Node) -> Sketch:
    """A part of what a node means: equal for equal ones, and mostly for no others."""
    node = meant(node)
    if type(node) is Atom:
        return (plain(node.value),)
    found = opened(node)
    if isinstance(found, bytes):
        return (found,)
    if found.head.startswith(UNORDERED):
        return (found.head,)
    sketch = [found.head]
    for nodes in found.parts:
        sketch.append(b"%d" % len(nodes))
        sketch += map(_hint, nodes[:_LOOKED_AT])
    return tuple(sketch)


def _hint(node: Node) -> bytes:
    """What a child is, without what is in it."""
    node = meant(node)
    if type(node) is Atom:
        return plain(node.value)
    found = opened(node)
    return found if isinstance(found, bytes) else found.head
