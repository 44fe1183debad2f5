"""What may be typed where: the same type as before, hashable keys, zones that stay."""

from collections.abc import Collection, Iterable

from storage_core.exceptions import RefusedEdit
from storage_core.values.equality import key_token
from storage_core.values.literals import parse
from storage_core.values.loading import Hashing
from storage_core.values.names import arguments, text_of
from storage_core.values.notation import spell
from storage_core.values.shape import ENTRY, FIELD, INDEX, MEMBER, Part, Shape
from storage_core.values.shapes import shape_of
from storage_core.values.tree import Atom, Call, Node, Seq, resolve

__all__ = [
    "demand_hashable",
    "demand_keys",
    "demand_same_type",
    "keeping_zone",
    "part_for_item",
    "part_for_key",
    "typed_key",
]


def demand_same_type(old: Node, new: Node) -> None:
    before, after = shape_of(old), shape_of(new)
    if before.kind == after.kind:
        return
    if before.is_object:
        raise RefusedEdit(f"{_a(before.kind)} cannot be typed; change its fields one by one")
    hint = ""
    if after.kind == "int" and before.kind == "float":
        hint = f" (for the same type write {after.text}.0)"
    elif before.kind == "str":
        hint = " (a text needs quotes)"
    raise RefusedEdit(
        f"this is {_a(before.kind)}, and {spell(new, 60)} is {_a(after.kind)}{hint}; "
        "confirm that the type is to change"
    )


def _a(noun: str) -> str:
    return f"an {noun}" if noun[:1].lower() in "aeio" else f"a {noun}"


def keeping_zone(old: Node, new: Node) -> Node:
    """A datetime or time typed without zone keeps a zone that cannot be typed."""
    before, plain = shape_of(old), resolve(old)
    if not before.notes or before.kind not in ("datetime", "time") or not isinstance(plain, Call):
        return new
    args = arguments(plain)
    if args is None or len(args) != 2 or shape_of(new).kind != before.kind:
        return new
    if not isinstance(new, Call) or len(arguments(new) or ()) != 1:
        raise RefusedEdit("this one keeps its time zone; type the time without one")
    return Call(new.how, new.callee, Seq("tuple", [(arguments(new) or [])[0], args[1]]))


def demand_map(part: Part, new: Node) -> None:
    """What a ChainMap looks into stays something that has keys."""
    if part.holds_maps and all(one.style != ENTRY for one in shape_of(new).parts):
        raise RefusedEdit("this is one of the maps of a ChainMap, so it has to be a dict")


def typed_key(part: Part, text: str, known: Collection[str] = ()) -> Node:
    """A new key: for an object's field, its bare name or a text. `known` is as for `parse`."""
    if part.style == FIELD and text.isidentifier():
        return Atom(text)
    key = parse(text, known)
    if part.style == FIELD and text_of(key) is None:
        raise RefusedEdit("a field's name is a text")
    demand_hashable(key)
    return key


def demand_hashable(key: Node) -> None:
    """Keys and members are values that cannot change: the bot would fail on others."""
    obstacle = Hashing().obstacle(key)
    if obstacle:
        raise RefusedEdit(f"{_a(obstacle)} cannot be a key or a member of a set, nor be in one")


def demand_keys(keys: Iterable[Node]) -> None:
    """The keys of one dict or the members of one set: what can be one, and each once."""
    taken: set[str] = set()
    for key in keys:
        demand_hashable(key)
        token = key_token(key)
        if token in taken:
            said = f"{spell(key, 60)} is there twice, or something that the bot takes for equal"
            raise RefusedEdit(said)
        taken.add(token)


def part_for_key(shape: Shape) -> Part:
    if shape.is_object and shape.fields_in is not None:
        return next(part for part in shape.parts if part.owner is shape.fields_in)
    for part in shape.parts:
        if part.style == ENTRY:
            return part
    raise RefusedEdit(f"{_a(shape.kind)} has no keys to add to")


def part_for_item(shape: Shape) -> Part:
    for part in reversed(shape.parts):
        if part.style in (INDEX, MEMBER):
            return part
    raise RefusedEdit(f"{_a(shape.kind)} has no items to add to")
