"""Of two dicts the children by name that are not surely the same: all names of 60,000 take long."""

from itertools import islice
from typing import Final

from storage_core.values.likeness import named
from storage_core.values.paths import has_different_texts, step_to
from storage_core.values.sameness import Sameness
from storage_core.values.shape import ENTRY, Place, Shape
from storage_core.values.tree import Node, Reference

__all__ = ["names_apart"]

_SHORT: Final = 19
"""Characters of a text that is always spelled as a step, whatever they are."""
_SHORT_AND_PLAIN: Final = 95
"""The same for texts of printable ASCII, of which a character is spelled as two at most."""


def names_apart(
    left: Shape, right: Shape, sameness: Sameness
) -> tuple[dict[str, Place], dict[str, Place]]:
    """The named children of two containers, by step, but for some that are the same in both.

    Left out is only what has the same step in both, and no step of any other child.
    """
    if not all(len(one.parts) == 1 and one.parts[0].style == ENTRY for one in (left, right)):
        return named(left), named(right)
    old, new = (one.parts[0].nodes[one.parts[0].first :] for one in (left, right))
    first, last = (run // 2 for run in sameness.runs(old, new))
    texts = _texts(old[::2])
    middle = _texts(new[2 * first : len(new) - 2 * last : 2])
    if not first + last or texts is None or middle is None:
        return named(left), named(right)
    outside = {*texts[:first], *texts[left.count - last :]}
    if not outside.isdisjoint(middle):
        return named(left), named(right)
    if left.count != right.count and not _are_all_spelled(texts[left.count - last :]):
        last = 0  # what is too long to be spelled is named by its place
    return _between(left, first, last), _between(right, first, last)


def _texts(keys: list[Node]) -> list[str] | None:
    """The keys, if all are texts and no two of them equal."""
    if not has_different_texts(keys):
        return None
    return [key.target.value if type(key) is Reference else key.value for key in keys]  # type: ignore[attr-defined]  # all are texts


def _between(shape: Shape, first: int, last: int) -> dict[str, Place]:
    """The children by step, but for so many at both ends. No two keys are equal."""
    places = islice(shape.places(first), shape.count - last - first)
    return {step_to(shape, number, place, set()): place for number, place in places}


def _are_all_spelled(texts: list[str]) -> bool:
    longest = max(map(len, texts), default=0)
    if longest <= _SHORT:
        return True
    joined = "".join(texts)
    return longest <= _SHORT_AND_PLAIN and joined.isascii() and joined.isprintable()
