"""numpy's types of elements: how many bytes one takes, and what they say, decoded without numpy.

A dtype is pickled as `numpy.dtype('f8', …)` with a state: version, byte order, what a subarray
holds, names and fields of a record, sizes, and for points in time their unit.
"""

import datetime as dt
import struct
from collections.abc import Callable
from typing import Final, NamedTuple

from storage_core.values.known.octets import bytes_of
from storage_core.values.names import arguments, name_of, text_of
from storage_core.values.notation_text import atom_text
from storage_core.values.tree import Atom, Call, Map, Node, Seq, resolve

__all__ = ["OBJECT", "Element", "element_of"]

Decode = Callable[[bytes], str]
OBJECT: Final = "object"
"""The name of the type of elements that are pickled one by one."""
_NUMBERS: Final = {
    "b1": ("?", "bool"), "i1": ("b", "int8"), "i2": ("h", "int16"), "i4": ("i", "int32"),
    "i8": ("q", "int64"), "u1": ("B", "uint8"), "u2": ("H", "uint16"), "u4": ("I", "uint32"),
    "u8": ("Q", "uint64"), "f2": ("e", "float16"), "f4": ("f", "float32"), "f8": ("d", "float64"),
    "c8": ("ff", "complex64"), "c16": ("dd", "complex128"),
}  # fmt: skip
_OTHERS: Final = {"f16": "longdouble", "c32": "clongdouble"}
"""Numbers in the format of the bot's processor: shown as hex."""
_WORDS: Final = {bool: "True or False", float: "number with a point, such as 3.0",
                 int: "whole number"}  # fmt: skip
_SHORT_DIGITS: Final = {"e": 5, "f": 9, "ff": 9}
_MOST_BYTES: Final = 100_000
_MOST_FIELDS: Final = 50
_MOST_LEVELS: Final = 4
_NOT_A_TIME: Final = -(1 << 63)
_EPOCH: Final = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - numpy's points in time have no zone
_SECONDS: Final = {"W": 604_800, "D": 86_400, "h": 3600, "m": 60, "s": 1}
_FRACTIONS: Final = {"ms": 3, "us": 6, "ns": 9, "ps": 12, "fs": 15, "as": 18}
_STAMPS: Final = {"W": 10, "D": 10, "h": 13, "m": 16, "s": 19}
"""Characters of an ISO date that say all that a unit knows."""


class Element(NamedTuple):
    """One element of an array: its type's name, its size in bytes, and what they say."""

    name: str
    size: int
    decode: Decode
    layout: str = ""
    """For `struct`, of a number that is one; empty for all else."""

    def encode(self, number: object) -> bytes:
        """The bytes for another number of the same type. Raises ValueError for what is none."""
        kind = {"?": bool, "e": float, "f": float, "d": float}.get(self.layout[1:], int)
        if type(number) is not kind:
            raise ValueError(f"numpy.{self.name} takes a {_WORDS[kind]}")
        try:
            return struct.pack(self.layout, number)
        except (struct.error, OverflowError):
            raise ValueError(f"this number is out of the range of numpy.{self.name}") from None


def element_of(node: Node, level: int = 0) -> Element | None:
    """What a dtype says of its elements; None for what is no dtype, or one not known here."""
    call = resolve(node)
    if not isinstance(call, Call) or name_of(call.callee) != "numpy.dtype" or call.kwargs:
        return None
    args = arguments(call)
    code = text_of(args[0]) if args else None
    if code is None or len(call.states) > 1 or call.items or call.entries or call.members:
        return None
    state = resolve(call.states[0]) if call.states else None
    rest = state.items if isinstance(state, Seq) else []
    order = text_of(rest[1]) if len(rest) > 1 else None
    if len(rest) > 2 and not _is_none(rest[2]):
        return None  # a subarray
    return _known(code, ">" if order == ">" else "<", rest, level)


def _is_none(node: Node) -> bool:
    plain = resolve(node)
    return isinstance(plain, Atom) and plain.value is None


def _known(  # noqa: PLR0911 - one for each kind
    code: str, order: str, state: list[Node], level: int
) -> Element | None:
    if code in _NUMBERS:
        layout, name = _NUMBERS[code]
        single = order + layout if len(layout) == 1 else ""
        return Element(name, struct.calcsize(order + layout), _number(order + layout), single)
    letter, digits = code[:1], code[1:]
    if letter == "O":
        return Element(OBJECT, 0, bytes.hex)
    if not digits.isdecimal() or len(digits) > 9:
        return None
    size = int(digits)
    if letter == "U" and size * 4 <= _MOST_BYTES:
        return Element(f"str_ of {size}", size * 4, _text(order))
    if letter == "S" and size <= _MOST_BYTES:
        return Element(f"bytes_ of {size}", size, lambda raw: repr(raw.rstrip(b"\0")))
    if letter in "Mm" and size == 8:
        return _moment(letter, order, state)
    if letter == "V" and size <= _MOST_BYTES:
        return _record(size, state, level)
    return Element(_OTHERS[code], size, bytes.hex) if code in _OTHERS else None


