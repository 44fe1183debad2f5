"""Single values that are made by a call: complex, bytes, Decimal, UUID, paths, addresses …"""

import cmath
import ipaddress
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final
from uuid import UUID

from storage_core.values.names import RECONSTRUCTOR, arguments, name_of, plain_values, text_of
from storage_core.values.notation_text import MAX_BITS, quoted
from storage_core.values.shape import Shape
from storage_core.values.tree import Atom, Call, Global, Map, Node, Seq, resolve

__all__ = ["SHAPES", "TYPED", "bytes_of"]

_DECIMAL = re.compile(
    r"[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[iI]nf(?:inity)?|s?NaN\d*)\Z", re.ASCII
)
_FRACTION = re.compile(r"[+-]?\d{1,4000}(?:/\d{1,4000})?\Z", re.ASCII)
_RANGE = re.compile(r"range\((-?\d{1,30}), (-?\d{1,30})(?:, (-?\d{1,30}))?\)\Z", re.ASCII)
_MAX_TEXT: Final = 10_000
_MAX_RANGE: Final = 100
"""Bits of the numbers in a range or slice."""
_LONG_EXPONENT: Final = 18
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


def _complex(call: Call) -> Shape | None:
    values = plain_values(call)
    if values is None or len(values) != 2:
        return None
    real, imaginary = values
    if not isinstance(real, float) or not isinstance(imaginary, float):
        return None
    value = complex(real, imaginary)
    return Shape("complex", "num", repr(value), typeable=cmath.isfinite(value))


def _is_decimal(text: str) -> bool:
    """Whether Decimal can hold it: only exponents of eighteen digits and more may be too large."""
    if len(text) < _LONG_EXPONENT:
        return True
    try:
        Decimal(text)
    except InvalidOperation:
        return False
    return True


def _decimal(call: Call) -> Shape | None:
    values = plain_values(call)
    if values is None or len(values) != 1 or not isinstance(values[0], str):
        return None
    text = values[0]
    if len(text) > _MAX_TEXT or not _DECIMAL.match(text) or not _is_decimal(text):
        return None
    return Shape("Decimal", "num", f'Decimal("{text}")')


def _has_bottom(text: str) -> bool:
    """Whether what stands under the line is not zero."""
    return bool((text.partition("/")[2] or "1").strip("0"))


def _fraction(call: Call) -> Shape | None:
    values = plain_values(call)
    if values is None or not 1 <= len(values) <= 2:
        return None
    if len(values) == 1:
        text = values[0]
        return (
            Shape("Fraction", "num", f'Fraction("{text}")')
            if isinstance(text, str) and _FRACTION.match(text) and _has_bottom(text)
            else None
        )
    if any(type(v) is not int or v.bit_length() > MAX_BITS for v in values) or values[1] == 0:
        return None
    return Shape("Fraction", "num", f'Fraction("{values[0]}/{values[1]}")')


def _is_bare_new(call: Call) -> bool:
    """`cls.__new__(cls)` as protocol 2 writes it, or `_reconstructor(cls, object, None)`."""
    args = arguments(call)
    if call.how == "new" or args is None:
        return args == []
    if name_of(call.callee) != RECONSTRUCTOR or len(args) != 3:
        return False
    last = resolve(args[2])
    is_object = name_of(args[1]) == "builtins.object"
    return is_object and isinstance(last, Atom) and last.value is None


def _uuid(call: Call) -> Shape | None:
    state = resolve(call.states[0]) if len(call.states) == 1 else None
    if not isinstance(state, Map) or not _is_bare_new(call):
        return None
    found: dict[str, object] = {}
    for key, value in zip(state.items[::2], state.items[1::2], strict=True):
        name, plain = text_of(key), resolve(value)
        if name is None or name in found:
            return None
        found[name] = plain.value if isinstance(plain, Atom) else None
    number = found.get("int")
    if (
        type(number) is not int
        or not 0 <= number < 1 << 128
        or not {"int", "is_safe"} >= set(found)
    ):
        return None
    return Shape("UUID", "name", f'UUID("{UUID(int=number)}")')


