"""Which item of a list became which: by what the items are, not by where they stand.

Of items that are equal to others it can be a guess, as it can of one that was changed while others
came and went. A guess is good enough to show, and not to write by: it is named as one.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["Alignment", "Block", "align", "blocks_of", "places_of"]

Block = tuple[int, int, int, int]
"""A run in which two lists differ: from and to in the old one, from and to in the new one."""
Alike = Callable[[int, int], float]
"""How much of an old item is in a new one, from 0 to 1, by their places."""

CELLS: Final = 40_000
"""Most pairs of items that are all compared; it takes about 20 ms. Of longer lists only items that
are equal to no other are surely found again."""
_LIKE: Final = 0.5
"""How much a changed item has of what it was, at least; more, where items came or went as well."""
_PAIRS: Final = 400
"""Most pairs of changed items in one run of which it is asked how much they are alike."""


@dataclass(frozen=True, slots=True)
class Alignment:
    places: Sequence[int | None]
    """Where each old item is in the new list, in rising order; None for one that is gone."""
    unsure: frozenset[int]
    """The old items whose place is a guess."""
    count: int
    """How many items the new list has."""

    def gap(self, index: int) -> tuple[int, bool]:
        """Where in the new list something goes that came before an old item, and whether surely."""
        before = self.places[index - 1] if index else -1
        after = self.places[index] if index < len(self.places) else self.count
        is_guess = not self.unsure.isdisjoint((index - 1, index))
        if index == len(self.places):
            return self.count, before == self.count - 1 and not is_guess
        if before is None:
            return (self.count if after is None else after), False
        return before + 1, after == before + 1 and not is_guess


def places_of(blocks: Sequence[Block], count: int) -> list[int | None]:
    """Where each of `count` old items is, by the runs in which the lists differ."""
    places: list[int | None] = []
    shift = 0
    for low, high, start, stop in blocks:
        places += range(len(places) + shift, low + shift)
        paired = min(high - low, stop - start)
        places += range(start, start + paired)
        places += [None] * (high - low - paired)
        shift = stop - high
    places += range(len(places) + shift, count + shift)
    return places


def blocks_of(alignment: Alignment, old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[Block]:
    """The runs in which the lists differ: each item of its own, and what came between."""
    done = 0
    for index, place in enumerate(alignment.places):
        if place is None:
            yield index, index + 1, done, done
            continue
        if place > done:
            yield index, index, done, place
        if old[index] != new[place]:
            yield index, index + 1, place, place + 1
        done = place + 1
    if done < alignment.count:
        yield len(alignment.places), len(alignment.places), done, alignment.count


def align(
    old: Sequence[bytes], new: Sequence[bytes], alike: Alike, *, cells: int = CELLS
) -> Alignment:
    """Find the items of one list in another, by marks that are equal for equal items.

    `cells` is how many pairs of items may be compared at most.
    """
    if len(old) * len(new) <= cells:
        places, unsure = _common(old, new)
    else:
        places, unsure = _landmarks(old, new)
    return _with_changed(places, unsure, len(new), alike)


def _common(old: Sequence[bytes], new: Sequence[bytes]) -> tuple[list[int | None], set[int]]:
    """A longest common subsequence; unsure is what another one of that length has elsewhere."""
    ends = _lengths(old[::-1], new[::-1])
    after = [row[::-1] for row in ends[::-1]]
    before = _lengths(old, new)
    longest = after[0][0]
    places: list[int | None] = []
    unsure: set[int] = set()
    done = 0
    for i, mark in enumerate(old):
        at = [
            j for j, other in enumerate(new)
            if mark == other and before[i][j] + 1 + after[i + 1][j + 1] == longest
        ]  # fmt: skip
        spare = any(before[i][j] + after[i + 1][j] == longest for j in range(len(new) + 1))
        if len(at) + spare > 1:
            unsure.add(i)
        next_ = bisect_left(at, done)
        found = at[next_] if next_ < len(at) else None
        if found is not None and 1 + after[i + 1][found + 1] != after[i][done]:
            found = None
        places.append(found)
        done = done if found is None else found + 1
    return places, unsure


def _lengths(old: Sequence[bytes], new: Sequence[bytes]) -> list[list[int]]:
    """How long the longest common subsequence of the first items is, for each two numbers."""
    rows = [[0] * (len(new) + 1)]
    for mark in old:
        above, row = rows[-1], [0]
        for j, other in enumerate(new):
            row.append(above[j] + 1 if mark == other else max(above[j + 1], row[j]))
        rows.append(row)
    return rows


def _landmarks(old: Sequence[bytes], new: Sequence[bytes]) -> tuple[list[int | None], set[int]]:
    """What is there once in both, and has not passed another such; unsure is what is beside it."""
    left, right = Counter(old), Counter(new)
    where = {mark: j for j, mark in enumerate(new) if right[mark] == 1}
    once = [where.get(mark) if left[mark] == 1 else None for mark in old]
    ahead = [len(new)]
    for place in reversed(once):
        ahead.append(ahead[-1] if place is None else min(place, ahead[-1]))
    places: list[int | None] = []
    furthest = -1
    for place, nearest in zip(once, ahead[-2::-1], strict=True):
        is_kept = place is not None and furthest < place < nearest
        places.append(place if is_kept else None)
        furthest = furthest if place is None else max(place, furthest)
    unsure = {i for i, mark in enumerate(old) if places[i] is None and mark in right}
    _spread(old, new, places)
    return places, unsure


def _spread(old: Sequence[bytes], new: Sequence[bytes], places: list[int | None]) -> None:
    """Find again what is equal beside what was found."""
    taken = set(places)
    for step in (1, -1):
        before = -1 if step == 1 else len(new)
        for i in range(len(old))[::step]:
            place = before + step
            is_free = places[i] is None and 0 <= place < len(new) and place not in taken
            if is_free and old[i] == new[place]:
                places[i] = place
                taken.add(place)
            found = places[i]
            before = before if found is None else found


def _with_changed(
    places: list[int | None], unsure: set[int], count: int, alike: Alike
) -> Alignment:
    """Between what is equal: which new item is an old one that was changed."""
    low, start = 0, 0
    all_stay = len(places) == count and all(at in (None, i) for i, at in enumerate(places))
    like = _LIKE if all_stay else _LIKE + 0.01
    for index, place in enumerate([*places, count]):
        if place is None:
            continue
        run = _Run(range(low, index), range(start, place))
        run.pair(places, unsure, alike, like)
        low, start = index + 1, place + 1
    return Alignment(places, frozenset(unsure), count)


@dataclass(frozen=True, slots=True)
class _Run:
    """Old items and new ones that none of them equals, between two that are equal."""

    old: range
    new: range

    def pair(self, places: list[int | None], unsure: set[int], alike: Alike, like: float) -> None:
        """Surely the same is who is like one other, and like nobody else as much."""
        if len(self.old) * len(self.new) <= _PAIRS:
            for i, j in self._alike(alike, like):
                places[i] = j
                unsure.discard(i)
        if len(self.old) == len(self.new) and all(places[i] is None for i in self.old):
            unsure.update(self.old)
            for i, j in zip(self.old, self.new, strict=True):
                places[i] = j

    def _alike(self, alike: Alike, like: float) -> Iterator[tuple[int, int]]:
        scores = {(i, j): alike(i, j) for i in self.old for j in self.new}
        done = self.new.start
        for i in self.old if self.new else ():
            best = max(self.new, key=lambda j: scores[i, j])
            score = scores[i, best]
            rivals = [scores[i, j] for j in self.new if j != best]
            rivals += [scores[other, best] for other in self.old if other != i]
            if score >= like and best >= done and all(score > rival for rival in rivals):
                yield i, best
                done = best + 1
