"""Scalars and arrays of numpy, decoded without it. Arrays are shown, not typed; a scalar that is a
number takes another one of its type.

Formats (numpy's `multiarraymodule.c`, `numeric.py`): `scalar(dtype, bytes)`; an array as
`_reconstruct(ndarray, (0,), b'b')` with the state `(version, shape, dtype, fortran, bytes)`, which
dill writes as `_create_array(_reconstruct, args, state, None)`; with protocol 5 as
`_frombuffer(bytes, dtype, shape, order)`. What is not exactly that is shown as the call that it is.
"""

from collections.abc import Callable
from itertools import islice
from math import prod
from typing import Final

from storage_core.exceptions import RefusedEdit
from storage_core.values.known.dtypes import OBJECT, Element, element_of
from storage_core.values.known.octets import bytes_of
from storage_core.values.names import arguments, name_of, printable, text_of
from storage_core.values.shape import INDEX, Part, Shape
from storage_core.values.tree import Atom, Call, Map, Node, Seq, resolve

__all__ = ["KNOWN", "SHOWN", "element_types", "keeping_element"]

_SHOWN: Final = 100
"""Elements of an array whose values are written out."""
_TEXT: Final = 2000
_MOST_AXES: Final = 64
_MOST_GIVEN: Final = 8
"""Arguments of a call at which is looked: numpy's take fewer."""
_CORES: Final = ("numpy.core", "numpy._core")
_RECONSTRUCT: Final = frozenset(f"{core}.multiarray._reconstruct" for core in _CORES)


def _scalar(call: Call) -> Shape | None:
    args = arguments(call) or []
    element = element_of(args[0]) if len(args) == 2 else None
    raw = _content(args[1]) if element is not None else None
    if element is None or raw is None or len(raw) != element.size or _is_filled(call):
        return None
    name, _, unit = element.name.partition(" of ")[0].partition("[")
    text = element.decode(raw)
    if name == "timedelta64" and unit != "generic]":
        text = f"{text}, '{unit[:-1]}'"
    return Shape(
        f"numpy.{name}",
        "time" if unit else "num",
        f"numpy.{name}({text})",
        typeable=False,
        exact=raw,
        typed_as=text if element.layout else None,
    )


def _number(call: Call) -> Shape | None:
    shape = _scalar(call)
    return shape if shape is not None and shape.typed_as is not None else None


def keeping_element(old: Node, new: Node) -> Node:
    """A plain number that was typed for a number of numpy, as one of the same type."""
    plain = resolve(old)
    args = arguments(plain) if isinstance(plain, Call) and name_of(plain.callee) in KNOWN else None
    element = element_of(args[0]) if args is not None and len(args) == 2 else None
    if args is None or element is None or not isinstance(plain, Call):
        return new
    if not isinstance(new, Atom) or type(new.value) not in (int, float, bool):
        return new
    try:
        raw = element.encode(new.value)
    except ValueError as error:
        raise RefusedEdit(str(error)) from None
    return Call(plain.how, plain.callee, Seq("tuple", [args[0], Atom(raw)]))


def element_types(call: Call) -> list[Call]:
    """The types of elements that a call of numpy is given, whether or not they can be decoded."""
    if name_of(call.callee) not in SHOWN:
        return []
    given = [resolve(node) for node in (*(arguments(call) or [])[:_MOST_GIVEN], *call.states[:1])]
    inner = [resolve(item) for node in given if isinstance(node, Seq) and node.kind == "tuple"
             for item in node.items[:_MOST_GIVEN]]  # fmt: skip
    return [node for node in (*given, *inner)
            if isinstance(node, Call) and name_of(node.callee) == "numpy.dtype"]  # fmt: skip


def _is_filled(call: Call) -> bool:
    return bool(call.items or call.entries or call.members or call.states or call.kwargs)


def _content(node: Node) -> bytes | None:
    plain = resolve(node)
    if isinstance(plain, Atom) and type(plain.value) is bytearray:
        return bytes(plain.value)
    if isinstance(plain, Call) and name_of(plain.callee) == "builtins.bytearray":
        args = arguments(plain)
        return bytes_of(args[0]) if args is not None and len(args) == 1 else None
    return bytes_of(plain)


def _made_by_dill(call: Call) -> Shape | None:
    """`_create_array(_reconstruct, (class, (0,), b'b'), state, attributes or None)`."""
    args = arguments(call) or []
    if len(args) != 4 or name_of(args[0]) not in _RECONSTRUCT or _is_filled(call):
        return None
    made, attributes = resolve(args[1]), resolve(args[3])
    is_empty = (isinstance(attributes, Atom) and attributes.value is None) or (
        isinstance(attributes, Map) and not attributes.items
    )
    if not is_empty or not isinstance(made, Seq) or len(made.items) != 3:
        return None
    return _with_state(made.items[0], resolve(args[2]))


def _reconstructed(call: Call) -> Shape | None:
    args = arguments(call) or []
    if len(args) != 3 or len(call.states) != 1 or call.items or call.entries or call.members:
        return None
    return _with_state(args[0], resolve(call.states[0]))


def _with_state(cls: Node, state: Node) -> Shape | None:
    if not isinstance(state, Seq) or state.kind != "tuple" or len(state.items) != 5:
        return None
    fortran = resolve(state.items[3])
    if not isinstance(fortran, Atom) or type(fortran.value) is not bool:
        return None
    element = element_of(state.items[2])
    return _array(cls, state.items[1], element, state.items[4], by_column=fortran.value)


