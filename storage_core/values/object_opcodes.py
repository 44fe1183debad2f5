"""The opcodes that name something or call it: here they only make nodes that say so."""

import _compat_pickle
from typing import Final

from storage_core.values import opcodes as op
from storage_core.values.machine import Handler, Machine
from storage_core.values.plain_opcodes import decoded
from storage_core.values.tree import (
    Atom,
    Call,
    Global,
    Node,
    Opaque,
    Reference,
    Seq,
    resolve,
)

__all__ = ["OBJECTS"]


def _build(machine: Machine, pos: int) -> int:
    state = machine.stack.pop()
    top = machine.stack[-1]
    top.end = pos
    owner = resolve(top)
    if isinstance(owner, Call):
        owner.states.append(state)
        machine.program.filled_late |= owner is not top
    else:
        machine.program.odd.append("a state handed to something that is not an object")
        unseen = Call("build", Reference(owner, machine.at, pos), state)
        machine.program.calls.append(unseen)
        machine.program.hidden.append(unseen)
    return pos


def _name(node: Node) -> str | None:
    plain = resolve(node)
    return plain.value if isinstance(plain, Atom) and isinstance(plain.value, str) else None


def _global_line(machine: Machine, pos: int) -> int:
    module, middle = machine.line(pos)
    name, end = machine.line(middle)
    machine.import_(_global(machine, decoded(module), decoded(name), machine.at, end))
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
        machine.push_call(Call(how, callee, args, callee.start, pos))
        return pos

    return handler


def _newobj_ex(machine: Machine, pos: int) -> int:
    kwargs = machine.stack.pop()
    args = machine.stack.pop()
    callee = machine.stack.pop()
    node = Call("new", callee, args, callee.start, pos)
    node.kwargs = kwargs
    machine.push_call(node)
    return pos


def _inst(machine: Machine, pos: int) -> int:
    module, middle = machine.line(pos)
    name, end = machine.line(middle)
    items, start = machine.pop_mark()
    cls = _global(machine, decoded(module), decoded(name), machine.at, end)
    machine.import_(cls)
    machine.stack.pop()
    machine.push_call(Call("inst", cls, Seq("tuple", items, start, machine.at), start, end))
    return end


def _obj(machine: Machine, pos: int) -> int:
    items, start = machine.pop_mark()
    cls = items.pop(0)
    args = Seq("tuple", items, cls.end, machine.at)
    machine.push_call(Call("inst", cls, args, start, pos))
    return pos


def _persistent_line(machine: Machine, pos: int) -> int:
    raw, end = machine.line(pos)
    inner = Atom(raw.decode("ascii", "surrogateescape"), machine.at, end)
    machine.program.persistent = True
    machine.push_opaque(Opaque("persistent id", "", inner, machine.at, end))
    return end


def _persistent(machine: Machine, pos: int) -> int:
    inner = machine.stack.pop()
    machine.program.persistent = True
    machine.push_opaque(Opaque("persistent id", "", inner, inner.start, pos))
    return pos


def _buffer(machine: Machine, pos: int) -> int:
    text = "a buffer that was kept outside the value"
    machine.push_opaque(Opaque("buffer", text, None, machine.at, pos))
    return pos


def _readonly(machine: Machine, pos: int) -> int:
    machine.stack[-1].end = pos
    return pos


OBJECTS: Final[dict[int, Handler]] = {
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
