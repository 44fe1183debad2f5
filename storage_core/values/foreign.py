"""Bytes that no bot wrote: recognised as text, JSON, a number or plain bytes, and shown as such."""

import json
import re
from typing import Any, Final, NamedTuple

from storage_core.values.machine import MAX_DIGITS
from storage_core.values.msgpack import looks_like_msgpack
from storage_core.values.tree import Atom, Map, Node, Program, Seq

__all__ = ["Foreign", "recognise"]

MAX_JSON: Final = 4 * 1024 * 1024
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\Z", re.ASCII)
_FEW_STEPS: Final = 3


class Foreign(NamedTuple):
    kind: str
    """`empty`, `text`, `json`, `number` or `binary`."""
    root: Node
    note: str


def recognise(data: bytes, program: Program) -> Foreign | None:  # noqa: PLR0911 - a cascade
    """What the bytes are, if they are no pickle; None if they are one, whole or broken.

    `program` is what reading them as a pickle gave. Every pickle of protocol 2 and up begins with
    0x80. Older ones have no mark, so a broken one is told from text by how far it could be read.
    """
    if not data:
        return Foreign("empty", Atom(b""), "nothing at all: the value is empty")
    if data[0] == 0x80 and len(data) > 1 and (data[1] <= 5 or data.endswith(b".")):
        return None
    whole = program.error is None
    if whole and program.end == len(data):
        return None
    text = _text_of(data)
    if text is None:
        if whole or len(program.memo) >= _FEW_STEPS:
            return None
        said = "that look like msgpack" if looks_like_msgpack(data) else "of an unknown kind"
        return Foreign("binary", Atom(data), f"no pickle: bytes {said}")
    if (whole or program.error_at >= len(data) - 1) and len(program.memo) >= _FEW_STEPS:
        return None
    if _NUMBER.match(text.strip()):
        return Foreign("number", Atom(text), "no pickle: a number as text, as a counter of Redis")
    parsed = _json(text) if len(data) <= MAX_JSON else None
    if parsed is not None:
        return Foreign("json", parsed, "no pickle: JSON")
    return Foreign("text", Atom(text), "no pickle: plain text")


def _text_of(data: bytes) -> str | None:
    """The bytes as text, if they are UTF-8 without control characters."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    controls = sum(text.count(chr(code)) for code in (*range(9), 11, 12, *range(14, 27), 127))
    return text if not controls else None


def _json(text: str) -> Node | None:
    """JSON as a tree; None if it is none, or nested too deeply to be read."""
    if text.lstrip()[:1] not in ("{", "[", '"') and text.strip() not in ("true", "false", "null"):
        return None
    try:
        parsed = json.loads(
            text, object_pairs_hook=_Pairs, parse_int=_whole_number, parse_constant=float
        )
    except (ValueError, RecursionError):
        return None
    return _tree(parsed)


class _Pairs(list[tuple[str, Any]]):
    """An object of JSON, with the keys that it has twice."""


def _whole_number(text: str) -> int | float:
    return int(text) if len(text) <= MAX_DIGITS else float(text[:20] + "e9999")


def _tree(parsed: object) -> Node:
    """Nodes for what `json` gave. Its depth is bounded by the recursion that `json` itself did."""
    holder: list[Node] = []
    work: list[tuple[Any, list[Node]]] = [(parsed, holder)]
    while work:
        value, into = work.pop()
        if isinstance(value, _Pairs):
            entries = Map([])
            into.append(entries)
            flat = [part for key, inner in value for part in (key, inner)]
            work.extend((part, entries.items) for part in reversed(flat))
        elif isinstance(value, list):
            items = Seq("list", [])
            into.append(items)
            work.extend((item, items.items) for item in reversed(value))
        else:
            into.append(Atom(value))
    return holder[0]
