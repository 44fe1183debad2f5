"""Typed JSON: a value as JSON that loses no type.

None, bool, int, finite float, str and list are themselves. A dict whose keys are all different
texts that do not begin with `$` is an object. All else is an object with `$type`:

    {"$type": "datetime", "text": "datetime(\"2026-11-24T09:00:00+00:00\")"}   any other leaf
    {"$type": "bytes", "base64": "…"}          bytes and bytearray
    {"$type": "float", "text": "float('nan')"}
    {"$type": "tuple", "items": […]}           also set, frozenset, deque (with "maxlen")
    {"$type": "dict", "entries": [[key, value], …]}   also OrderedDict, Counter, defaultdict
    {"$type": "object", "class": "acme.models.Ticket", "args": […], "items": […],
     "entries": [[…]], "fields": [[name, value], …]}
    {"$same-as": "['votes']"}                  the same object as the one at that path
    {"$cut": "why"}                            what follows is not here: reading ended, or it is
                                               deeper or longer than the bounds below
    {"$masked": "its name says secret"}        what is not to be shown

`from_json` takes all of it that can be typed.
"""

import base64
import math
import re
from typing import Any, Final

from storage_core.exceptions import RefusedEdit
from storage_core.values.known import containers
from storage_core.values.literals import parse
from storage_core.values.names import text_of
from storage_core.values.notation_text import MAX_BITS
from storage_core.values.paths import shadowed, step_to
from storage_core.values.shape import ENTRY, FIELD, INDEX, MEMBER, NAMED, Part, Place, Shape
from storage_core.values.shapes import shape_of
from storage_core.values.tree import Atom, Map, Masked, Node, Opaque, Seq, resolve
from storage_core.values.typed import demand_keys

__all__ = ["MAX_LEVELS", "from_json", "to_json"]

MAX_LEVELS: Final = 200
MAX_NODES: Final = 500_000
_MAXLEN = re.compile(r"maxlen=(\d+)\)\Z")
_FACTORY = re.compile(r"defaultdict\(([^,]*), ")


def to_json(root: Node) -> Any:
    """The whole tree as typed JSON, in objects that `json.dumps` takes."""
    return _Converter().run(root)


class _Converter:
    def __init__(self) -> None:
        self.first: dict[int, str] = {}
        self.work: list[tuple[Node, str, int, Any, Any]] = []
        """Node, its path and level, and where its JSON goes: container and key."""

    def run(self, root: Node) -> Any:
        holder: list[Any] = [None]
        self.work.append((root, "", 0, holder, 0))
        for _ in range(MAX_NODES):
            if not self.work:
                return holder[0]
            node, path, level, into, key = self.work.pop()
            into[key] = self.convert(resolve(node), path, level)
        for _, _, _, into, key in self.work:
            into[key] = {"$cut": f"more than {MAX_NODES:,} parts"}
        return holder[0]

    def convert(self, node: Node, path: str, level: int) -> Any:
        shape = shape_of(node)
        if shape.is_leaf:
            return _leaf(node, shape)
        if id(node) in self.first:
            return {"$same-as": self.first[id(node)]}
        if level >= MAX_LEVELS:
            return {"$cut": f"deeper than {MAX_LEVELS} levels"}
        self.first[id(node)] = path
        hidden = shadowed(shape)
        if shape.kind == "dict" and not hidden and _is_plain(shape):
            plain: dict[str, Any] = {}
            for number, place in shape.places():
                name = text_of(place.key) or ""
                plain[name] = None
                inner = path + step_to(shape, number, place, hidden)
                self.work.append((place.node, inner, level + 1, plain, name))
            return plain
        return self.typed(shape, path, level, hidden)

    def typed(self, shape: Shape, path: str, level: int, hidden: set[int]) -> Any:
        runs: dict[str, list[Any]] = {}
        for number, place in shape.places():
            inner = path + step_to(shape, number, place, hidden)
            run = runs.setdefault(_RUNS.get(place.part.style, "args"), [])
            run.append(self.pair(place, inner, level, run))
        if shape.kind == "list":
            return runs.get("items", [])
        if shape.is_object:
            return {"$type": "object", "class": shape.kind, **runs}
        made: dict[str, Any] = {"$type": shape.kind, **({"items": []} if not runs else {}), **runs}
        if not runs and any(part.style == ENTRY for part in shape.parts):
            made = {"$type": shape.kind, "entries": []}
        longest, factory = _MAXLEN.search(shape.closing), _FACTORY.match(shape.opening)
        if longest:
            made["maxlen"] = int(longest[1])
        if factory:
            made["factory"] = factory[1]
        return made

    def pair(self, place: Place, path: str, level: int, run: list[Any]) -> Any:
        """The JSON of one child: a pair where it has a key, filled in later."""
        style = place.part.style
        if style not in (ENTRY, FIELD, NAMED):
            self.work.append((place.node, path, level + 1, run, len(run)))
            return None
        pair: list[Any] = [None, None]
        if style == NAMED:
            pair[0] = place.part.names[place.index]
        elif place.key is not None:
            self.work.append((place.key, path, level + 1, pair, 0))
        self.work.append((place.node, path, level + 1, pair, 1))
        return pair


