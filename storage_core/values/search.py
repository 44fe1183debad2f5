"""Where in a value a text stands."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from storage_core.values.notation import spell
from storage_core.values.paths import shadowed, step_to
from storage_core.values.shape import NAMED, Place, Shape
from storage_core.values.shapes import shape_of
from storage_core.values.tree import Atom, Node, resolve

__all__ = ["Hit", "leaf_text", "search"]

_LEAF_TEXT: Final = 10_000
_MAX_PATH: Final = 100_000


class Hit(NamedTuple):
    path: str
    level: int
    place: Place | None
    node: Node


class _Step(NamedTuple):
    """One child on the way down: enough to write its path when it turns out to be a hit."""

    above: "_Step | None"
    shape: Shape | None
    number: int
    place: Place | None
    level: int


def search(root: Node, text: str) -> Iterator[Hit]:
    """Places whose key, field name or leaf holds `text`, in document order, case apart.

    What is used in several places is found in the first. Linear in the value.
    """
    needle = text.casefold()
    hidden: dict[int, set[int]] = {}
    seen: set[int] = set()
    work = [iter([(root, _Step(None, None, 0, None, 0))])]
    while work:
        for node, step in work[-1]:
            plain = resolve(node)
            shape = shape_of(plain)
            if _matches(needle, plain, shape, step.place):
                path = _path(step, hidden)
                if path is not None:
                    yield Hit(path, step.level, step.place, node)
            if not shape.is_leaf and id(plain) not in seen:
                seen.add(id(plain))
                work.append(_steps_below(step, shape))
                break
        else:
            work.pop()


def _steps_below(step: _Step, shape: Shape) -> Iterator[tuple[Node, _Step]]:
    """The children, one by one: there may be a million of them."""
    for number, place in shape.places():
        yield place.node, _Step(step, shape, number, place, step.level + 1)


def _matches(needle: str, plain: Node, shape: Shape, place: Place | None) -> bool:
    if place is not None:
        if place.key is not None and needle in leaf_text(place.key).casefold():
            return True
        if place.part.style == NAMED and needle in place.part.names[place.index].casefold():
            return True
    if shape.is_object and needle in shape.kind.casefold():
        return True
    return shape.is_leaf and needle in leaf_text(plain, shape).casefold()


def leaf_text(node: Node, shape: Shape | None = None) -> str:
    """The text in which a leaf is looked for: a string's own, the typed notation of others."""
    plain = resolve(node)
    if isinstance(plain, Atom) and isinstance(plain.value, str):
        return plain.value
    if shape is not None and shape.text is not None:
        return shape.text
    return spell(plain, _LEAF_TEXT)


def _path(step: _Step, hidden: dict[int, set[int]]) -> str | None:
    """The path of a step; None where it is too long to be used."""
    steps: list[str] = []
    length = 0
    one: _Step | None = step
    while one is not None and one.shape is not None and one.place is not None:
        shadows = hidden.get(id(one.shape))
        if shadows is None:
            shadows = hidden[id(one.shape)] = shadowed(one.shape)
        steps.append(step_to(one.shape, one.number, one.place, shadows))
        length += len(steps[-1])
        if length > _MAX_PATH:
            return None
        one = one.above
    return "".join(reversed(steps))
