"""Containers that are made by a call: sets of old protocols, OrderedDict, deque, Counter …"""

import sys
from collections.abc import Callable
from typing import Final

from storage_core.values.names import arguments, name_of, text_of
from storage_core.values.shape import ENTRY, INDEX, MEMBER, Part, Shape
from storage_core.values.tree import Atom, Call, Global, Map, Node, Seq, resolve

__all__ = ["SHAPES", "SHOWN", "TYPED"]


def _bare(call: Call, *unused: str) -> list[Node] | None:
    """The arguments of a call in which nothing but what a shape shows was put in afterwards."""
    if call.kwargs is not None or call.states or any(getattr(call, name) for name in unused):
        return None
    return arguments(call)


def _set(call: Call) -> Shape | None:
    """`set([…])`, as protocols below 4 write it."""
    args = _bare(call, "items", "entries")
    kind = (name_of(call.callee) or "").rpartition(".")[2]
    if args is None or len(args) > 1:
        return None
    parts: tuple[Part, ...] = ()
    if args:
        source = resolve(args[0])
        if not isinstance(source, Seq) or source.kind not in ("list", "tuple"):
            return None
        parts = (Part(MEMBER, source.items, source),)
    if call.members:
        parts += (Part(MEMBER, call.members, call),)
    return set_shape(kind, parts)


def set_shape(kind: str, parts: tuple[Part, ...]) -> Shape:
    filled = any(part.nodes for part in parts)
    opening, closing = (f"{kind}(", ")") if not filled else ("{", "}")
    if filled and kind == "frozenset":
        opening, closing = "frozenset({", "})"
    return Shape(kind, "container", parts=parts, opening=opening, closing=closing)


def _ordered_dict(call: Call) -> Shape | None:
    if _bare(call, "items", "members") != []:
        return None
    part = Part(ENTRY, call.entries, call)
    return Shape(
        "OrderedDict", "container", parts=(part,), opening="OrderedDict([", closing="])", pairs=", "
    )


def _counter(call: Call) -> Shape | None:
    args = _bare(call, "items", "members", "entries")
    counts = resolve(args[0]) if args is not None and len(args) == 1 else None
    if not isinstance(counts, Map):
        return None
    part = Part(ENTRY, counts.items, counts)
    return Shape("Counter", "container", parts=(part,), opening="Counter({", closing="})")


def _is_size(value: object) -> bool:
    return type(value) is int and 0 <= value <= sys.maxsize


def _deque(call: Call) -> Shape | None:
    args = _bare(call, "entries", "members")
    if args is None or len(args) > 2:
        return None
    parts = [Part(INDEX, call.items, call)]
    if args:
        start = resolve(args[0])
        if not isinstance(start, Seq) or start.kind not in ("list", "tuple"):
            return None
        if start.items:
            parts.insert(0, Part(INDEX, start.items, start))
    longest = resolve(args[1]) if len(args) == 2 else None
    if longest is None or (isinstance(longest, Atom) and longest.value is None):
        closing = "])"
    elif isinstance(longest, Atom) and _is_size(longest.value):
        closing = f"], maxlen={longest.value})"
    else:
        return None
    return Shape("deque", "container", parts=tuple(parts), opening="deque([", closing=closing)


def _defaultdict(call: Call) -> Shape | None:
    """Its factory is named and stays as it is: it is something that the bot calls."""
    args = _bare(call, "items", "members")
    if args is None or len(args) > 1:
        return None
    factory = name_of(args[0]) if args else "None"
    if factory is None and not _is_none(args[0]):
        return None
    shown = (factory or "None").removeprefix("builtins.")
    return Shape(
        "defaultdict",
        "container",
        parts=(Part(ENTRY, call.entries, call),),
        opening=f"defaultdict({shown}, {{",
        closing="})",
        typeable=False,
    )


def _chain_map(call: Call) -> Shape | None:
    """Its maps in the order in which they are looked into; nothing else of it is ever looked at."""
    state = resolve(call.states[0]) if len(call.states) == 1 else None
    if not isinstance(state, Map) or len(state.items) != 2 or text_of(state.items[0]) != "maps":
        return None
    maps = resolve(state.items[1])
    if not isinstance(maps, Seq) or maps.kind != "list" or call.kwargs is not None:
        return None
    if call.items or call.entries or call.members:
        return None
    part = Part(INDEX, maps.items, maps, fixed=True, holds_maps=True)
    return Shape(
        "ChainMap", "container", parts=(part,), opening="ChainMap(", closing=")", typeable=False
    )


def _is_none(node: Node) -> bool:
    node = resolve(node)
    return isinstance(node, Atom) and node.value is None


SHAPES: Final[dict[str, Callable[[Call], Shape | None]]] = {
    "builtins.set": _set,
    "builtins.frozenset": _set,
    "collections.OrderedDict": _ordered_dict,
    "collections.Counter": _counter,
    "collections.deque": _deque,
    "collections.defaultdict": _defaultdict,
}
SHOWN: Final[dict[str, Callable[[Call], Shape | None]]] = {"collections.ChainMap": _chain_map}
"""What is shown as what it is, though it is made as any object is."""


def _one(args: list[Node], names: dict[str, Node], kinds: tuple[str, ...]) -> list[Node]:
    if names or len(args) > 1:
        raise ValueError("takes one argument")
    if not args:
        return []
    if not isinstance(args[0], Seq) or args[0].kind not in kinds:
        raise ValueError(f"takes a {kinds[0]}")
    return args[0].items


def _typed_set(kind: str) -> Callable[[list[Node], dict[str, Node]], Node]:
    def build(args: list[Node], names: dict[str, Node]) -> Node:
        return Seq(kind, _one(args, names, ("set", "list", "tuple")))

    return build


def _typed_ordered_dict(args: list[Node], names: dict[str, Node]) -> Node:
    node = Call("call", Global("collections", "OrderedDict"), Seq("tuple", []))
    if len(args) == 1 and isinstance(args[0], Map) and not names:
        node.entries = args[0].items
        return node
    for pair in _one(args, names, ("list", "tuple")):
        if not isinstance(pair, Seq) or pair.kind not in ("tuple", "list") or len(pair.items) != 2:
            raise ValueError("takes a list of pairs, such as OrderedDict([('a', 1)])")
        node.entries += pair.items
    return node


def _typed_counter(args: list[Node], names: dict[str, Node]) -> Node:
    if names or len(args) > 1 or (args and not isinstance(args[0], Map)):
        raise ValueError("takes a dict, such as Counter({'a': 1})")
    counts = args[0] if args else Map([])
    return Call("call", Global("collections", "Counter"), Seq("tuple", [counts]))


def _typed_deque(args: list[Node], names: dict[str, Node]) -> Node:
    longest = names.pop("maxlen", None)
    head: list[Node] = []
    if longest is not None:
        value = longest.value if isinstance(longest, Atom) else -1
        if value is not None and not _is_size(value):
            raise ValueError("takes a whole number as maxlen")
        head = [Seq("tuple", []), longest]
    node = Call("call", Global("collections", "deque"), Seq("tuple", head))
    node.items = _one(args, names, ("list", "tuple"))
    most = longest.value if isinstance(longest, Atom) else None
    if type(most) is int and len(node.items) > most:
        raise ValueError(f"keeps {most:,} items only, and there are {len(node.items):,}")
    return node


TYPED: Final[dict[str, Callable[[list[Node], dict[str, Node]], Node]]] = {
    "set": _typed_set("set"),
    "frozenset": _typed_set("frozenset"),
    "OrderedDict": _typed_ordered_dict,
    "Counter": _typed_counter,
    "deque": _typed_deque,
}