_RUNS: Final = {INDEX: "items", MEMBER: "items", ENTRY: "entries", FIELD: "fields", NAMED: "fields"}


def _is_plain(shape: Shape) -> bool:
    part: Part = shape.parts[0]
    names = [text_of(key) for key in part.nodes[part.first :: 2]]
    return all(name is not None and not name.startswith("$") for name in names)


def _leaf(node: Node, shape: Shape) -> Any:
    if isinstance(node, Masked):
        return {"$masked": node.why}
    if isinstance(node, Opaque) and node.kind == "cut":
        return {"$cut": "the value could not be read to its end"}
    return _atom(node, shape) if isinstance(node, Atom) else _told(shape)


def _told(shape: Shape) -> dict[str, Any]:
    return {"$type": shape.kind, "text": shape.text}


def _atom(node: Atom, shape: Shape) -> Any:
    value = node.value
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int) and value.bit_length() <= MAX_BITS:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, (bytes, bytearray)):
        return {"$type": shape.kind, "base64": base64.b64encode(value).decode("ascii")}
    return _told(shape)


def from_json(data: Any, level: int = 0) -> Node:
    """The tree of typed content that `to_json` gave. Raises RefusedEdit for all else."""
    if level > MAX_LEVELS:
        raise RefusedEdit(f"this JSON is deeper than {MAX_LEVELS} levels")
    if isinstance(data, float) and not math.isfinite(data):
        raise RefusedEdit(
            "a number in this JSON is too large for a float, or none; infinity is written as "
            '{"$type": "float", "text": "float(\'inf\')"}'
        )
    if data is None or isinstance(data, (bool, int, float, str)):
        return Atom(data)
    if isinstance(data, list):
        return Seq("list", [from_json(item, level + 1) for item in data])
    if not isinstance(data, dict):
        raise RefusedEdit("this is no JSON")
    if not any(isinstance(key, str) and key.startswith("$") for key in data):
        flat = [
            part for key, value in data.items() for part in (Atom(key), from_json(value, level + 1))
        ]
        return Map(flat)
    return _typed(data, level)


def _typed(data: dict[str, Any], level: int) -> Node:
    kind = data.get("$type")
    try:
        if isinstance(data.get("text"), str):
            return parse(data["text"])
        if kind in ("bytes", "bytearray"):
            raw = base64.b64decode(data["base64"], validate=True)
            return Atom(raw) if kind == "bytes" else parse(f"bytearray({raw!r})")
        if kind in ("tuple", "set", "frozenset"):
            items = [from_json(item, level + 1) for item in data["items"]]
            if kind != "tuple":
                demand_keys(items)
            return Seq(kind, items)
        if kind == "deque":
            held = Seq("list", [from_json(item, level + 1) for item in data["items"]])
            names: dict[str, Node] = {"maxlen": Atom(data["maxlen"])} if "maxlen" in data else {}
            return containers.TYPED["deque"]([held], names)
        if kind in ("dict", "OrderedDict", "Counter"):
            pairs = [(from_json(k, level + 1), from_json(v, level + 1)) for k, v in data["entries"]]
            demand_keys([key for key, _ in pairs])
            entries = Map([part for pair in pairs for part in pair])
            return entries if kind == "dict" else containers.TYPED[kind]([entries], {})
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, RefusedEdit):
            raise
        raise RefusedEdit(f"this JSON is no {kind}") from None
    raise RefusedEdit(f"{kind or 'a part of it'} can be read but not written as JSON")