_PATHS: Final = {
    "PosixPath": ("Path", PurePosixPath),
    "PurePosixPath": ("PurePosixPath", PurePosixPath),
    "WindowsPath": ("WindowsPath", PureWindowsPath),
    "PureWindowsPath": ("PureWindowsPath", PureWindowsPath),
}


def _path(call: Call) -> Shape | None:
    values = plain_values(call)
    shown, make = _PATHS[(name_of(call.callee) or "").rpartition(".")[2]]
    if values is None or not all(isinstance(v, str) for v in values):
        return None
    path = make(*values)  # type: ignore[arg-type]  # texts, checked above
    return Shape(shown, "name", f"{shown}({quoted(str(path))})")


_SINGLES: Final = (["Ellipsis"], ["NotImplemented"])
"""What there is one of; dill has the bot evaluate its name."""


def _range(call: Call) -> Shape | None:
    values = plain_values(call)
    if values is None or call.how != "call":
        return None
    if name_of(call.callee) != "builtins.range" and values in _SINGLES:
        return Shape(str(values[0]), "word", str(values[0]), typeable=False)
    if name_of(call.callee) == "builtins.range":
        if len(values) != 3 or any(
            type(v) is not int or v.bit_length() > _MAX_RANGE for v in values
        ):
            return None
        start, stop, step = values
    else:  # dill has the bot evaluate the text of a range; anything else is no range
        match = _RANGE.match(values[0]) if len(values) == 1 and isinstance(values[0], str) else None
        if match is None:
            return None
        start, stop, step = int(match[1]), int(match[2]), int(match[3] or 1)
    if step == 0:
        return None
    text = f"range({start}, {stop})" if step == 1 else f"range({start}, {stop}, {step})"
    return Shape("range", "num", text)


def _is_short(value: object) -> bool:
    return type(value) is int and value.bit_length() <= _MAX_RANGE


def _slice(call: Call) -> Shape | None:
    values = plain_values(call)
    if values is None or len(values) != 3:
        return None
    if any(value is not None and not _is_short(value) for value in values):
        return None
    return Shape("slice", "num", f"slice({values[0]!r}, {values[1]!r}, {values[2]!r})")


_ADDRESSES: Final[dict[str, Callable[[object], object]]] = {
    "IPv4Address": ipaddress.IPv4Address,
    "IPv6Address": ipaddress.IPv6Address,
    "IPv4Network": ipaddress.IPv4Network,
    "IPv6Network": ipaddress.IPv6Network,
    "IPv4Interface": ipaddress.IPv4Interface,
    "IPv6Interface": ipaddress.IPv6Interface,
}


def _address(call: Call) -> Shape | None:
    values = plain_values(call)
    name = (name_of(call.callee) or "").rpartition(".")[2]
    try:
        if values is not None and len(values) == 1 and type(values[0]) in (int, str):
            return Shape(name, "name", f'{name}("{_ADDRESSES[name](values[0])}")')
    except ValueError:
        pass
    return None


def _pattern(call: Call) -> Shape | None:
    values = plain_values(call)
    if values is None or len(values) != 2 or not _is_short(values[1]):
        return None
    if not isinstance(values[0], (str, bytes)):
        return None
    flags = f", {values[1]}" if values[1] not in (0, 32) else ""
    return Shape("Pattern", "name", f"re.compile({values[0]!r}{flags})", typeable=False)


SHAPES: Final[dict[str, Callable[[Call], Shape | None]]] = {
    _ENCODE: _bytes,
    "builtins.bytes": _bytes,
    "builtins.bytearray": _bytearray,
    "builtins.complex": _complex,
    "builtins.range": _range,
    "dill._dill._eval_repr": _range,
    "builtins.slice": _slice,
    "decimal.Decimal": _decimal,
    "fractions.Fraction": _fraction,
    "uuid.UUID": _uuid,
    "re._compile": _pattern,
    **{f"ipaddress.{name}": _address for name in _ADDRESSES},
    **{f"pathlib.{name}": _path for name in _PATHS},
    **{f"pathlib._local.{name}": _path for name in _PATHS},
}


def _call(module: str, name: str, *values: object) -> Call:
    return Call("call", Global(module, name), Seq("tuple", [Atom(value) for value in values]))


