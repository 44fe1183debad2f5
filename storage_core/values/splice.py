"""Putting new code into a program, leaving all other instructions as they are.

What has to follow: memo entries are numbered by order (MEMOIZE), so references behind a change get
new numbers; a frame says its length, so all FRAMEs are dropped and one is put in front; and code
that is dropped may have defined a memo entry that other code still uses.
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from typing import Final, NamedTuple

from storage_core.exceptions import RefusedEdit
from storage_core.values import opcodes as op
from storage_core.values.encode import Piece, framed, get_code
from storage_core.values.tree import Node, Program

__all__ = ["Change", "splice"]

_FRAME_LENGTH: Final = 9
_GET_LENGTHS: Final = {op.BINGET: 2, op.LONG_BINGET: 5}


class Change(NamedTuple):
    """Replace the code `data[start:end]` by `pieces`."""

    start: int
    end: int
    pieces: Sequence[Piece] = ()
    depth: int = 1
    """How many things the replaced code leaves on the stack."""
    memoized: int = 0
    """How many memo entries the new code defines: as many as the old code did, or none."""


def splice(program: Program, changes: Sequence[Change]) -> bytes:
    """The program with the changes made. They must not overlap. Linear in the program's length."""
    if program.memoized and program.puts:
        raise RefusedEdit("this value numbers its memo in two ways; it can only be replaced whole")
    emitter = _Emitter(program, _is_calm(program, changes))
    pos = 0
    for change in sorted(changes, key=lambda change: (change.start, change.end)):
        emitter.emit(range(pos, change.start))
        if emitter.must_stay(change):
            emitter.emit(range(change.start, change.end))
            emitter.out.append(bytes((op.POP,)) * change.depth)
        for piece in change.pieces:
            emitter.emit(piece) if isinstance(piece, range) else emitter.out.append(piece)
        emitter.count += change.memoized
        pos = change.end
    emitter.emit(range(pos, program.end))
    body = b"".join(emitter.out)
    if program.frames and body[:1] == bytes((op.PROTO,)):
        body = framed(body[:2], body[2:])
    return body + program.data[program.end :]


def _is_calm(program: Program, changes: Sequence[Change]) -> bool:
    """Whether no code moves, and no code that is dropped is needed by code that stays."""
    if any(isinstance(piece, range) for change in changes for piece in change.pieces):
        return False
    dropped = [change for change in changes if change.start < change.end]
    if program.puts:
        nodes = list(program.memo.values())
    else:
        at = program.memoized
        runs = [(bisect_left(at, one.start), bisect_left(at, one.end)) for one in dropped]
        nodes = [program.memo[index] for low, high in runs for index in range(low, high)]
    lost = {
        id(node)
        for node in nodes
        if any(change.start <= node.start < change.end for change in dropped)
    }
    return not lost or lost.isdisjoint(
        id(get.target)
        for get in program.gets
        if not any(change.start <= get.start < change.end for change in dropped)
    )


