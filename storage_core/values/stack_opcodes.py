"""The rarer opcodes that work on stack and memo, and those that make and fill containers."""

from typing import Final

from storage_core.values import opcodes as op
from storage_core.values.machine import Handler, Machine, Malformed
from storage_core.values.plain_opcodes import WHOLE_NUMBER
from storage_core.values.tree import (
    Atom,
    Batch,
    Call,
    Map,
    Node,
    Reference,
    Seq,
    resolve,
)

__all__ = ["STACK"]


def _proto(machine: Machine, pos: int) -> int:
    version, end = machine.number(pos, 1)
    if version > 5:
        raise Malformed(f"it says that it is protocol {version}; there are 0 to 5")
    if machine.at and machine.program.protocol != version:
        machine.program.odd.append("a protocol that changes on the way")
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
    if type(target) is not Atom:
        machine.program.reused.append(target)
    return node


def _get_line(machine: Machine, pos: int) -> int:
    raw, end = machine.line(pos)
    machine.stack.append(_refer(machine, machine.program.memo[_index(raw)], end))
    return end


def _index(raw: bytes) -> int:
    if not WHOLE_NUMBER.match(raw) or len(raw) > 20 or int(raw) < 0:
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
        node = Seq(kind, [], machine.at, pos, machine.at)
        if kind == "set":
            machine.program.tables.append(node)
        machine.stack.append(node)
        return pos

    return handler


def _marked(kind: str) -> Handler:
    def handler(machine: Machine, pos: int) -> int:
        items, start = machine.pop_mark()
        node = Seq(kind, items, start, pos, machine.at)
        if kind != "tuple":
            node.batches = [Batch(start, machine.at, 0)]
        if kind == "frozenset":
            machine.program.tables.append(node)
        machine.stack.append(node)
        return pos

    return handler


def _marked_dict(machine: Machine, pos: int) -> int:
    items, start = machine.pop_mark()
    if len(items) % 2:
        raise Malformed("a dict with a key that has no value")
    node = Map(items, start, pos)
    node.batches = [Batch(start, machine.at, 0)]
    machine.program.tables.append(node)
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
    machine.program.filled_late |= owner is not top
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


STACK: Final[dict[int, Handler]] = {
    op.PROTO: _proto,
    op.POP: _pop,
    op.POP_MARK: _pop_mark,
    op.DUP: _dup,
    op.GET: _get_line,
    op.PUT: _put_line,
    op.BINPUT: _binput,
    op.LONG_BINPUT: _long_binput,
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
}
