"""Bytes in, tree out: one loop over the opcodes, which runs none of what they say.

The loop holds the opcodes that make up most values; the modules `…_opcodes` have the rest. It is
one long function on purpose: a call for each opcode would halve the speed, and 1.3 million opcodes
a second are promised.
"""

import gc
import struct
from itertools import repeat
from typing import Final

from storage_core.values.machine import Handler, Machine, Malformed
from storage_core.values.object_opcodes import OBJECTS
from storage_core.values.opcodes import (
    BINFLOAT,
    BINGET,
    BININT,
    BININT1,
    EMPTY_DICT,
    EMPTY_LIST,
    FRAME,
    LONG_BINGET,
    MARK,
    MEMOIZE,
    NEWFALSE,
    NEWTRUE,
    NONE,
    SETITEMS,
    SHORT_BINUNICODE,
    STOP,
    TUPLE1,
    TUPLE2,
    TUPLE3,
)
from storage_core.values.plain_opcodes import PLAIN
from storage_core.values.stack_opcodes import STACK
from storage_core.values.tree import (
    Atom,
    Batch,
    Map,
    Node,
    Opaque,
    Program,
    Reference,
    Seq,
    resolve,
)

__all__ = ["MAX_BYTES", "MAX_OPCODES", "read_program"]

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_OPCODES: Final = 2_000_000

HANDLERS: Final[dict[int, Handler]] = {**PLAIN, **STACK, **OBJECTS}
_SMALL: Final = 16 * 1024
_TRUNCATED: Final = "it ends before it is complete"


def read_program(data: bytes, max_opcodes: int = MAX_OPCODES) -> Program:
    """Read `data` as a pickle. Never raises: `Program.error` says why the tree is only a part.

    Work and memory are linear in `len(data)` and bounded by MAX_BYTES and `max_opcodes`.
    """
    too_long = len(data) > MAX_BYTES
    program = Program(data[:MAX_BYTES] if too_long else data)
    program.length = len(data)
    machine = Machine(program)
    # The loop only adds nodes that all stay: collecting garbage meanwhile finds none and doubles
    # the time of large values.
    pause = len(program.data) > _SMALL and gc.isenabled()
    if pause:
        gc.disable()
    try:
        _run(machine, max_opcodes)
    except Malformed as error:
        program.error = str(error)
    except IndexError:
        at_end = machine.at >= len(program.data) or program.data[machine.at] == MARK
        program.error = _TRUNCATED if at_end else "it takes something that is not there"
    except KeyError:
        program.error = "it uses something that it has not built before"
    except UnicodeDecodeError:
        program.error = "it has a text that is no UTF-8"
    except (ValueError, struct.error):
        program.error = "an argument that cannot be read"
    finally:
        if pause:
            gc.enable()
    if program.error:
        program.error_at = machine.at
        program.root = _what_there_is(machine)
        if too_long:
            program.error = f"it is larger than {MAX_BYTES // 1024 // 1024} MiB"
    return program


