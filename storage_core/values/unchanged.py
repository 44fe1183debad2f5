"""What two values have in common because the same code builds it: that need not be compared.

Let the old program be A X B and the new one A Y B, with A and B as long as they can be. Until the
end of A the machine does the same things, so what is built within A is the same in both. What is
built within B is the same where all that it takes from the memo is: built within A, at the same
place of B, or a plain value that is the same in both. So where the code of two parts stands can say
that they are the same, though not that they differ.

Of a list of children only the outermost need be looked at. Let the first of both lists be the same
part of A. What follows it is built on top of it, by the same code in the same state, so the second
is the same as well if it ends within A, and so on; and let the n-th from the end of both lists be
the same part of B: all that follows is built by the same code, down to the end of the list.

That holds where a part is complete once its code is, and stays where it is: nothing is thrown away
(POP), and nothing is put into what comes out of the memo. Names mean the same if both programs have
one protocol all over. Frames say nothing to the machine, so they are left out.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from storage_core.values.compare import same_atom
from storage_core.values.proof import FRAME_LENGTH, without_frames
from storage_core.values.tree import Atom, Node, Program, Reference

__all__ = ["Unchanged", "may_hold_itself"]

_START: Final = attrgetter("start")
_END: Final = attrgetter("end")
_TARGET: Final = attrgetter("target")
_ROUNDS: Final = 16


def may_hold_itself(program: Program) -> bool:
    """Whether something in the value can be part of itself.

    Then a reference stands within the code of what it leads to, if each part's code is within that
    of the whole.
    """
    if program.error is not None or program.filled_late:
        return True
    return bool(program.reused) and any(
        get.target.start <= get.start < get.target.end for get in program.gets
    )


class Unchanged:
    """Two programs, and where their code is the same."""

    def __init__(self, old: Program, new: Program) -> None:
        self.old, self.new = _Code(old), _Code(new)
        self.ahead = self.behind = 0
        """How many bytes of code are the same at the beginning, and at the end."""
        self.is_telling = old.protocol == new.protocol and all(
            map(_is_told_by_its_code, (old, new))
        )
        """Whether the code says anything at all."""
        if self.is_telling:
            one, other = self.old.bare, self.new.bare
            self.ahead = _common(one, other)
            self.behind = self._sound(
                _common_end(one, other, min(len(one), len(other)) - self.ahead)
            )

    def runs(self, old: Sequence[Node], new: Sequence[Node]) -> tuple[int, int]:
        """How many of the children of two containers are the same at the beginning, and at the end.

        Each is one list of the tree, or a part of one; of others there may be none.
        """
        first = min(self.old.built_ahead(old, self.ahead), self.new.built_ahead(new, self.ahead))
        if first and not (
            self._is_ahead(old[0], new[0]) and self._is_ahead(old[first - 1], new[first - 1])
        ):
            first = 0
        last = min(self.old.built_behind(old, self.behind), self.new.built_behind(new, self.behind))
        if last and not (
            self._is_behind(old[-last], new[-last]) and self._is_behind(old[-1], new[-1])
        ):
            last = 0
        return first, last

    def is_copied(self, old: Node, new: Node) -> bool:
        """Whether two nodes mean the same for they are built by the same code, wherever it stands.

        All that they take from the memo has to be the same: something within them at the same
        place of their code, or what is the same in both values. The code has to tell something.
        """
        if self.old.code(old) != self.new.code(new):
            return False
        gets, others = self.old.gets_in(old), self.new.gets_in(new)
        shift = new.start - old.start
        return len(gets) == len(others) and all(
            _is_same_part(old, one.target, other.target, shift)
            or self._lead_to_the_same(one.target, other.target)
            for one, other in zip(gets, others, strict=True)
        )

    def _is_ahead(self, old: Node, new: Node) -> bool:
        """Whether two nodes are the same part of what is the same at the beginning."""
        start, end = span = self.old.span(old)
        return span == self.new.span(new) and 0 < start < end <= self.ahead

    def _is_behind(self, old: Node, new: Node) -> bool:
        """Whether two nodes are the same part of what is the same at the end."""
        start, end = self.old.span(old)
        shift = self.new.length - self.old.length
        is_same = (start + shift, end + shift) == self.new.span(new)
        return is_same and self.old.length - self.behind <= start < end

    def _sound(self, behind: int) -> int:
        """How much of the code that is the same at the end takes the same from the memo."""
        self.behind = behind
        for _ in range(_ROUNDS):
            old, new = self.old.gets(self.behind), self.new.gets(self.behind)
            places, others = (
                [code.length - code.bare_at(get.start) for get in gets[:1]]
                for code, gets in ((self.old, old), (self.new, new))
            )
            if len(old) != len(new) or places != others:
                # The code may begin within an instruction in one of them: go on behind that.
                self.behind = min([*places, *others]) - 1
                continue
            pairs = set(zip(map(_TARGET, old), map(_TARGET, new), strict=True))
            bad = {pair for pair in pairs if not self._lead_to_the_same(*pair)}
            if not bad:
                return self.behind
            targets = zip(map(_TARGET, old), map(_TARGET, new), strict=True)
            last = max(number for number, pair in enumerate(targets) if pair in bad)
            self.behind = self.old.length - self.old.bare_at(old[last].end)
        return 0

    def _lead_to_the_same(self, old: Node, new: Node) -> bool:
        if type(old) is Atom and type(new) is Atom:
            return same_atom(old.value, new.value)
        return self._is_ahead(old, new) or self._is_behind(old, new)


class _Code:
    """A program's code without its frames; places in it are counted without them, too."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.frames = program.frames
        self.bare = without_frames(program, 0, program.end)
        self.length = len(self.bare)

    def bare_at(self, at: int) -> int:
        """Where in the bare code it is that is at `at` of the data."""
        return at - FRAME_LENGTH * bisect_left(self.frames, at)

    def at(self, bare: int) -> int:
        """The last place of the data that is at `bare` of the bare code."""
        at = bare
        for frame in self.frames:
            if frame > at:
                break
            at += FRAME_LENGTH
        return at

    def span(self, node: Node) -> tuple[int, int]:
        """Where the code of a node starts and ends."""
        return self.bare_at(node.start), self.bare_at(node.end)

    def built_ahead(self, nodes: Sequence[Node], ahead: int) -> int:
        """How many nodes are complete after so many bytes."""
        return bisect_right(nodes, self.at(ahead), key=_END) if ahead else 0

    def built_behind(self, nodes: Sequence[Node], behind: int) -> int:
        """How many nodes are begun in so many bytes at the end."""
        if not behind:
            return 0
        return len(nodes) - bisect_left(nodes, self.at(self.length - behind), key=_START)

    def code(self, node: Node) -> bytes:
        """The code of a node, with its frames."""
        return self.program.data[node.start : node.end]

    def gets_in(self, node: Node) -> Sequence[Reference]:
        """What takes something from the memo in the code of a node."""
        gets = self.program.gets
        low, high = (bisect_left(gets, at, key=_START) for at in (node.start, node.end))
        return gets[low:high]

    def gets(self, behind: int) -> Sequence[Reference]:
        """What takes something from the memo in so many bytes at the end."""
        gets = self.program.gets
        return gets[bisect_left(gets, self.at(self.length - behind), key=_START) :]


def _is_same_part(old: Node, one: Node, other: Node, shift: int) -> bool:
    """Whether two nodes are at the same place of the same code, which begins with an old one's."""
    is_within = old.start <= one.start and one.end <= old.end
    return is_within and (one.start + shift, one.end + shift) == (other.start, other.end)


def _is_told_by_its_code(program: Program) -> bool:
    is_whole = program.error is None and program.root is not None
    return is_whole and not (program.odd or program.pops or program.filled_late)


def _common(one: bytes, other: bytes) -> int:
    """How many bytes at the beginning are the same."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(one: bytes, other: bytes, most: int) -> int:
    """How many bytes at the end are the same, at most so many."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low
