"""Tree to text: the typed notation, whole or in bounded form."""

from typing import Final

from storage_core.values.names import text_of
from storage_core.values.notation_text import atom_text
from storage_core.values.shape import ARG, ENTRY, FIELD, MEMBER, NAMED, STATE, Part, Place, Shape
from storage_core.values.shapes import shape_of
from storage_core.values.tree import Atom, Node, resolve

__all__ = ["CUT", "MAX_TEXT", "key_text", "spell"]

MAX_TEXT: Final = 32 * 1024 * 1024
CUT: Final = "…"
_STEPS: Final = 4_000_000


class _Leave:
    """Stands on the stack of work where a container ends."""

    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        self.node = node


def spell(node: Node, limit: int = MAX_TEXT) -> str:
    """The typed notation of a tree, cut at about `limit` characters with `…`.

    A container inside itself is `<...>`. A container that is used twice is written twice. Work is
    bounded by `limit`, whatever the tree.
    """
    out: list[str] = []
    room = limit
    open_: set[int] = set()
    work: list[Node | str | _Leave] = [node]
    for _ in range(min(_STEPS, limit * 2 + 100)):
        if not work:
            return "".join(out)
        piece = work.pop()
        if isinstance(piece, str):
            text = piece
        elif isinstance(piece, _Leave):
            open_.discard(id(piece.node))
            continue
        else:
            text = _enter(piece, work, open_, room)
        room -= len(text)
        out.append(text)
        if room < 0:
            break
    else:
        if not work:
            return "".join(out)
    whole = "".join(out)
    return whole[:limit] + CUT


def _enter(node: Node, work: list[Node | str | _Leave], open_: set[int], room: int) -> str:
    """The first text of a node; what follows goes on the stack of work."""
    node = resolve(node)
    if type(node) is Atom:
        value = node.value
        if type(value) in (str, bytes) and len(value) > room:  # type: ignore[arg-type]  # it has a length
            return atom_text(value[: room + 1])  # type: ignore[index]  # as above
    shape = shape_of(node)
    if shape.text is not None:
        return shape.text
    if id(node) in open_:
        return "<...>"
    open_.add(id(node))
    work.append(_Leave(node))
    work.append(shape.closing)
    tokens = _tokens(shape, room)
    work.extend(reversed(tokens))
    return shape.opening


def _tokens(shape: Shape, room: int) -> list[Node | str | _Leave]:
    """The children between opening and closing, no more than there can be room for."""
    tokens: list[Node | str | _Leave] = []
    for part in shape.parts:
        if shape.is_object:
            tokens.append(" ")
        _spell_part(shape, part, tokens, max(room, 1))
    if shape.is_object and tokens[1:2] == ["("]:
        tokens.pop(0)
    return tokens


def _spell_part(shape: Shape, part: Part, tokens: list[Node | str | _Leave], room: int) -> None:
    separator = ", "
    opening, closing = "", ""
    if shape.is_object:
        opening, closing = _OBJECT_BRACKETS.get(part.style, ("", ""))
        separator = " " if part.style in (FIELD, NAMED) else ", "
    elif tokens:
        tokens.append(separator)
    tokens.append(opening)
    start = len(tokens)
    for index in range(min(part.count, room)):
        place = Place(part, index)
        key = place.key
        if len(tokens) > start:
            tokens.append(separator)
        if part.style == NAMED:
            tokens += [part.names[index], "="]
        elif part.style == FIELD and key is not None:
            name = text_of(key)
            tokens += [name if name is not None and name.isidentifier() else spell(key, 100), "="]
        elif key is not None:
            tokens += _entry(shape, key, place.node)
            continue
        tokens.append(place.node)
    if part.count > room:
        tokens.append(CUT)
    tokens.append(closing)


def _entry(shape: Shape, key: Node, value: Node) -> list[Node | str | _Leave]:
    if key is value:  # where reading ended, between two entries
        return [value]
    if shape.pairs == ", ":
        return ["(", key, ", ", value, ")"]
    return [key, shape.pairs, value]


_OBJECT_BRACKETS: Final = {
    ARG: ("(", ")"),
    "index": ("[", "]"),
    ENTRY: ("{", "}"),
    MEMBER: ("{", "}"),
    STATE: ("state=", ""),
}


def key_text(node: Node) -> str:
    """A dict key as it stands in a path: typed notation, cut at 200 characters."""
    return spell(node, 200)
