"""Paths: how one place in a value is named.

A path is written as in Python and names exactly one place; the empty path is the whole value.

    ['votes'][0]      the value under a key; an item of a list or tuple; a key is any typed literal
    [-1]              an item counted from the end; of a namedtuple too, as `.user` or `[0]`
    .user             a field of an object, of whatever class
    .maps[0]          a map of a ChainMap; also `[0]`
    (0)               what an object's constructor was given, by position; also `.args[0]`
    .__state__        the state of an object that is neither a dict nor slots
    {3}               the fourth child, whatever it is: members of sets, and everything that the
                      forms above would not name uniquely (the first of two equal keys, a key that
                      is an object or longer than 200 characters)

Of two equal keys the bot sees the last, so `['a']` is the last.
"""

import re
from collections.abc import Sequence
from itertools import islice
from operator import attrgetter
from typing import Final

from storage_core.exceptions import RefusedEdit
from storage_core.values.equality import key_token
from storage_core.values.literals import parse_prefix
from storage_core.values.names import text_of
from storage_core.values.notation import CUT, spell
from storage_core.values.shape import ARG, ENTRY, FIELD, INDEX, NAMED, PAIRED, STATE, Place, Shape
from storage_core.values.shapes import shape_of
from storage_core.values.tree import Atom, Node, Reference, resolve

__all__ = ["enclosing", "find_place", "has_different_texts", "shadowed", "split", "step_to", "walk"]

MAX_PATH: Final = 100_000
_KEY_LENGTH: Final = 200
_LISTED: Final = 5
"""Parts that are named where a path leads nowhere."""
_FIELD = re.compile(r"\.([^\W\d]\w*)")
_BRACED = re.compile(r"\{(\d{1,9})\}")
_CALLED = re.compile(r"\((\d{1,9})\)")


def split(path: str) -> list[tuple[str, Node | str | int]]:
    """The steps of a path: its sign (`[`, `.`, `(` or `{`) and what it names."""
    return [(sign, name) for sign, name, _ in _parsed(path)]


def enclosing(path: str) -> list[str]:
    """The path itself and those of all that it is in, the innermost first."""
    return [path[:end] for _, _, end in reversed(_parsed(path))] + [""]


def _parsed(path: str) -> list[tuple[str, Node | str | int, int]]:
    """The steps of a path, each with where it ends."""
    steps: list[tuple[str, Node | str | int, int]] = []
    pos = 0
    if len(path) > MAX_PATH:
        raise RefusedEdit("this path is too long")
    while pos < len(path):
        if path[pos] == "[":
            node, end = parse_prefix(path, pos + 1)
            if path[end : end + 1] != "]":
                raise RefusedEdit(f"the path {path[:200]!r} has no ']' at character {end + 1}")
            pos = end + 1
            steps.append(("[", node, pos))
            continue
        for pattern, sign in ((_FIELD, "."), (_BRACED, "{"), (_CALLED, "(")):
            match = pattern.match(path, pos)
            if match:
                pos = match.end()
                steps.append((sign, match[1] if sign == "." else int(match[1]), pos))
                break
        else:
            raise RefusedEdit(f"the path {path[:200]!r} cannot be read from character {pos + 1} on")
    return steps


def walk(root: Node, path: str) -> tuple[Node, Place | None]:
    """The node at `path`, and its place; None as the place of the whole value.

    Raises RefusedEdit if nothing is there.
    """
    node, place = root, None
    steps = split(path)
    number = 0
    while number < len(steps):
        sign, name = steps[number]
        shape = shape_of(node)
        place = find_place(shape, sign, name)
        if (sign, name) == (".", "maps") and shape.kind == "ChainMap" and number + 1 < len(steps):
            number += 1
            place = find_place(shape, *steps[number])
        if place is None and (sign, name) == (".", "args") and number + 1 < len(steps):
            number += 1
            place = _find_argument(shape, *steps[number])
        if place is None:
            raise RefusedEdit(f"nothing is at {path[:200]}; {_what_is_there(shape)}")
        node = place.node
        number += 1
    return node, place


def _what_is_there(shape: Shape) -> str:
    """What a path could have named instead."""
    kind = f"the {shape.kind} there" if shape.kind != "None" else "None"
    if shape.is_leaf:
        return f"{kind} has no parts"
    if not shape.count:
        return f"{kind} is empty"
    hidden = shadowed(shape)
    first = [
        step_to(shape, number, place, hidden) for number, place in islice(shape.places(), _LISTED)
    ]
    more = shape.count - len(first)
    return f"{kind} has {', '.join(first)}{f' and {more:,} more' if more else ''}"


def _find_argument(shape: Shape, sign: str, name: Node | str | int) -> Place | None:
    """What `.args[0]` names of an object whose constructor was given it."""
    plain = resolve(name) if sign == "[" and isinstance(name, Node) else None
    if not isinstance(plain, Atom) or type(plain.value) is not int:
        return None
    given = [place for _, place in shape.places() if place.part.style == ARG]
    index = plain.value
    return given[index] if -len(given) <= index < len(given) else None


