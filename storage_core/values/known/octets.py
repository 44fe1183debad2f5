"""Bytes and bytearrays, in each shape that they are written in."""

from collections.abc import Callable
from typing import Final

from storage_core.values.known.calls import call_of
from storage_core.values.names import arguments, name_of, plain_values, text_of
from storage_core.values.shape import Shape
from storage_core.values.tree import Atom, Call, Node, resolve

__all__ = ["SHAPES", "TYPED", "bytes_of"]

_ENCODE: Final = "_codecs.encode"


def bytes_of(node: Node) -> bytes | None:
    """The bytes of a node, in each shape that they are written in; None for anything else."""
    node = resolve(node)
    if isinstance(node, Atom):
        if type(node.value) is bytes:
            return node.value
        if type(node.value) is str and len(node.value) <= 10:  # a Python 2 string
            try:
                return node.value.encode("latin-1", "surrogateescape")
            except UnicodeEncodeError:
                return None
    elif isinstance(node, Call) and name_of(node.callee) == _ENCODE:
        return _encoded(node)
    elif isinstance(node, Call) and name_of(node.callee) == "builtins.bytes":
        return b"" if plain_values(node) == [] else None
    return None


def _encoded(call: Call) -> bytes | None:
    """`_codecs.encode(text, 'latin1')`: bytes as protocols 0 to 2 write them."""
    values = plain_values(call)
    if values is None or len(values) != 2 or values[1] not in ("latin1", "latin-1"):
        return None
    try:
        return str(values[0]).encode("latin-1") if isinstance(values[0], str) else None
    except UnicodeEncodeError:
        return None


def _bytes(call: Call) -> Shape | None:
    if name_of(call.callee) == "builtins.bytes":
        return Shape("bytes", "bytes", "b''") if plain_values(call) == [] else None
    raw = _encoded(call)
    return None if raw is None else Shape("bytes", "bytes", repr(raw))


def _bytearray(call: Call) -> Shape | None:
    args = arguments(call)
    if args is None or call.kwargs is not None:
        return None
    if not args:
        return Shape("bytearray", "bytes", "bytearray(b'')")
    raw = bytes_of(args[0])
    if len(args) == 2:  # protocol 0 to 2: the bytes as a latin-1 text
        text, encoding = text_of(args[0]), text_of(args[1])
        try:
            raw = text.encode("latin-1") if text is not None and encoding == "latin-1" else None
        except UnicodeEncodeError:
            raw = None
    if raw is None or len(args) > 2:
        return None
    return Shape("bytearray", "bytes", f"bytearray({raw!r})")


def _typed_bytearray(args: list[Node], names: dict[str, Node]) -> Node:
    raw = bytes_of(args[0]) if len(args) == 1 and not names else b"" if not args else None
    if raw is None or (args and text_of(args[0]) is not None):
        raise ValueError("takes bytes, such as bytearray(b'ab')")
    return call_of("builtins", "bytearray", raw) if raw else call_of("builtins", "bytearray")


SHAPES: Final[dict[str, Callable[[Call], Shape | None]]] = {
    _ENCODE: _bytes,
    "builtins.bytes": _bytes,
    "builtins.bytearray": _bytearray,
}
TYPED: Final[dict[str, Callable[[list[Node], dict[str, Node]], Node]]] = {
    "bytearray": _typed_bytearray,
}
