"""What changed between two values: paths, not lines."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import Any, Final, NamedTuple

from storage_core.values.alignment import CELLS, Alignment, Block, align, blocks_of, places_of
from storage_core.values.labels import labels_of
from storage_core.values.likeness import Likeness, indexed
from storage_core.values.masking import Masking
from storage_core.values.meaning import Meanings
from storage_core.values.naming import names_apart
from storage_core.values.notation import spell
from storage_core.values.sameness import Sameness
from storage_core.values.shape import INDEX, MEMBER, Place, Shape
from storage_core.values.shapes import shape_of
from storage_core.values.tree import Node, Program, resolve
from storage_core.values.value import Value, read

__all__ = ["MAX_DIFFERENCES", "Difference", "Differences", "Found", "diff", "differences"]

MAX_DIFFERENCES: Final = 1000
MAX_LEVELS: Final = 1000
"""Differences further down are shown as a change at this level."""
_TEXT: Final = 500
_CELLS: Final = 2_000_000
"""Most pairs of items that are compared to find them again, over all lists: about a second."""
_ALIGN: Final = 400
"""Longest list part that is aligned item by item; longer ones are compared by position."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One change. `before` and `after` are typed notation, cut at 500 characters."""

    path: str
    """In the value after the change; for `removed`, before it."""
    kind: str
    """`added`, `removed`, `changed` or `reordered`."""
    before: str | None
    after: str | None
    before_path: str | None = None
    """Where it was before, if items of a list moved."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Found:
    """A difference with its nodes, for merging. Steps and index are those of the old value."""

    kind: str
    container: tuple[str, ...]
    step: str
    """The last step in the old value; for an item that was added, where it goes."""
    path: str
    old: Node | None
    new: Node | None
    key: Node | None = None
    style: str = ""
    index: int = -1
    at_end: bool = False

    @property
    def steps(self) -> tuple[str, ...]:
        return (*self.container, self.step) if self.step else self.container

    def shown(self) -> Difference:
        before_path = "".join(self.steps)
        moved = self.kind == "changed" and before_path != self.path
        return Difference(
            self.path,
            self.kind,
            spell(self.old, _TEXT) if self.old is not None else None,
            spell(self.new, _TEXT) if self.new is not None else None,
            before_path if moved else None,
        )


class _Pair(NamedTuple):
    old: Node
    new: Node
    container: tuple[str, ...]
    step: str
    path: str
    place: Place | None = None


class Differences:
    """The differences of two trees, in document order of the new one as far as it goes."""

    def __init__(
        self,
        old: Node,
        new: Node,
        meanings: Meanings | None = None,
        *,
        by_identity: bool = False,
        programs: tuple[Program, Program] | None = None,
    ) -> None:
        """`by_identity`: items of lists that are as long as before have not stayed in their places,
        but are looked for like any others, and of each it is known whether it was surely found.
        With the `programs` that the trees are of it takes a fraction of the time, and finds the
        same.
        """
        self.meanings = meanings or Meanings()
        self.sameness = Sameness(self.meanings, programs)
        self.old = old
        self.new = new
        self.by_identity = by_identity
        self.likeness = Likeness(self.meanings, self.sameness)
        self.cells = _CELLS
        self.alignments: dict[tuple[str, ...], Alignment] = {}
        """For each list that is not as it was, by its steps in the old value: what became of its
        items. Filled by `find`."""

    def find(self, limit: int = MAX_DIFFERENCES) -> list[Found]:
        """All differences, at most `limit`."""
        found: list[Found] = []
        met: set[tuple[int, int]] = set()
        work: list[_Pair | Found] = [_Pair(self.old, self.new, (), "", "")]
        while work and len(found) < limit:
            pair = work.pop()
            if isinstance(pair, Found):
                found.append(pair)
                continue
            old, new = resolve(pair.old), resolve(pair.new)
            if (id(old), id(new)) in met or self.equal(old, new):
                continue
            met.add((id(old), id(new)))
            left, right = shape_of(old), shape_of(new)
            too_deep = len(pair.container) >= MAX_LEVELS
            if (
                too_deep
                or left.kind != right.kind
                or left.is_leaf
                or right.is_leaf
                or _heads(left, right)
            ):
                found.append(self._changed(pair))
                continue
            steps = (*pair.container, pair.step) if pair.step else pair.container
            inner = list(self._children(left, right, steps, pair))
            work.extend(reversed(inner or [self._changed(pair, "reordered")]))
        return found

    def equal(self, old: Node, new: Node) -> bool:
        return self.sameness.equal(old, new)

    @staticmethod
    def _changed(pair: _Pair, kind: str = "changed") -> Found:
        key = pair.place.key if pair.place is not None else None
        style = pair.place.part.style if pair.place is not None else ""
        index = pair.place.index if pair.place is not None else -1
        return Found(
            kind, pair.container, pair.step, pair.path, pair.old, pair.new, key, style, index
        )

    def _children(
        self, left: Shape, right: Shape, steps: tuple[str, ...], pair: _Pair
    ) -> Iterator[_Pair | Found]:
        before, after = names_apart(left, right, self.sameness)
        for step, place in after.items():
            old = before.get(step)
            path = pair.path + step
            if old is not None and self.equal(old.node, place.node):
                continue
            if old is not None:
                yield _Pair(old.node, place.node, steps, step, path, old)
            else:
                yield Found(
                    "added", steps, step, path, None, place.node, place.key, place.part.style
                )
        for step, place in before.items():
            if step not in after:
                path = pair.path + step
                yield Found(
                    "removed", steps, step, path, place.node, None, place.key, place.part.style
                )
        yield from self._items(left, right, steps, pair.path)
        yield from self._members(left, right, steps, pair.path)

    def _items(
        self, left: Shape, right: Shape, steps: tuple[str, ...], path: str
    ) -> Iterator[_Pair | Found]:
        old, new = indexed(left), indexed(right)
        if not old and not new:
            return
        is_one = all([part.style for part in one.parts].count(INDEX) == 1 for one in (left, right))
        if self.by_identity:
            marks, others = self._labels(old, new, is_one=is_one)
            alignment = self._found(old, new, marks, others)
            blocks = list(blocks_of(alignment, marks, others))
        else:
            runs = self.sameness.runs(old, new) if is_one else (0, 0)
            blocks = list(self._aligned(old, new, *runs))
            alignment = Alignment(places_of(blocks, len(old)), frozenset(), len(new))
        self.alignments[steps] = alignment
        for low, high, start, stop in blocks:
            paired = min(high - low, stop - start)
            for i, j in zip(range(low, low + paired), range(start, start + paired), strict=True):
                if not self.equal(old[i], new[j]):
                    place = _item_place(left, i)
                    yield _Pair(old[i], new[j], steps, f"[{i}]", f"{path}[{j}]", place)
            for i in range(low + paired, high):
                step = f"[{i}]"
                yield Found("removed", steps, step, path + step, old[i], None, None, INDEX, i)
            for j in range(start + paired, stop):
                yield Found(
                    "added", steps, f"[{high}]", f"{path}[{j}]", None, new[j], None, INDEX,
                    high, high == len(old),
                )  # fmt: skip

    def _labels(
        self, old: Sequence[Node], new: Sequence[Node], *, is_one: bool
    ) -> tuple[list[bytes], list[bytes]]:
        """What tells the items of two lists apart; `is_one`: they are each one list of the tree."""
        if is_one:
            return labels_of(old, new, self.sameness)
        return [self.meanings.of(node) for node in old], [self.meanings.of(node) for node in new]

    def _found(
        self, old: Sequence[Node], new: Sequence[Node], marks: list[bytes], others: list[bytes]
    ) -> Alignment:
        """Where the items of a list are, by identity."""
        cells = min(CELLS, self.cells)
        self.cells -= min(len(old) * len(new), cells)
        return align(marks, others, lambda i, j: self.likeness.of(old[i], new[j]), cells=cells)

    def _aligned(
        self, old: Sequence[Node], new: Sequence[Node], low: int, last: int
    ) -> Iterator[Block]:
        """The runs in which two lists differ; in others all items are equal.

        Of so many items at the beginning and at the end this is known.
        """
        high, stop = len(old), len(new)
        while low < min(high, stop) and self.equal(old[low], new[low]):
            low += 1
        last = min(last, high - low, stop - low)
        high, stop = high - last, stop - last
        while high > low and stop > low and self.equal(old[high - 1], new[stop - 1]):
            high, stop = high - 1, stop - 1
        if low == high and low == stop:
            return
        if max(high, stop) - low > _ALIGN or high == stop:
            yield low, high, low, stop
            return
        middle = [self.meanings.of(node) for node in old[low:high]]
        other = [self.meanings.of(node) for node in new[low:stop]]
        matcher = SequenceMatcher(None, middle, other, autojunk=False)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            if tag != "equal":
                yield low + i1, low + i2, low + j1, low + j2

    def _members(
        self, left: Shape, right: Shape, steps: tuple[str, ...], path: str
    ) -> Iterator[Found]:
        old, new = self._by_meaning(left), self._by_meaning(right)
        for mark, (number, place) in old.items():
            if mark not in new:
                step = f"{{{number}}}"
                yield Found("removed", steps, step, path + step, place.node, None, None, MEMBER)
        for mark, (number, place) in new.items():
            if mark not in old:
                step = f"{{{number}}}"
                label = f"added {spell(place.node, 200)}"
                yield Found("added", steps, label, path + step, None, place.node, None, MEMBER)

    def _by_meaning(self, shape: Shape) -> dict[bytes, tuple[int, Place]]:
        """The members of a set, with their place numbers."""
        if all(part.style != MEMBER for part in shape.parts):
            return {}
        return {
            self.meanings.of(place.node): (number, place)
            for number, place in shape.places()
            if place.part.style == MEMBER
        }


def _heads(left: Shape, right: Shape) -> bool:
    """Whether two containers of one kind differ in what is not a child (`maxlen`, factory)."""
    if left.kind in ("set", "frozenset", "tuple"):
        return False
    return (left.opening, left.closing) != (right.opening, right.closing)


def _item_place(shape: Shape, index: int) -> Place:
    """The place of the item at a position."""
    for part in shape.parts:
        if part.style == INDEX:
            if index < part.count:
                return Place(part, index)
            index -= part.count
    raise IndexError(index)


def diff(before: bytes, after: bytes, masking: Masking | None = None) -> tuple[Difference, ...]:
    """What changed from one stored value to another, at most MAX_DIFFERENCES changes.

    Of what `masking` names it is told that it changed, not what it was or is.
    """
    return differences(read(before, masking), read(after, masking))


def differences(before: Value, after: Value) -> tuple[Difference, ...]:
    """`diff` of values that have been read already."""
    programs = before.program, after.program
    found = Differences(before.root, after.root, programs=programs).find()
    return tuple(one.shown() for one in found)
