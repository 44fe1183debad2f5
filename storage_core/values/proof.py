"""That replacing one part of a value changed nothing else, told from its code.

`compare.same` tells it from the trees, in time that is as long as reading. Mostly the code says it:
let the old program be A X B, where X is the code of the part, and the new one A Y B. The machine
does the same things on the same bytes in the same state, so all that A and B build is the same if

- X only puts its one part on the stack: it takes nothing from the memo and throws nothing away, so
  it reaches nothing but what it makes itself;
- B takes nothing from the memo that X put there, and all that it takes has the same number;
- Y, read alone, takes nothing from the memo either, and builds the part that was intended. (What
  names mean depends on the protocol, which is the same all over a program that is not odd.)

Frames say nothing to the machine, so they are left out when bytes are compared. Where any of this
does not hold the answer is False, which means no more than that it cannot be told in this way.
"""

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter, is_not
from typing import Final, NamedTuple

from storage_core.values import opcodes as op
from storage_core.values.compare import Swap, same
from storage_core.values.reader import read_program
from storage_core.values.splice import Change
from storage_core.values.tree import Node, Program

__all__ = ["FRAME_LENGTH", "is_proved", "without_frames"]

_START: Final = attrgetter("start")
_TARGET: Final = attrgetter("target")
FRAME_LENGTH: Final = 9


class _Replaced(NamedTuple):
    """One part, its new code, and what that is to build."""

    start: int
    end: int
    code: bytes
    wanted: Node


def is_proved(
    program: Program, result: Program, changes: Sequence[Change], swaps: Sequence[Swap]
) -> bool:
    """Whether `result` is `program` with one part replaced as the swap says, and else the same.

    True only where `same(program.root, result.root, swaps)` is true.
    """
    part = _replaced(changes, swaps)
    if part is None or program.odd or result.error or result.root is None:
        return False
    new = _read_alone(program, part.code)
    return (
        new is not None
        and new.root is not None
        and same(part.wanted, new.root)
        and _stands_alone(program, part, len(new.memoized))
        and _code_of(result) == _code_of(program, part)
    )


def _replaced(changes: Sequence[Change], swaps: Sequence[Swap]) -> _Replaced | None:
    """The part, if it is the code of one child that is replaced by that of one child."""
    if len(changes) != 1 or len(swaps) != 1:
        return None
    (change,), ((nodes, wanted),) = changes, swaps
    if len(nodes) != len(wanted) or change.depth != 1:
        return None
    places = [place for place, differs in enumerate(map(is_not, nodes, wanted)) if differs]
    if len(places) != 1:
        return None
    old = nodes[places[0]]
    code = [piece for piece in change.pieces if isinstance(piece, bytes)]
    if (old.start, old.end) != (change.start, change.end) or len(code) != len(change.pieces):
        return None
    return _Replaced(old.start, old.end, b"".join(code), wanted[places[0]])


def _read_alone(program: Program, code: bytes) -> Program | None:
    """The new code read by itself; None if it does more than build one thing."""
    head = b"" if program.protocol is None else bytes((op.PROTO, program.protocol))
    new = read_program(b"".join([head, code, bytes((op.STOP,))]))
    does_more = new.gets or new.puts or new.pops or new.hidden or new.odd or new.frames
    is_whole = new.error is None and new.end == len(new.data)
    return None if does_more or new.opaques or not is_whole else new


def _stands_alone(program: Program, part: _Replaced, memoized: int) -> bool:
    """Whether the old code reaches nothing else, and nothing else reaches into it.

    `memoized` is how many memo entries the new code defines.
    """
    start, end = part.start, part.end
    if program.puts and (program.memoized or memoized):
        return False
    first, behind = (bisect_left(program.gets, at, key=_START) for at in (start, end))
    if first != behind or bisect_left(program.pops, start) != bisect_left(program.pops, end):
        return False
    numbered = bisect_left(program.memoized, end) - bisect_left(program.memoized, start)
    if numbered != memoized and behind < len(program.gets):
        return False
    taken = set(map(_TARGET, program.gets[behind:]))
    return not any(start <= target.start < end for target in taken)


def _code_of(program: Program, part: _Replaced | None = None) -> bytes:
    """All of the bytes without their frames, and with the part replaced."""
    behind = program.data[program.end :]
    if part is None:
        return without_frames(program, 0, program.end) + behind
    before = without_frames(program, 0, part.start)
    after = without_frames(program, part.end, program.end)
    return b"".join([before, part.code, after, behind])


def without_frames(program: Program, start: int, end: int) -> bytes:
    """The code between two places, but for its frames."""
    frames = program.frames
    pieces = []
    for frame in frames[bisect_left(frames, start) : bisect_left(frames, end)]:
        pieces.append(program.data[start:frame])
        start = frame + FRAME_LENGTH
    pieces.append(program.data[start:end])
    return b"".join(pieces)
