"""The rarer opcodes that push plain values: numbers and texts in all their forms."""

import codecs
import re
import struct
from typing import Final

from storage_core.values import opcodes as op
from storage_core.values.machine import MAX_DIGITS, Handler, Machine, Malformed
from storage_core.values.tree import (
    Opaque,
)

__all__ = ["PLAIN", "WHOLE_NUMBER", "decoded"]

WHOLE_NUMBER = re.compile(rb"\s*[+-]?[0-9][0-9_]*\s*\Z")
"""What Python's `int` takes: the text opcodes of protocol 0 hand their argument to it."""


def decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")


def _unicode_counted(width: int) -> Handler:
    def handler(machine: Machine, pos: int) -> int:
        raw, end = machine.counted(pos, width)
        return machine.push_atom(decoded(raw), end)

    return handler


def _bytes_counted(width: int) -> Handler:
    def handler(machine: Machine, pos: int) -> int:
        raw, end = machine.counted(pos, width)
        return machine.push_atom(raw, end)

    return handler


def _bytearray(machine: Machine, pos: int) -> int:
    raw, end = machine.counted(pos, 8)
    return machine.push_atom(bytearray(raw), end)


def _push_old_string(machine: Machine, raw: bytes, end: int) -> int:
    """A Python 2 string: the bot decodes it as ASCII, and fails on anything else."""
    if not raw.isascii():
        machine.program.odd.append("a string of Python 2 that is not ASCII: the bot cannot read it")
    return machine.push_atom(raw.decode("ascii", "surrogateescape"), end)


def _old_string_counted(width: int) -> Handler:
    def handler(machine: Machine, pos: int) -> int:
        raw, end = machine.counted(pos, width)
        return _push_old_string(machine, raw, end)

    return handler


def _string_line(machine: Machine, pos: int) -> int:
    raw, end = machine.line(pos)
    if len(raw) < 2 or raw[:1] != raw[-1:] or raw[:1] not in (b'"', b"'"):
        raise Malformed("a text without quotes")
    machine.program.escaped |= b"\\" in raw
    return _push_old_string(
        machine, codecs.escape_decode(raw[1:-1])[0], end
    )  # undocumented, but what pickle itself uses


def _unicode_line(machine: Machine, pos: int) -> int:
    raw, end = machine.line(pos)
    machine.program.escaped |= b"\\" in raw or not raw.isascii()  # what is not ASCII is Latin-1
    return machine.push_atom(str(raw, "raw-unicode-escape"), end)


def _whole_number(machine: Machine, raw: bytes, end: int) -> int:
    if not WHOLE_NUMBER.match(raw):
        raise Malformed("a number that is none")
    if len(raw) > MAX_DIGITS:
        machine.push_opaque(Opaque("int", f"int of {len(raw):,} digits", None, machine.at, end))
        return end
    return machine.push_atom(int(raw), end)


def _int_line(machine: Machine, pos: int) -> int:
    raw, end = machine.line(pos)
    if raw in (b"00", b"01"):
        return machine.push_atom(raw == b"01", end)
    return _whole_number(machine, raw, end)


def _long_line(machine: Machine, pos: int) -> int:
    raw, end = machine.line(pos)
    return _whole_number(machine, raw[:-1] if raw[-1:] == b"L" else raw, end)


def _float_line(machine: Machine, pos: int) -> int:
    raw, end = machine.line(pos)
    return machine.push_atom(float(raw), end)


def _long_counted(width: int) -> Handler:
    def handler(machine: Machine, pos: int) -> int:
        raw, end = machine.counted(pos, width)
        if width == 4 and machine.data[pos + 3] & 0x80:
            raise Malformed("a number with a negative length")
        return machine.push_atom(int.from_bytes(raw, "little", signed=True), end)

    return handler


def _bytes_or_struct(fmt: str) -> Handler:
    layout = struct.Struct(fmt)

    def handler(machine: Machine, pos: int) -> int:
        return machine.push_atom(layout.unpack_from(machine.data, pos)[0], pos + layout.size)

    return handler


PLAIN: Final[dict[int, Handler]] = {
    op.INT: _int_line,
    op.LONG: _long_line,
    op.LONG1: _long_counted(1),
    op.LONG4: _long_counted(4),
    op.FLOAT: _float_line,
    op.BINFLOAT: _bytes_or_struct(">d"),
    op.BININT2: _bytes_or_struct("<H"),
    op.STRING: _string_line,
    op.BINSTRING: _old_string_counted(4),
    op.SHORT_BINSTRING: _old_string_counted(1),
    op.UNICODE: _unicode_line,
    op.BINUNICODE: _unicode_counted(4),
    op.BINUNICODE8: _unicode_counted(8),
    op.SHORT_BINBYTES: _bytes_counted(1),
    op.BINBYTES: _bytes_counted(4),
    op.BINBYTES8: _bytes_counted(8),
    op.BYTEARRAY8: _bytearray,
}
