"""How much two values have in common: whether one may be the other, changed."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from storage_core.values.meaning import Meanings
from storage_core.values.paths import shadowed, step_to
from storage_core.values.sameness import Sameness
from storage_core.values.shape import INDEX, MEMBER, Place, Shape
from storage_core.values.shapes import shape_of
from storage_core.values.tree import Atom, Node, resolve

__all__ = ["Likeness", "indexed", "named"]

_LEVELS: Final = 4
"""Levels down to which children are compared in part."""
_CHILDREN: Final = 100_000
"""Most children that are compared in all; then two values have nothing in common."""


class Likeness:
    """Compares values of one pair of trees; what it takes is bounded over all of them."""

    def __init__(self, meanings: Meanings, sameness: Sameness) -> None:
        self.meanings = meanings
        self.sameness = sameness
        self.left = _CHILDREN

    def of(self, old: Node, new: Node, level: int = 0) -> float:
        """How much of one is in the other, from 0 to 1; of leaves and other kinds all or none.

        That both have nothing somewhere (`''`, `None`, `False`, 0) says nothing: many have.
        """
        if self.sameness.equal(old, new):
            return 1
        one, other = shape_of(old), shape_of(new)
        longest = max(one.count, other.count)
        self.left -= longest
        if one.kind != other.kind or not longest or level == _LEVELS or self.left < 0:
            return 0
        after = named(other)
        pairs = [
            (place.node, after[step].node) for step, place in named(one).items() if step in after
        ]
        left, right = indexed(one), indexed(other)
        is_by_place = len(left) == len(right)
        pairs += zip(left, right, strict=True) if is_by_place else ()
        telling = [pair for pair in pairs if not (_is_nothing(pair[0]) and _is_nothing(pair[1]))]
        common = sum(self.of(*pair, level + 1) for pair in telling)
        common += 0 if is_by_place else self._shared(left, right)
        members = [
            [place.node for _, place in shape.places() if place.part.style == MEMBER]
            for shape in (one, other)
        ]
        of_all = longest - len(pairs) + len(telling)
        return (common + self._shared(*members)) / of_all if of_all else 0

    def _shared(self, left: Sequence[Node], right: Sequence[Node]) -> int:
        """How many nodes are in both."""
        marks = [Counter(map(self.meanings.of, nodes)) for nodes in (left, right)]
        return (marks[0] & marks[1]).total()


def _is_nothing(node: Node) -> bool:
    plain = resolve(node)
    return type(plain) is Atom and not plain.value


def named(shape: Shape) -> dict[str, Place]:
    """The children that have a name, by step."""
    if all(part.style in (INDEX, MEMBER) for part in shape.parts):
        return {}
    hidden = shadowed(shape)
    return {
        step_to(shape, number, place, hidden): place
        for number, place in shape.places()
        if place.part.style not in (INDEX, MEMBER)
    }


def indexed(shape: Shape) -> Sequence[Node]:
    """The items that have a position, counted over all parts."""
    runs = [part.nodes[part.first :] for part in shape.parts if part.style == INDEX]
    return runs[0] if len(runs) == 1 else [node for run in runs for node in run]