def _masked(call: Call) -> Shape | None:
    """`_mareconstruct(class, base, (0,), b'b')`, whose state has a mask and a fill value as well.

    What is masked is shown as `--`, as numpy does.
    """
    args, state = arguments(call) or [], resolve(call.states[0]) if call.states else None
    if len(args) != 4 or len(call.states) != 1 or call.items or call.entries or call.members:
        return None
    if not isinstance(state, Seq) or state.kind != "tuple" or len(state.items) != 7:
        return None
    fortran, mask = resolve(state.items[3]), _content(state.items[5])
    filler = _filler(resolve(state.items[6]))
    element = element_of(state.items[2])
    if not isinstance(fortran, Atom) or type(fortran.value) is not bool or mask is None:
        return None
    if filler is None or element is None or element.name == OBJECT:
        return None
    shape = _array(args[0], state.items[1], element, state.items[4], by_column=fortran.value,
                   mask=mask)  # fmt: skip
    if shape is None or shape.text is None:
        return None
    shape.text = f"{shape.text[:-1]}{filler}>"
    return shape


def _filler(node: Node) -> str | None:
    """How a masked array's fill value is told; None if it is nothing that is known."""
    if isinstance(node, Atom) and node.value is None:
        return ""
    make = SHOWN.get(name_of(node.callee) or "") if isinstance(node, Call) else None
    shape = make(node) if make is not None and isinstance(node, Call) else None
    return f" filled with {shape.text}" if shape is not None and shape.text is not None else None


def _from_buffer(call: Call) -> Shape | None:
    args = arguments(call) or []
    order = text_of(args[3]) if len(args) == 4 else None
    if order not in ("C", "F") or _is_filled(call):
        return None
    return _array(None, args[2], element_of(args[1]), args[0], by_column=order == "F")


def _array(
    cls: Node | None,
    axes: Node,
    element: Element | None,
    content: Node,
    *,
    by_column: bool,
    mask: bytes | None = None,
) -> Shape | None:
    name = "numpy.ndarray" if cls is None else name_of(cls)
    sizes = _sizes(resolve(axes))
    if name is None or element is None or sizes is None:
        return None
    opening = f"<{printable(name)} of {'×'.join(map(str, sizes)) or 'one'} {element.name} "
    total, held = prod(sizes), resolve(content)
    if element.name == OBJECT:
        if not isinstance(held, Seq) or held.kind != "list" or len(held.items) != total:
            return None
        parts = (Part(INDEX, held.items, held),)
        return Shape(name, "object", parts=parts, opening=f"{opening}[", closing="]>",
                     typeable=False)  # fmt: skip
    raw = _content(held)
    if raw is None or len(raw) != total * element.size or (mask and len(mask) != total):
        return None
    text = f"{opening}{_laid_out(raw, element, sizes, mask or b'', by_column=by_column)}>"
    return Shape(name, "object", text, typeable=False, exact=raw + (mask or b""))


def _sizes(axes: Node) -> list[int] | None:
    if not isinstance(axes, Seq) or axes.kind != "tuple" or len(axes.items) > _MOST_AXES:
        return None
    sizes = [one.value if isinstance(one, Atom) else None for one in map(resolve, axes.items)]
    known = [size for size in sizes if type(size) is int and 0 <= size < 1 << 40]
    return known if len(known) == len(sizes) else None


def _laid_out(
    raw: bytes, element: Element, sizes: list[int], mask: bytes, *, by_column: bool
) -> str:
    """The first elements in brackets, row by row, however they lie in memory; bounded."""
    if not sizes:
        return "--" if any(mask) else element.decode(raw)
    blocks = [prod(sizes[axis:]) for axis in range(len(sizes))]
    if not blocks[0]:
        return "[]"
    steps = [prod(sizes[:axis]) if by_column else prod(sizes[axis + 1 :])
             for axis in range(len(sizes))]  # fmt: skip
    out: list[str] = []
    length = 0
    for number in islice(range(blocks[0]), _SHOWN):
        opened = sum(number % block == 0 for block in blocks)
        closed = sum((number + 1) % block == 0 for block in blocks)
        place = sum((number // prod(sizes[axis + 1 :])) % sizes[axis] * step
                    for axis, step in enumerate(steps))  # fmt: skip
        is_masked = place < len(mask) and mask[place]
        start = place * element.size
        text = "--" if is_masked else element.decode(raw[start : start + element.size])
        length += len(text)
        out.append(f"{', ' if number else ''}{'[' * opened}{text}{']' * closed}")
        if length > _TEXT and number + 1 < blocks[0]:
            break
    shown = len(out)
    if shown == blocks[0]:
        return "".join(out)
    open_now = len(sizes) - sum(shown % block == 0 for block in blocks)
    return f"{''.join(out)}, …{']' * open_now}"


KNOWN: Final[dict[str, Callable[[Call], Shape | None]]] = {
    f"{core}.multiarray.scalar": _number for core in _CORES
}
"""What only holds a number: other bytes in it are another number, and nothing else."""
SHOWN: Final[dict[str, Callable[[Call], Shape | None]]] = {
    "dill._dill._create_array": _made_by_dill,
    "numpy.ma.core._mareconstruct": _masked,
    **dict.fromkeys(_RECONSTRUCT, _reconstructed),
    **{f"{core}.multiarray.scalar": _scalar for core in _CORES},
    **{f"{core}.numeric._frombuffer": _from_buffer for core in _CORES},
}
