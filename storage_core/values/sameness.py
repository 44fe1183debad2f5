"""Whether parts of two values mean the same, told without digests where they are read side by side.

It is what `Meanings` says, found sooner: code that is the same is not looked at, and one difference
is enough. Values that hold themselves have no end when they are walked: there the digests tell it.
"""

from collections.abc import Sequence

from storage_core.values.compare import same_atom
from storage_core.values.meaning import UNORDERED, Meanings, meant, opened, plain
from storage_core.values.tree import Atom, Node, Program
from storage_core.values.unchanged import Unchanged, may_hold_itself

__all__ = ["Sameness"]


class Sameness:
    """Compares nodes of one tree with nodes of another. Over all questions it is linear."""

    def __init__(self, meanings: Meanings, programs: tuple[Program, Program] | None = None) -> None:
        """`programs` are those that the trees are of, if they are known."""
        self.meanings = meanings
        self.unchanged: Unchanged | None = None
        if programs is not None and not any(map(may_hold_itself, programs)):
            self.unchanged = Unchanged(*programs)
        self._same: set[tuple[int, int]] = set()
        self._different: set[tuple[int, int]] = set()

    def runs(self, old: Sequence[Node], new: Sequence[Node]) -> tuple[int, int]:
        """How many children at the beginning, and at the end, are built by the same code."""
        return self.unchanged.runs(old, new) if self.unchanged is not None else (0, 0)

    def equal(self, old: Node, new: Node) -> bool:
        """Whether two nodes mean the same. Two floats are compared bit by bit."""
        if type(old) is Atom and type(new) is Atom:
            return same_atom(old.value, new.value)
        if self.unchanged is None:
            return self.meanings.of(old) == self.meanings.of(new)
        return self._walk(meant(old), meant(new), self.unchanged)

    def _walk(self, old: Node, new: Node, unchanged: Unchanged) -> bool:
        """Depth first, so that all that was met is the same but for what is above a difference."""
        trail: list[tuple[tuple[int, int], int]] = []
        seen: set[tuple[int, int]] = set()
        work = [(old, new, -1)]
        while work:
            left, right, above = work.pop()
            left, right = meant(left), meant(right)
            if type(left) is Atom or type(right) is Atom:
                if not self._mean_same(left, right):
                    return self._told(trail, above, seen)
                continue
            pair = (id(left), id(right))
            if pair in self._same or pair in seen:
                continue
            trail.append((pair, above))
            seen.add(pair)
            below = None if pair in self._different else self._below(left, right)
            if below is None:
                return self._told(trail, len(trail) - 1, seen)
            here = len(trail) - 1
            for one, other in below:
                first, last = unchanged.runs(one, other)
                pairs = zip(one[first : len(one) - last], other[first:], strict=False)
                work += [(*pair, here) for pair in pairs]
        self._same |= seen
        return True

    def _told(
        self, trail: list[tuple[tuple[int, int], int]], at: int, seen: set[tuple[int, int]]
    ) -> bool:
        """Remember what was found out on the way to a difference, which is in all that is above."""
        while at >= 0:
            pair, at = trail[at]
            self._different.add(pair)
            seen.discard(pair)
        self._same |= seen
        return False

    def _mean_same(self, left: Node, right: Node) -> bool:
        if type(left) is Atom and type(right) is Atom:
            one, other = left.value, right.value
            if type(one) is not type(other):
                return False
            return plain(one) == plain(other) if type(one) is float else one == other
        return self.meanings.of(left) == self.meanings.of(right)

    def _below(self, left: Node, right: Node) -> list[tuple[list[Node], list[Node]]] | None:
        """The children of two nodes, to be compared one by one; None if the nodes differ."""
        one, other = opened(left), opened(right)
        if isinstance(one, bytes) or isinstance(other, bytes):
            return [] if one == other else None
        if one.head != other.head:
            return None
        if one.head.startswith(UNORDERED):
            return [] if self.meanings.of(left) == self.meanings.of(right) else None
        if list(map(len, one.parts)) != list(map(len, other.parts)):
            return None
        return list(zip(one.parts, other.parts, strict=True))
