"""The rarer opcodes, each as a small function over the machine's state.

The frequent ones are in `reader`'s loop. A function gets the machine and the position behind the
opcode, and returns the position behind its argument.
"""

import _compat_pickle
import codecs
import re
import struct
from collections.abc import Callable
from typing import Final

from storage_core.values import opcodes as op
from storage_core.values.tree import (
    Atom,
    Batch,
    Call,
    Global,
    Map,
    Node,
    Opaque,
    Program,
    Reference,
    Seq,
    resolve,
)

__all__ = ["HANDLERS", "MAX_DIGITS", "MAX_GLOBALS", "Machine", "Malformed"]

MAX_DIGITS: Final = 4300
"""Decimal digits of an int that Python's own `int` accepts; more cost quadratic time."""
MAX_GLOBALS: Final = 20_000
_NUMBER = re.compile(rb"\s*[+-]?[0-9][0-9_]*\s*\Z")


class Malformed(Exception):
    """The program cannot go on; the message says why, in words."""


class Machine:
    """The stack machine: `stack` since the last MARK, and the stacks below it."""

    __slots__ = ("at", "data", "marks", "program", "stack", "stacks")

    def __init__(self, program: Program) -> None:
        self.program = program
        self.data = program.data
        self.at = 0
        """Position of the opcode at work."""
        self.stack: list[Node] = []
        self.stacks: list[list[Node]] = []
        self.marks: list[int] = []

    def pop_mark(self) -> tuple[list[Node], int]:
        """What was pushed since the last MARK, and where that MARK stands."""
        items = self.stack
        self.stack = self.stacks.pop()
        return items, self.marks.pop()

    def push_atom(self, value: object, end: int) -> int:
        self.stack.append(Atom(value, self.at, end))
        return end

    def import_(self, node: Global | Opaque) -> None:
        found = self.program.globals
        if len(found) >= MAX_GLOBALS:
            raise Malformed(f"it imports more than {MAX_GLOBALS:,} things")
        found.append(node)
        self.stack.append(node)

    def line(self, pos: int) -> tuple[bytes, int]:
        """The argument that ends with a newline."""
        end = self.data.find(b"\n", pos)
        if end < 0:
            raise Malformed("it ends in the middle of an argument")
        return self.data[pos:end], end + 1

    def counted(self, pos: int, width: int) -> tuple[bytes, int]:
        """The argument with its length, little-endian in `width` bytes, in front."""
        start = pos + width
        end = start + int.from_bytes(self.data[pos:start], "little")
        if end > len(self.data):
            raise Malformed("it claims more bytes than there are")
        return self.data[start:end], end

    def number(self, pos: int, width: int) -> tuple[int, int]:
        end = pos + width
        if end > len(self.data):
            raise Malformed("it ends in the middle of an argument")
        return int.from_bytes(self.data[pos:end], "little"), end


Handler = Callable[[Machine, int], int]


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")


def _unicode_counted(width: int) -> Handler:
    def handler(machine: Machine, pos: int) -> int:
        raw, end = machine.counted(pos, width)
        return machine.push_atom(_text(raw), end)

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
    return _push_old_string(
        machine, codecs.escape_decode(raw[1:-1])[0], end
    )  # undocumented, but what pickle itself uses


def _unicode_line(machine: Machine, pos: int) -> int:
    raw, end = machine.line(pos)
    return machine.push_atom(str(raw, "raw-unicode-escape"), end)


def _whole_number(machine: Machine, raw: bytes, end: int) -> int:
    if not _NUMBER.match(raw):
        raise Malformed("a number that is none")
    if len(raw) > MAX_DIGITS:
        machine.stack.append(Opaque("int", f"int of {len(raw):,} digits", None, machine.at, end))
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


def _proto(machine: Machine, pos: int) -> int:
    version, end = machine.number(pos, 1)
    if version > 5:
        raise Malformed(f"it says that it is protocol {version}; there are 0 to 5")
    machine.program.protocol = version
    return end


def _pop(machine: Machine, pos: int) -> int:
    """POP takes the newest node; after a MARK with nothing behind it, the MARK itself."""
    if machine.stack:
        machine.program.hidden.append(machine.stack.pop())
    else:
        machine.pop_mark()
    machine.program.pops.append(machine.at)
    return pos


def _pop_mark(machine: Machine, pos: int) -> int:
    items, _ = machine.pop_mark()
    machine.program.hidden.extend(items)
    machine.program.pops.append(machine.at)
    return pos


