"""Where the places of a value are in what it became."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from storage_core.values.alignment import Alignment
from storage_core.values.diff import Differences, Found
from storage_core.values.shape import INDEX, MEMBER

__all__ = ["Placing", "Steps", "is_inserted", "leads", "order_of"]

Steps = tuple[str, ...]
_ITEM: Final = re.compile(r"\[(\d+)\]")


class Placing:
    """Leads from places of an old value to the same ones in a new value."""

    def __init__(self, differences: Differences, found: Iterable[Found]) -> None:
        """`found` is what `differences` found between the two."""
        self.alignments: Mapping[Steps, Alignment] = differences.alignments
        self.changed = {one.container for one in found}
        """The containers in which something is not as it was."""

    def of(self, steps: Steps) -> Steps | None:
        """The steps in the new value; None if an item of a list on the way is gone.

        Other parts on the way may be gone, too: of them only the new value itself tells.
        """
        there: list[str] = []
        for depth, step in enumerate(steps):
            index = self._index(steps[:depth], step)
            if index is None:
                there.append(step)
                continue
            place = self.alignments[steps[:depth]].places[index]
            if place is None:
                return None
            there.append(f"[{place}]")
        return tuple(there)

    def gap(self, container: Steps, index: int) -> tuple[int, bool]:
        """Where an item goes that came before an item of the old list, and whether surely."""
        alignment = self.alignments.get(container)
        return (index, True) if alignment is None else alignment.gap(index)

    def is_sure(self, change: Found) -> bool:
        """Whether what was changed in the old value is surely found in the new one."""
        on_way = change.steps
        if change.style == MEMBER or change.kind == "added":
            on_way = change.container
        if is_inserted(change) and not self.gap(change.container, change.index)[1]:
            return False
        return all(self._is_sure(on_way[:depth], step) for depth, step in enumerate(on_way))

    def _is_sure(self, container: Steps, step: str) -> bool:
        index = self._index(container, step)
        if index is not None:
            return index not in self.alignments[container].unsure
        is_by_number = step.startswith("{")  # then it is another as soon as one before it goes
        return not (is_by_number and container in self.changed)

    def _index(self, container: Steps, step: str) -> int | None:
        """The index that a step names, in a list that is not as it was."""
        alignment, match = self.alignments.get(container), _ITEM.fullmatch(step)
        if alignment is None or match is None or int(match[1]) >= len(alignment.places):
            return None
        return int(match[1])


def is_inserted(change: Found) -> bool:
    """Whether a change put an item into a list: its steps name no item, but where it goes."""
    return change.kind == "added" and change.style == INDEX


def leads(short: Steps, long: Steps) -> bool:
    """Whether one path leads to or through what the other names."""
    return long[: len(short)] == short


def order_of(changes: Iterable[Found]) -> list[Found]:
    """Changes in an order in which none moves the place of another.

    First what leaves all places as they are, then items that come and go, each list from its end.
    """
    still: list[Found] = []
    moving: list[tuple[list[tuple[int, str]], bool, int, Found]] = []
    for number, change in enumerate(changes):
        if change.style == INDEX and change.kind in ("added", "removed"):
            place = [_rank(step) for step in change.steps]
            moving.append((place, change.kind == "removed", number, change))
        else:
            still.append(change)
    moving.sort(key=lambda one: one[:3], reverse=True)
    return still + [change for *_, change in moving]


def _rank(step: str) -> tuple[int, str]:
    match = _ITEM.fullmatch(step)
    return (-1, step) if match is None else (int(match[1]), "")
