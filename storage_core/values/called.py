"""What a place in a tree is called: by its key or field, or by the entry beside it."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from storage_core.values.judging import Judge
from storage_core.values.masking import IS_NAME, IS_VALUE, SOMETHING
from storage_core.values.names import text_of
from storage_core.values.notation import spell
from storage_core.values.paths import field_name
from storage_core.values.shape import ARG, ENTRY, FIELD, INDEX, NAMED, Place
from storage_core.values.shapes import shape_of
from storage_core.values.slots import Child
from storage_core.values.tree import Atom, Call, Node, resolve

__all__ = ["Pairs", "held", "name_of_child", "spelled"]

_KEY_TEXT: Final = 2000
_TARGET: Final = attrgetter("target")


def held(node: Node) -> object:
    """What stands in a place, if that is plain; a number or a date stands for all of their kind."""
    plain = resolve(node)
    if type(plain) is Atom:
        return plain.value
    return 0 if type(plain) is Call and shape_of(plain).group in ("num", "time") else SOMETHING


def spelled(key: Node) -> str:
    """A key as a name: a text as it is, anything else as it is written."""
    text = text_of(key)
    return spell(key, _KEY_TEXT) if text is None else text


def name_of_child(child: Child) -> str | None:
    """What a child is called, if anything says so."""
    part, position = child.part, child.slot.position
    style = part.style
    if style in (FIELD, NAMED):
        return field_name(Place(part, child.number))
    if style == ENTRY:
        return spelled(part.nodes[position - 1])
    # `('token', …)`, and `setattr(bot, 'token', …)`
    if child.number and (style == ARG or (style == INDEX and part.count == 2)):
        return text_of(part.nodes[position - 1])
    return None


class Pairs:
    """Entries one of which is the name of another: `{'name': 'password', 'value': …}`."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.unpaired: set[tuple[Node, ...]] = set()
        """The keys of dicts none of which is the name of another."""

    def secret_in(self, nodes: Sequence[Node]) -> list[int]:
        """Of entries (key, value, key, value …): where the values stand whose names, beside them,
        say secret."""
        try:
            same = tuple(map(_TARGET, nodes[::2]))
        except AttributeError:
            same = None
        if same is not None and same in self.unpaired:
            return []
        keys = [(text_of(key) or "").casefold() for key in nodes[::2]]
        named = [2 * number + 1 for number, key in enumerate(keys) if key in IS_NAME]
        values = [2 * number + 1 for number, key in enumerate(keys) if key in IS_VALUE]
        if not named or not values:
            if same is not None:
                self.unpaired.add(same)
            return []
        names = [name for place in named if (name := text_of(nodes[place])) is not None]
        return [
            place
            for place in values
            if any(self.judge.is_secret(name, held(nodes[place])) for name in names)
        ]