def _dup(machine: Machine, pos: int) -> int:
    machine.stack.append(_refer(machine, resolve(machine.stack[-1]), pos))
    return pos


def _refer(machine: Machine, target: Node, end: int) -> Reference:
    node = Reference(target, machine.at, end)
    machine.program.gets.append(node)
    return node


def _get_line(machine: Machine, pos: int) -> int:
    raw, end = machine.line(pos)
    machine.stack.append(_refer(machine, machine.program.memo[_index(raw)], end))
    return end


def _index(raw: bytes) -> int:
    if not _NUMBER.match(raw) or len(raw) > 20 or int(raw) < 0:
        raise Malformed("a memo number that is none")
    return int(raw)


def _put(machine: Machine, index: int, end: int) -> int:
    top = machine.stack[-1]
    machine.program.memo[index] = resolve(top)
    machine.program.puts.append(machine.at)
    top.end = end
    return end


def _put_line(machine: Machine, pos: int) -> int:
    raw, end = machine.line(pos)
    return _put(machine, _index(raw), end)


def _binput(machine: Machine, pos: int) -> int:
    return _put(machine, *machine.number(pos, 1))


def _long_binput(machine: Machine, pos: int) -> int:
    return _put(machine, *machine.number(pos, 4))


def _empty(kind: str) -> Handler:
    def handler(machine: Machine, pos: int) -> int:
        machine.stack.append(Seq(kind, [], machine.at, pos, machine.at))
        return pos

    return handler


def _marked(kind: str) -> Handler:
    def handler(machine: Machine, pos: int) -> int:
        items, start = machine.pop_mark()
        node = Seq(kind, items, start, pos, machine.at)
        if kind != "tuple":
            node.batches = [Batch(start, machine.at, 0)]
        machine.stack.append(node)
        return pos

    return handler


def _marked_dict(machine: Machine, pos: int) -> int:
    items, start = machine.pop_mark()
    if len(items) % 2:
        raise Malformed("a dict with a key that has no value")
    node = Map(items, start, pos)
    node.batches = [Batch(start, machine.at, 0)]
    machine.stack.append(node)
    return pos


def _attach(machine: Machine, pos: int, items: list[Node], start: int, role: str) -> int:
    """Put `items` into the container on top: `role` is items, entries or members."""
    top = machine.stack[-1]
    top.end = pos
    owner = resolve(top)
    into: list[Node] | None = None
    if isinstance(owner, Call):
        into = getattr(owner, role)
    elif (isinstance(owner, Seq) and _FILLED_BY.get(owner.kind) == role) or (
        isinstance(owner, Map) and role == "entries"
    ):
        into = owner.items
    if role == "entries" and len(items) % 2:
        raise Malformed("a dict with a key that has no value")
    if into is None or not isinstance(owner, (Seq, Map, Call)):
        if items:
            machine.program.odd.append(f"{role} put into something that takes none")
            machine.program.hidden.extend(items)
        return pos
    if owner.batches is None:
        owner.batches = []
    owner.batches.append(Batch(start, machine.at, len(into)))
    into.extend(items)
    return pos


_FILLED_BY: Final = {"list": "items", "set": "members"}


def _attach_marked(role: str) -> Handler:
    def handler(machine: Machine, pos: int) -> int:
        items, start = machine.pop_mark()
        return _attach(machine, pos, items, start, role)

    return handler


def _append(machine: Machine, pos: int) -> int:
    item = machine.stack.pop()
    return _attach(machine, pos, [item], item.start, "items")


def _setitem(machine: Machine, pos: int) -> int:
    value = machine.stack.pop()
    key = machine.stack.pop()
    return _attach(machine, pos, [key, value], key.start, "entries")


def _build(machine: Machine, pos: int) -> int:
    state = machine.stack.pop()
    top = machine.stack[-1]
    top.end = pos
    owner = resolve(top)
    if isinstance(owner, Call):
        owner.states.append(state)
    else:
        machine.program.odd.append("a state handed to something that is not an object")
        machine.program.hidden.append(Call("build", Reference(owner, machine.at, pos), state))
    return pos


def _name(node: Node) -> str | None:
    plain = resolve(node)
    return plain.value if isinstance(plain, Atom) and isinstance(plain.value, str) else None


def _global_line(machine: Machine, pos: int) -> int:
    module, middle = machine.line(pos)
    name, end = machine.line(middle)
    machine.import_(_global(machine, _text(module), _text(name), machine.at, end))
    return end