def _run(machine: Machine, max_opcodes: int) -> None:  # noqa: C901, PLR0912, PLR0915 - see above
    program, data = machine.program, machine.data
    reused = program.reused
    memo, memoized, gets, tables = program.memo, program.memoized, program.gets, program.tables
    stack, stacks, marks = machine.stack, machine.stacks, machine.marks
    handlers = HANDLERS
    size = len(data)
    pos = 0
    at = 0
    try:
        for _ in repeat(None, max_opcodes):
            at = pos
            code = data[at]
            pos = at + 1
            if code == SHORT_BINUNICODE:
                end = at + 2 + data[pos]
                if end > size:
                    raise Malformed(_TRUNCATED)
                stack.append(Atom(data[at + 2 : end].decode("utf-8", "surrogatepass"), at, end))
                pos = end
            elif code == MEMOIZE:
                top = stack[-1]
                top.end = pos
                memo[len(memo)] = top.target if type(top) is Reference else top
                memoized.append(at)
            elif code == BININT1:
                pos = at + 2
                stack.append(Atom(data[at + 1], at, pos))
            elif code == BINGET:
                pos = at + 2
                top = memo[data[at + 1]]
                node = Reference(top, at, pos)
                gets.append(node)
                stack.append(node)
                if type(top) is not Atom:
                    reused.append(top)
            elif code == MARK:
                stacks.append(stack)
                marks.append(at)
                stack = []
            elif code == SETITEMS and type(stacks[-1][-1]) is Map and not len(stack) & 1:
                entries = stack
                stack = stacks.pop()
                owner: Map = stack[-1]  # type: ignore[assignment]  # its type is checked above
                if owner.batches is None:
                    owner.batches = []
                owner.batches.append(Batch(marks.pop(), at, len(owner.items)))
                owner.items += entries
                owner.end = pos
            elif code == EMPTY_DICT:
                owner = Map([], at, pos)
                tables.append(owner)
                stack.append(owner)
            elif code == BINFLOAT:
                pos = at + 9
                stack.append(Atom(_DOUBLE(data, at + 1)[0], at, pos))
            elif code == BININT:
                pos = at + 5
                stack.append(Atom(_INT(data, at + 1)[0], at, pos))
            elif code == EMPTY_LIST:
                stack.append(Seq("list", [], at, pos, at))
            elif code == LONG_BINGET:
                pos = at + 5
                top = memo[_UNSIGNED(data, at + 1)[0]]
                node = Reference(top, at, pos)
                gets.append(node)
                stack.append(node)
                if type(top) is not Atom:
                    reused.append(top)
            elif code == NONE:
                stack.append(Atom(None, at, pos))
            elif code == NEWTRUE:
                stack.append(Atom(True, at, pos))
            elif code == NEWFALSE:
                stack.append(Atom(False, at, pos))
            elif code == TUPLE2:
                second = stack.pop()
                first = stack.pop()
                stack.append(Seq("tuple", [first, second], first.start, pos, at))
            elif code == TUPLE1:
                first = stack.pop()
                stack.append(Seq("tuple", [first], first.start, pos, at))
            elif code == TUPLE3:
                third = stack.pop()
                second = stack.pop()
                first = stack.pop()
                stack.append(Seq("tuple", [first, second, third], first.start, pos, at))
            elif code == FRAME:
                if at + 9 > size:
                    raise Malformed(_TRUNCATED)
                program.frames.append(at)
                pos = at + 9
            elif code == STOP:
                program.root = stack.pop()
                program.end = pos
                break
            else:
                handler = handlers.get(code)
                if handler is None:
                    raise Malformed(f"byte 0x{code:02x} is no instruction of a pickle")
                machine.at = at
                machine.stack = stack
                pos = handler(machine, pos)
                stack = machine.stack
        else:
            raise Malformed(f"it has more than {max_opcodes:,} instructions")
    finally:
        machine.at = at
        machine.stack = stack
        program.end = pos
    for left in (*stacks, stack):
        program.hidden += left


_DOUBLE = struct.Struct(">d").unpack_from
_INT = struct.Struct("<i").unpack_from
_UNSIGNED = struct.Struct("<I").unpack_from


def _what_there_is(machine: Machine) -> Node | None:
    """Fold what is on the stacks into the container that each part was meant for, with a mark
    where reading ended: no part of a value may pass for the whole."""
    stacks = [*machine.stacks, machine.stack]
    if not any(stacks):
        return None
    mark = Opaque("cut", "cut off here", None, machine.at, machine.at)
    pending: list[Node] = [*stacks.pop(), mark]
    while stacks:
        level = stacks.pop()
        pending = [*level[:-1], *_fold(level[-1], pending)] if level else pending
    return _fold(pending[0], pending[1:])[0]


def _fold(top: Node, pending: list[Node]) -> list[Node]:
    """`top` with the `pending` children put in; as they are, where it takes none."""
    if not pending:
        return [top]
    owner = resolve(top)
    if isinstance(owner, Map):
        owner.items += pending if len(pending) % 2 == 0 else [*pending, pending[-1]]
        return [top]
    if isinstance(owner, Seq) and owner.kind in ("list", "set"):
        owner.items += pending
        return [top]
    return [Seq("unfinished", [top, *pending], top.start, pending[-1].end)]