def find_place(shape: Shape, sign: str, name: Node | str | int) -> Place | None:
    """The child that one step names; None if there is none."""
    if sign == "{" and isinstance(name, int):
        try:
            return shape.place(name)
        except IndexError:
            return None
    if sign == "(" and isinstance(name, int):
        return next((p for _, p in shape.places() if p.part.style == ARG and p.index == name), None)
    if sign == "." and isinstance(name, str):
        return _find_field(shape, name)
    return _find_item(shape, name) if isinstance(name, Node) else None


def _find_field(shape: Shape, name: str) -> Place | None:
    found = None
    for part in shape.parts:
        for index in range(part.count if part.style in (FIELD, NAMED, STATE) else 0):
            place = Place(part, index)
            if field_name(place) == name:
                found = place
    return found


def field_name(place: Place) -> str | None:
    if place.part.style == NAMED:
        return place.part.names[place.index]
    return "__state__" if place.part.style == STATE else text_of(place.key)


def _find_item(shape: Shape, wanted: Node) -> Place | None:
    plain = resolve(wanted)
    found = None
    if isinstance(plain, Atom) and type(plain.value) is int:
        runs = [part for part in shape.parts if part.style == INDEX]
        runs = runs or [part for part in shape.parts if part.style == NAMED]
        index = plain.value + (sum(part.count for part in runs) if plain.value < 0 else 0)
        for part in runs if index >= 0 else ():
            if index < part.count:
                return Place(part, index)
            index -= part.count
    exact = text_of(wanted)
    text = spell(wanted, _KEY_LENGTH) if exact is None else ""
    for part in shape.parts:
        if part.style != ENTRY:
            continue
        keys = part.nodes[part.first :: 2]
        if exact is not None:
            number = _last_text(keys, exact)
            found = found if number is None else Place(part, number)
            continue
        for index, key in enumerate(keys):
            if spell(key, _KEY_LENGTH) == text:
                found = Place(part, index)
    return found


def _last_text(keys: list[Node], text: str) -> int | None:
    """Which of some keys is a text, counted from 0; of several the last, as the bot sees it."""
    for index in range(len(keys) - 1, -1, -1):
        key = keys[index]
        plain = key.target if type(key) is Reference else key
        if type(plain) is Atom and type(plain.value) is str and plain.value == text:
            return index
    return None


def shadowed(shape: Shape) -> set[int]:
    """The places whose key comes again later: the bot does not see them. Linear."""
    last: dict[str, int] = {}
    hidden: set[int] = set()
    if len(shape.parts) == 1 and shape.parts[0].style in PAIRED:
        part = shape.parts[0]
        if has_different_texts(part.nodes[part.first :: 2]):
            return hidden
    if not any(part.style in (ENTRY, FIELD, NAMED) for part in shape.parts):
        return hidden
    for number, place in shape.places():
        if place.part.style == ENTRY and place.key is not None:
            token = "[" + key_token(place.key)
        elif place.part.style in (FIELD, NAMED):
            token = f".{field_name(place)}"
        else:
            continue
        if token in last:
            hidden.add(last[token])
        last[token] = number
    return hidden


def has_different_texts(keys: Sequence[Node]) -> bool:
    """Whether all keys are texts and no two of them equal, which is quickly told of most dicts.

    Only texts are hashed: numbers can be made to collide.
    """
    try:
        try:
            texts = list(map(_VALUE, keys))  # those of a large dict are most often new ones
        except AttributeError:
            texts = [resolve(key).value for key in keys]  # type: ignore[attr-defined]  # caught
    except AttributeError:
        return False  # a key that is no plain value
    return set(map(type, texts)) <= _TEXT and len(set(texts)) == len(texts)


_TEXT: Final = frozenset((str,))
_VALUE: Final = attrgetter("value")


def step_to(shape: Shape, number: int, place: Place, hidden: set[int]) -> str:
    """The step that names a child, and nothing else. `hidden` is what `shadowed` found."""
    style = place.part.style
    if number in hidden:
        return f"{{{number}}}"
    if style == INDEX:
        before = 0
        for part in shape.parts:
            if part is place.part:
                break
            before += part.count if part.style == INDEX else 0
        return f"[{before + place.index}]"
    if style in (FIELD, NAMED, STATE):
        name = field_name(place)
        return f".{name}" if name is not None and name.isidentifier() else f"{{{number}}}"
    if style == ARG:
        return f"({place.index})"
    if style == ENTRY and place.key is not None:
        return _key_step(shape, number, place.key)
    return f"{{{number}}}"


def _key_step(shape: Shape, number: int, key: Node) -> str:
    plain = resolve(key)
    key_shape = shape_of(key)
    text = spell(key, _KEY_LENGTH)
    is_index = isinstance(plain, Atom) and type(plain.value) in (int, bool)
    ambiguous = is_index and any(part.style == INDEX and part.count for part in shape.parts)
    if ambiguous or text.endswith(CUT) or not _typeable(key_shape):
        return f"{{{number}}}"
    return f"[{text}]"


def _typeable(shape: Shape) -> bool:
    """Whether a key can be typed: a plain or known leaf, or a tuple of such."""
    if shape.is_leaf:
        return shape.typeable and not shape.notes
    if shape.kind not in ("tuple", "frozenset") or shape.count > 20:
        return False
    leaves = (shape_of(place.node) for _, place in shape.places())
    return all(leaf.is_leaf and leaf.typeable and not leaf.notes for leaf in leaves)