def _one_text(args: list[Node], names: dict[str, Node]) -> str:
    text = text_of(args[0]) if len(args) == 1 and not names else None
    if text is None or len(text) > _MAX_TEXT:
        raise ValueError("takes one text in quotes")
    return text


def _typed_decimal(args: list[Node], names: dict[str, Node]) -> Node:
    text = _one_text(args, names)
    if not _DECIMAL.match(text):
        raise ValueError('takes a decimal number, such as Decimal("1.10")')
    if not _is_decimal(text):
        raise ValueError("takes a smaller exponent")
    return _call("decimal", "Decimal", str(Decimal(text)))


def _typed_fraction(args: list[Node], names: dict[str, Node]) -> Node:
    text = _one_text(args, names)
    if not _FRACTION.match(text) or not _has_bottom(text):
        raise ValueError('takes a fraction, such as Fraction("3/4")')
    made = Fraction(text)  # in its lowest terms, as the bot has it
    return _call("fractions", "Fraction", made.numerator, made.denominator)


def _typed_uuid(args: list[Node], names: dict[str, Node]) -> Node:
    number = UUID(_one_text(args, names)).int
    node = Call("new", Global("uuid", "UUID"), Seq("tuple", []))
    node.states.append(Map([Atom("int"), Atom(number)]))
    return node


def _typed_path(name: str) -> Callable[[list[Node], dict[str, Node]], Node]:
    class_name, make = next((n, m) for n, (shown, m) in _PATHS.items() if shown == name)

    def build(args: list[Node], names: dict[str, Node]) -> Node:
        return _call("pathlib", class_name, *make(_one_text(args, names)).parts)

    return build


def _typed_address(name: str) -> Callable[[list[Node], dict[str, Node]], Node]:
    def build(args: list[Node], names: dict[str, Node]) -> Node:
        address = _ADDRESSES[name](_one_text(args, names))
        is_number = name.endswith("Address") and "%" not in str(address)  # a scope is text only
        plain = int(address) if is_number else str(address)  # type: ignore[call-overload]  # an address
        return _call("ipaddress", name, plain)

    return build


def _ints(args: list[Node], names: dict[str, Node], none: bool) -> list[object]:
    values = [arg.value if isinstance(arg, Atom) else "" for arg in args]
    fits = all(type(v) is int or (none and v is None) for v in values)
    if names or not 1 <= len(values) <= 3 or not fits:
        raise ValueError("takes one to three whole numbers")
    if not all(value is None or _is_short(value) for value in values):
        raise ValueError(f"takes numbers of up to {_MAX_RANGE} bits")
    return values


def _typed_range(args: list[Node], names: dict[str, Node]) -> Node:
    values = _ints(args, names, none=False)
    made = range(*values)  # type: ignore[call-overload]  # ints, checked above
    return _call("builtins", "range", made.start, made.stop, made.step)


def _typed_slice(args: list[Node], names: dict[str, Node]) -> Node:
    made = slice(*_ints(args, names, none=True))
    return _call("builtins", "slice", made.start, made.stop, made.step)


def _typed_bytearray(args: list[Node], names: dict[str, Node]) -> Node:
    raw = bytes_of(args[0]) if len(args) == 1 and not names else b"" if not args else None
    if raw is None or (args and text_of(args[0]) is not None):
        raise ValueError("takes bytes, such as bytearray(b'ab')")
    return _call("builtins", "bytearray", raw) if raw else _call("builtins", "bytearray")


def _typed_float(args: list[Node], names: dict[str, Node]) -> Node:
    text = _one_text(args, names).strip().lower()
    if text not in ("nan", "inf", "-inf", "+inf", "infinity", "-infinity"):
        raise ValueError("takes 'nan', 'inf' or '-inf'; write other numbers without float()")
    return Atom(float(text))


TYPED: Final[dict[str, Callable[[list[Node], dict[str, Node]], Node]]] = {
    "float": _typed_float,
    "bytearray": _typed_bytearray,
    "range": _typed_range,
    "slice": _typed_slice,
    "Decimal": _typed_decimal,
    "Fraction": _typed_fraction,
    "UUID": _typed_uuid,
    **{name: _typed_address(name) for name in _ADDRESSES},
    **{shown: _typed_path(shown) for shown, _ in _PATHS.values()},
}