class _Emitter:
    """Copies ranges of the old code. A memo entry that is used before it is defined (because the
    code that defined it was dropped or moved behind) is defined where it is first used."""

    def __init__(self, program: Program, calm: bool) -> None:
        self.program = program
        self.calm = calm
        self.data = program.data
        self.out: list[bytes] = []
        self.count = 0
        self.explicit = bool(program.puts)
        self.numbers: list[int] = [-1] * len(program.memoized)
        self.puts = {self.put_index(at): at for at in program.puts}
        self.defined: set[int] = set()
        self.defined_early: dict[int, tuple[int, int]] = {}
        """Start of code that was emitted where it was first used → its end, and memo entry."""

    @cached_property
    def gets(self) -> list[int]:
        """Where memo entries are taken."""
        return [node.start for node in self.program.gets if self.data[node.start] != op.DUP]

    def emit(self, piece: range) -> None:
        work = [piece]
        while work:
            piece = work.pop()
            if piece.start < piece.stop:
                work.extend(self.stretch(piece.start, piece.stop))

    def stretch(self, start: int, stop: int) -> Sequence[range]:
        """Copy up to the first instruction that cannot be copied, and say what to do next."""
        program, data = self.program, self.data
        base = self.count - bisect_left(program.memoized, start)
        events = self.events(start, stop, gets=not self.calm or (base != 0 and not self.explicit))
        done = start
        for at, early in events:
            if at < done:
                continue
            if early is not None:
                self.flush(start, done, at)
                end, index = early
                self.out.append(get_code(self.number(index)))
                return (range(end, stop),)
            if data[at] == op.FRAME:
                self.out.append(data[done:at])
                done = at + _FRAME_LENGTH
                continue
            index, length = self.index_at(at)
            if self.is_defined(index, start, at):
                here = start <= self.defined_at(index) < at and not self.explicit
                number = index + base if here else self.number(index)
                if number != index:
                    self.out += [data[done:at], get_code(number)]
                    done = at + length
                continue
            self.flush(start, done, at)
            node = program.memo[index]
            self.defined_early[node.start] = (node.end, index)
            return (range(at + length, stop), range(node.start, node.end))
        self.flush(start, done, stop)
        return ()

    def events(
        self, start: int, stop: int, *, gets: bool
    ) -> list[tuple[int, tuple[int, int] | None]]:
        """Where something is to be done between `start` and `stop`, in order."""
        frames = self.program.frames
        found: list[tuple[int, tuple[int, int] | None]] = []
        if gets:
            low, high = bisect_left(self.gets, start), bisect_left(self.gets, stop)
            found = [(at, None) for at in self.gets[low:high]]
        inner = frames[bisect_left(frames, start) : bisect_left(frames, stop)]
        early = [
            (at, what)
            for at, what in self.defined_early.items()
            if start <= at and what[0] <= stop and self.is_known(what[1])
        ]
        if inner or early:
            found = sorted([*early, *found, *((at, None) for at in inner)], key=lambda e: e[0])
        return found

    def index_at(self, at: int) -> tuple[int, int]:
        """The memo entry that the GET at `at` takes, and the length of the instruction."""
        code = self.data[at]
        length = _GET_LENGTHS.get(code)
        if length is not None:
            return int.from_bytes(self.data[at + 1 : at + length], "little"), length
        end = self.data.index(b"\n", at) + 1
        return int(self.data[at + 1 : end]), end - at

    def put_index(self, at: int) -> int:
        code = self.data[at]
        if code == op.PUT:
            return int(self.data[at + 1 : self.data.index(b"\n", at)])
        width = 1 if code == op.BINPUT else 4
        return int.from_bytes(self.data[at + 1 : at + 1 + width], "little")

    def is_defined(self, index: int, start: int, at: int) -> bool:
        """Whether a memo entry is defined in what was emitted, or between `start` and `at`."""
        return self.is_known(index) or start <= self.defined_at(index) < at

    def is_known(self, index: int) -> bool:
        """Whether a memo entry is defined in what was flushed."""
        return index in self.defined if self.explicit else self.numbers[index] >= 0

    def defined_at(self, index: int) -> int:
        return self.puts[index] if self.explicit else self.program.memoized[index]

    def number(self, index: int) -> int:
        return index if self.explicit else self.numbers[index]

    def flush(self, start: int, done: int, stop: int) -> None:
        """The last bytes of a stretch, and the memo entries that all of it defined."""
        self.out.append(self.data[done:stop])
        if self.explicit:
            puts = self.program.puts
            for put in puts[bisect_left(puts, start) : bisect_left(puts, stop)]:
                self.defined.add(self.put_index(put))
            return
        memoized = self.program.memoized
        low, high = bisect_left(memoized, start), bisect_left(memoized, stop)
        self.numbers[low:high] = range(self.count, self.count + high - low)
        self.count += high - low

    def must_stay(self, change: Change) -> bool:
        """Whether replaced code has effects elsewhere: it throws results away, and shares."""
        pops = self.program.pops
        start, end = change.start, change.end
        if bisect_left(pops, start) == bisect_left(pops, end) or not change.depth:
            return False
        for get in self.program.gets:
            target: Node = get.target
            if (start <= get.start < end) != (start <= target.start < end):
                return True
        return False