def _global(machine: Machine, module: str | None, name: str | None, start: int, end: int) -> Global:
    """The import by the name that the bot uses: old protocols carry the names of Python 2."""
    if module is not None and name is not None and (machine.program.protocol or 0) < 3:
        if (module, name) in _compat_pickle.NAME_MAPPING:
            module, name = _compat_pickle.NAME_MAPPING[module, name]
        elif module in _compat_pickle.IMPORT_MAPPING:
            module = _compat_pickle.IMPORT_MAPPING[module]
    return Global(module, name, start, end)


def _stack_global(machine: Machine, pos: int) -> int:
    name = machine.stack.pop()
    module = machine.stack.pop()
    node = _global(machine, _name(module), _name(name), module.start, pos)
    if node.module is None or node.name is None:
        machine.program.odd.append("an import whose name is computed while reading")
        machine.program.hidden += [module, name]
    machine.import_(node)
    return pos


def _extension(width: int) -> Handler:
    def handler(machine: Machine, pos: int) -> int:
        code, end = machine.number(pos, width)
        text = f"extension code {code}"
        machine.import_(Opaque("extension", text, None, machine.at, end))
        return end

    return handler


def _call(how: str) -> Handler:
    def handler(machine: Machine, pos: int) -> int:
        args = machine.stack.pop()
        callee = machine.stack.pop()
        machine.stack.append(Call(how, callee, args, callee.start, pos))
        return pos

    return handler


def _newobj_ex(machine: Machine, pos: int) -> int:
    kwargs = machine.stack.pop()
    args = machine.stack.pop()
    callee = machine.stack.pop()
    node = Call("new", callee, args, callee.start, pos)
    node.kwargs = kwargs
    machine.stack.append(node)
    return pos


def _inst(machine: Machine, pos: int) -> int:
    module, middle = machine.line(pos)
    name, end = machine.line(middle)
    items, start = machine.pop_mark()
    cls = _global(machine, _text(module), _text(name), machine.at, end)
    machine.import_(cls)
    machine.stack[-1] = Call("inst", cls, Seq("tuple", items, start, machine.at), start, end)
    return end


def _obj(machine: Machine, pos: int) -> int:
    items, start = machine.pop_mark()
    cls = items.pop(0)
    args = Seq("tuple", items, cls.end, machine.at)
    machine.stack.append(Call("inst", cls, args, start, pos))
    return pos


def _persistent_line(machine: Machine, pos: int) -> int:
    raw, end = machine.line(pos)
    inner = Atom(raw.decode("ascii", "surrogateescape"), machine.at, end)
    machine.program.persistent = True
    machine.stack.append(Opaque("persistent id", "", inner, machine.at, end))
    return end


def _persistent(machine: Machine, pos: int) -> int:
    inner = machine.stack.pop()
    machine.program.persistent = True
    machine.stack.append(Opaque("persistent id", "", inner, inner.start, pos))
    return pos


def _buffer(machine: Machine, pos: int) -> int:
    text = "a buffer that was kept outside the value"
    machine.stack.append(Opaque("buffer", text, None, machine.at, pos))
    return pos


def _readonly(machine: Machine, pos: int) -> int:
    machine.stack[-1].end = pos
    return pos


HANDLERS: Final[dict[int, Handler]] = {
    op.PROTO: _proto,
    op.POP: _pop,
    op.POP_MARK: _pop_mark,
    op.DUP: _dup,
    op.GET: _get_line,
    op.PUT: _put_line,
    op.BINPUT: _binput,
    op.LONG_BINPUT: _long_binput,
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
    op.EMPTY_TUPLE: _empty("tuple"),
    op.EMPTY_SET: _empty("set"),
    op.TUPLE: _marked("tuple"),
    op.LIST: _marked("list"),
    op.FROZENSET: _marked("frozenset"),
    op.DICT: _marked_dict,
    op.APPEND: _append,
    op.APPENDS: _attach_marked("items"),
    op.SETITEM: _setitem,
    op.SETITEMS: _attach_marked("entries"),
    op.ADDITEMS: _attach_marked("members"),
    op.BUILD: _build,
    op.GLOBAL: _global_line,
    op.STACK_GLOBAL: _stack_global,
    op.EXT1: _extension(1),
    op.EXT2: _extension(2),
    op.EXT4: _extension(4),
    op.REDUCE: _call("call"),
    op.NEWOBJ: _call("new"),
    op.NEWOBJ_EX: _newobj_ex,
    op.INST: _inst,
    op.OBJ: _obj,
    op.PERSID: _persistent_line,
    op.BINPERSID: _persistent,
    op.NEXT_BUFFER: _buffer,
    op.READONLY_BUFFER: _readonly,
}
