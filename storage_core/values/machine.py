"""The state of the symbolic pickle machine, and how reading ends early."""

from collections.abc import Callable
from typing import Final

from storage_core.values.tree import Atom, Call, Global, Node, Opaque, Program

__all__ = ["MAX_DIGITS", "MAX_GLOBALS", "Handler", "Machine", "Malformed"]

MAX_DIGITS: Final = 4300
"""Decimal digits of an int that Python's own `int` accepts; more cost quadratic time."""
MAX_GLOBALS: Final = 20_000


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
        if isinstance(node, Opaque):
            self.program.opaques.append(node)
        self.stack.append(node)

    def push_call(self, node: Call) -> None:
        self.program.calls.append(node)
        self.stack.append(node)

    def push_opaque(self, node: Opaque) -> None:
        self.program.opaques.append(node)
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
"""A rarer opcode: takes the machine and the position behind the opcode, and gives the position
behind its argument."""
