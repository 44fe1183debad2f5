"""Scalars and arrays of numpy, decoded without it. Shown, not typed: their bytes stay as they are.

Formats (numpy's `multiarraymodule.c`): `scalar(dtype, bytes)`, and an array as
`_reconstruct(ndarray, (0,), b'b')` with the state `(version, shape, dtype, fortran, bytes)`, which
dill writes as `_create_array(_reconstruct, args, state, None)`. A dtype is `dtype('f8', …)` with
the byte order in its state.
"""

import struct
from collections.abc import Callable
from typing import Final, NamedTuple

from storage_core.values.names import arguments, text_of
from storage_core.values.notation_text import atom_text
from storage_core.values.shape import INDEX, Part, Shape
from storage_core.values.tree import Atom, Call, Node, Seq, resolve

__all__ = ["SHAPES"]

_SHOWN: Final = 20
_FORMATS: Final = {
    "b1": ("?", "bool"), "i1": ("b", "int8"), "i2": ("h", "int16"), "i4": ("i", "int32"),
    "i8": ("q", "int64"), "u1": ("B", "uint8"), "u2": ("H", "uint16"), "u4": ("I", "uint32"),
    "u8": ("Q", "uint64"), "f2": ("e", "float16"), "f4": ("f", "float32"), "f8": ("d", "float64"),
}  # fmt: skip


class _Type(NamedTuple):
    name: str
    format: str
    """For `struct`, with the byte order; empty if the bytes are not decoded here."""


def _type_of(node: Node) -> _Type | None:
    call = resolve(node)
    args = arguments(call) if isinstance(call, Call) else None
    code = text_of(args[0]) if args else None
    if code is None or not isinstance(call, Call):
        return None
    state = resolve(call.states[0]) if call.states else None
    order = text_of(state.items[1]) if isinstance(state, Seq) and len(state.items) > 1 else None
    known = _FORMATS.get(code)
    if known is None:
        return _Type("object" if code == "O8" else code, "")
    return _Type(known[1], (">" if order == ">" else "<") + known[0])


def _decoded(kind: _Type, raw: bytes) -> list[str]:
    """The first values in an array's bytes, as text."""
    layout = struct.Struct(kind.format)
    end = min(len(raw) // layout.size, _SHOWN) * layout.size
    return [atom_text(value) for (value,) in layout.iter_unpack(raw[:end])]


def _raw(node: Node) -> bytes | None:
    plain = resolve(node)
    return plain.value if isinstance(plain, Atom) and type(plain.value) is bytes else None


def _scalar(call: Call) -> Shape | None:
    args = arguments(call) or []
    kind = _type_of(args[0]) if len(args) == 2 else None
    raw = _raw(args[1]) if kind is not None else None
    if kind is None or raw is None:
        return None
    values = _decoded(kind, raw) if kind.format else [raw.hex()]
    name = f"numpy.{kind.name}"
    return Shape(name, "num", f"{name}({', '.join(values)})", typeable=False)


def _array(call: Call) -> Shape | None:
    """`_create_array(…)` of dill, or `_reconstruct(…)` with the state handed over later."""
    args = arguments(call) or []
    state = resolve(call.states[0]) if call.states else resolve(args[2]) if len(args) > 2 else None
    if not isinstance(state, Seq) or len(state.items) != 5:
        return None
    shape, kind, content = (
        resolve(state.items[1]),
        _type_of(state.items[2]),
        resolve(state.items[4]),
    )
    if not isinstance(shape, Seq) or kind is None:
        return None
    sizes = [atom_text(one.value) for item in shape.items if isinstance(one := resolve(item), Atom)]
    opening = f"<numpy.ndarray of {'×'.join(sizes) or 'one'} {kind.name} ["
    if isinstance(content, Seq):
        part = Part(INDEX, content.items, content)
        return Shape("numpy.ndarray", "object", parts=(part,), opening=opening, closing="]>",
                     typeable=False)  # fmt: skip
    raw = _raw(content)
    if raw is None:
        return None
    values = _decoded(kind, raw) if kind.format else [raw[:_SHOWN].hex()]
    more = ", …" if kind.format and len(raw) > struct.calcsize(kind.format) * _SHOWN else ""
    text = f"{opening}{', '.join(values)}{more}]>"
    return Shape("numpy.ndarray", "object", text, typeable=False)


SHAPES: Final[dict[str, Callable[[Call], Shape | None]]] = {
    "dill._dill._create_array": _array,
    **{
        f"numpy.{core}.multiarray.{name}": make
        for core in ("core", "_core")
        for name, make in (("scalar", _scalar), ("_reconstruct", _array))
    },
}