def _number(layout: str) -> Decode:
    unpack = struct.Struct(layout).unpack
    digits = _SHORT_DIGITS.get(layout[1:])

    def decode(raw: bytes) -> str:
        values = [_shortest(value, layout[:2], digits) for value in unpack(raw)]
        return atom_text(values[0] if len(values) == 1 else complex(*values))

    return decode


def _shortest(value: float, layout: str, digits: int | None) -> float:
    """The number with the fewest digits that are the same one in that many bytes: 0.1, as numpy."""
    if digits is None or value != value:  # noqa: PLR0124 - only nan is not itself
        return value
    raw = struct.pack(layout, value)
    for count in range(1, digits + 1):
        short = float(f"{value:.{count}g}")
        try:
            if struct.pack(layout, short) == raw:
                return short
        except OverflowError:  # rounded up beyond the largest
            continue
    return value


def _text(order: str) -> Decode:
    codec = "utf-32-be" if order == ">" else "utf-32-le"
    return lambda raw: repr(raw.decode(codec, "replace").rstrip("\0"))


def _moment(letter: str, order: str, state: list[Node]) -> Element | None:
    """A point in time or a span, in the unit that the state ends with."""
    about = resolve(state[-1]) if state else None
    unit = resolve(about.items[1]) if isinstance(about, Seq) and len(about.items) == 2 else None
    if not isinstance(unit, Seq) or len(unit.items) < 2:
        return None
    raw, count = bytes_of(unit.items[0]), resolve(unit.items[1])
    if raw is None or not isinstance(count, Atom) or type(count.value) is not int:
        return None
    name, many = raw.decode("ascii", "replace"), count.value
    shown = name if many == 1 else f"{many}{name}"
    read = struct.Struct(order + "q").unpack

    def decode(raw: bytes) -> str:
        (number,) = read(raw)
        if number == _NOT_A_TIME:
            return "'NaT'"
        if letter == "m":
            return str(number)
        stamp = _stamp(number * many, name)
        return f"{number} {shown} since 1970" if stamp is None else f"'{stamp}'"

    return Element(f"{'datetime64' if letter == 'M' else 'timedelta64'}[{shown}]", 8, decode)


def _stamp(number: int, unit: str) -> str | None:
    """A point in time as ISO writes it; None outside the years 1 to 9999, or without a unit."""
    try:
        if unit == "Y":
            return dt.date(1970 + number, 1, 1).isoformat()[:4]
        if unit == "M":
            return dt.date(1970 + number // 12, number % 12 + 1, 1).isoformat()[:7]
        if unit in _SECONDS:
            moment = _EPOCH + dt.timedelta(seconds=number * _SECONDS[unit])
            return moment.isoformat()[: _STAMPS[unit]]
        if unit in _FRACTIONS:
            seconds, rest = divmod(number, 10 ** _FRACTIONS[unit])
            moment = _EPOCH + dt.timedelta(seconds=seconds)
            return f"{moment.isoformat()}.{rest:0{_FRACTIONS[unit]}}"
    except (OverflowError, ValueError):
        pass
    return None


def _record(size: int, state: list[Node], level: int) -> Element | None:
    """A record of named fields, or bytes without a meaning."""
    names = resolve(state[3]) if len(state) > 4 else None
    if not isinstance(names, Seq):
        return Element(f"void of {size}", size, repr)
    fields = _fields(names, resolve(state[4]), size, level)
    if fields is None:
        return None
    shown = ", ".join(f"{name} {element.name}" for name, element, _ in fields)

    def decode(raw: bytes) -> str:
        texts = [one.decode(raw[at : at + one.size]) for _, one, at in fields]
        return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"

    return Element(f"({shown})", size, decode)


def _fields(
    names: Seq, table: Node, size: int, level: int
) -> list[tuple[str, Element, int]] | None:
    """Name, type and first byte of each field; None unless all are known and lie in the record."""
    if not isinstance(table, Map) or len(names.items) > _MOST_FIELDS or level >= _MOST_LEVELS:
        return None
    entries = {text_of(key): resolve(value)
               for key, value in zip(table.items[::2], table.items[1::2], strict=True)}  # fmt: skip
    found = []
    for name in map(text_of, names.items):
        entry = entries.get(name)
        if name is None or not isinstance(entry, Seq) or len(entry.items) < 2:
            return None
        element, place = element_of(entry.items[0], level + 1), resolve(entry.items[1])
        at = place.value if isinstance(place, Atom) else None
        if element is None or element.name == OBJECT or type(at) is not int or at < 0:
            return None
        if at + element.size > size:
            return None
        found.append((name, element, at))
    return found
