"""What stands around a text in a value: a line for each place where it was found."""

from bisect import bisect_right
from itertools import accumulate, islice
from typing import Final, NamedTuple

from storage_core.values.search import Hit, leaf_text, search
from storage_core.values.shape import NAMED
from storage_core.values.shapes import shape_of
from storage_core.values.tree import Node, resolve

__all__ = ["Passage", "passages"]

_CUT: Final = "…"


class Passage(NamedTuple):
    """One place: its path as in Python, and the text that was found between what stands around it.

    `is_name` says that it is in the name of the place (a key, a field, a class), not its content.
    """

    path: str
    is_name: bool
    before: str
    hit: str
    after: str


def passages(root: Node, text: str, *, limit: int = 20, around: int = 60) -> list[Passage]:
    """The first `limit` places that hold `text`, case apart, with `around` characters beside it."""
    return [_passage(hit, text.casefold(), around) for hit in islice(search(root, text), limit)]


def _passage(hit: Hit, needle: str, around: int) -> Passage:
    content, names = _content(hit), _names(hit)
    # The content tells most, so it is shown where both hold the text.
    for is_name, text in [(False, content), *((True, name) for name in names)]:
        found = _place(text, needle)
        if found is not None:
            start, end = found
            before, after = text[max(start - around, 0) : start], text[end : end + around]
            return Passage(
                path=hit.path,
                is_name=is_name,
                before=(_CUT if start > around else "") + before,
                hit=text[start:end][: 2 * around],
                after=after + (_CUT if end + around < len(text) else ""),
            )
    return Passage(hit.path, is_name=False, before="", hit="", after=content[:around])


def _content(hit: Hit) -> str:
    plain = resolve(hit.node)
    shape = shape_of(plain)
    return leaf_text(plain, shape) if shape.is_leaf else ""


def _names(hit: Hit) -> list[str]:
    names = []
    place = hit.place
    if place is not None and place.key is not None:
        names.append(leaf_text(place.key))
    if place is not None and place.part.style == NAMED:
        names.append(place.part.names[place.index])
    shape = shape_of(resolve(hit.node))
    return [*names, shape.kind] if shape.is_object else names


def _place(text: str, needle: str) -> tuple[int, int] | None:
    """Where in `text` the needle stands, which may have another length there: `ß` is `ss`."""
    folded = text.casefold()
    start = folded.find(needle)
    if start < 0:
        return None
    if len(folded) == len(text):  # folding only ever lengthens, so no character moved
        return start, start + len(needle)
    ends = list(accumulate(len(character.casefold()) for character in text))
    return bisect_right(ends, start), bisect_right(ends, start + len(needle) - 1) + 1
