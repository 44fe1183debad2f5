"""Three-way merge: a person's changes put onto what the bot wrote meanwhile."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

from storage_core.exceptions import RefusedEdit
from storage_core.values.concealing import conceal
from storage_core.values.diff import MAX_DIFFERENCES, Difference, Differences, Found
from storage_core.values.masking import Masking
from storage_core.values.meaning import Meanings
from storage_core.values.notation import spell
from storage_core.values.paths import walk
from storage_core.values.placing import Placing, Steps, is_inserted, leads, order_of
from storage_core.values.reader import read_program
from storage_core.values.shape import MEMBER
from storage_core.values.transplant import NotMade, Transplant
from storage_core.values.tree import Masked, Node, Program
from storage_core.values.value import Read, read

__all__ = ["BOTH_CHANGED", "UNCERTAIN", "Conflict", "Merge", "merge"]

MAX_CHANGES: Final = 100
MAX_OF_THEIRS: Final = 100_000
MAX_PAIRS: Final = 500_000
"""Most pairs of a change of mine and one of theirs."""
BOTH_CHANGED: Final = "both changed it"
UNCERTAIN: Final = "items came or went, and it is not certain which is meant"
_TEXT: Final = 500
_TRIED: Final = 10
"""Conflicts of which it is tried whether my side can be kept."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place that both changed; texts are typed notation, None where nothing is."""

    path: str
    """In their value, if it is there, else in the old one."""
    base: str | None
    mine: str | None
    theirs: str | None
    reason: str = BOTH_CHANGED
    place: str = ""
    """The path in the old value, which names the conflict."""
    refusal: str | None = None
    """Why my side cannot be kept; None if it can."""


@dataclass(frozen=True, slots=True)
class Merge:
    merged: bytes | None
    """Both changes; None if there are conflicts that nobody decided."""
    conflicts: tuple[Conflict, ...]
    mine: tuple[Difference, ...]
    theirs: tuple[Difference, ...]

    def as_dict(self) -> dict[str, Any]:
        """Without the bytes."""
        return {
            "conflicts": [asdict(conflict) for conflict in self.conflicts],
            "mine": [one.as_dict() for one in self.mine],
            "theirs": [one.as_dict() for one in self.theirs],
        }


def merge(
    base: bytes,
    mine: bytes,
    theirs: bytes,
    masking: Masking | None = None,
    keep: Mapping[str, bool] | None = None,
    read: Read = read,
) -> Merge:
    """Put what changed from `base` to `mine` onto `theirs`.

    The result is `theirs` with edits spliced in. Changes in different places merge; an item of a
    list is the same one wherever it stands. Of two changes of the same place none is preferred, and
    where it is not certain which of several items is meant, none is taken: those are conflicts.
    `keep` decides them, by their `place`: mine, or else theirs. What `masking` names is one place
    each, and is masked in all texts; the merged bytes have it. `read` is `values.read`, or one that
    remembers what it read.
    """
    sides = [_Side.of(data, masking, read) for data in (base, mine, theirs)]
    if any(side.program.error or side.program.root is None for side in sides):
        kept = theirs if keep == {"": False} else None
        return Merge(kept, (_whole("one of the values cannot be read"),), (), ())
    return _Merger(sides, lambda data: read(data, None).program).merge(keep)


def _whole(reason: str) -> Conflict:
    return Conflict("", None, None, None, reason, refusal=reason)


_NONE: Final = Node()


class _Side(NamedTuple):
    """One of the three values, as far as it may be shown."""

    program: Program
    root: Node

    @classmethod
    def of(cls, data: bytes, masking: Masking | None, read: Read) -> "_Side":
        value = read(data, masking)
        if masking is None or value.is_pickle:
            root = value.program.root if masking is None else value.root
            return cls(value.program, root or _NONE)
        program = read_program(data)  # what is no pickle to its end is shown as something else
        if program.root is None:
            return cls(program, _NONE)
        return cls(program, conceal(program, program.root, None, masking).root)


@dataclass(slots=True)
class _Clash:
    """A place, by its steps in the old value, and my changes that cannot be made unasked.

    `other` is the change of theirs that stands against it; None where a place is not certain.
    """

    steps: Steps
    changes: list[Found]
    other: Found | None

    @property
    def is_member(self) -> bool:
        """Whether it is about a member of a set, which no path of the old value names elsewhere."""
        is_theirs = self.other is None or self.other.style == MEMBER
        return is_theirs and self.changes[0].style == MEMBER

    @property
    def found(self) -> Found:
        """The change of either side that is of the very place."""
        mine = self.changes[0]
        return self.other if self.other and self.other.steps == self.steps else mine


class _Merger:
    """Merges one pair of changes."""

    def __init__(self, sides: Sequence[_Side], read: Callable[[bytes], Program]) -> None:
        """`read` gives programs in which nothing is masked."""
        old, mine, theirs = sides
        self.data = theirs.program.data
        self.my_data = mine.program.data
        self.roots = [side.root for side in sides]
        self.meanings = Meanings()
        my_differences = Differences(
            old.root, mine.root, self.meanings, programs=(old.program, mine.program)
        )
        their_differences = Differences(
            old.root,
            theirs.root,
            self.meanings,
            by_identity=True,
            programs=(old.program, theirs.program),
        )
        self.mine = my_differences.find()
        self.most = min(MAX_OF_THEIRS, MAX_PAIRS // max(len(self.mine), 1))
        self.theirs = their_differences.find(self.most)
        self.in_mine = Placing(my_differences, self.mine)
        self.in_theirs = Placing(their_differences, self.theirs)
        self.transplant = Transplant(
            lambda: read(mine.program.data).root or _NONE, self.in_theirs, read
        )

    def merge(self, keep: Mapping[str, bool] | None) -> Merge:
        theirs = tuple(one.shown() for one in self.theirs[:MAX_DIFFERENCES])
        merged, conflicts = self.put_together(keep)
        return Merge(merged, tuple(conflicts), tuple(one.shown() for one in self.mine), theirs)

    def put_together(
        self, keep: Mapping[str, bool] | None
    ) -> tuple[bytes | None, Iterable[Conflict]]:
        if not self.theirs:
            return self.my_data, ()
        if keep == {"": False}:
            return self.data, ()
        if len(self.mine) > MAX_CHANGES or len(self.theirs) >= self.most:
            of_whom = "yours" if len(self.mine) > MAX_CHANGES else "those made meanwhile"
            return None, [_whole(f"the changes are too many to merge, {of_whom}")]
        clashes, changes = self.clashes()
        if clashes and keep is None:
            return None, [self.conflict(one, number) for number, one in enumerate(clashes)]
        decided = keep or {}
        changes = [one for one in changes if decided.get("".join(one.steps), True)]
        for clash in clashes:
            changes += self.kept(clash) if decided.get("".join(clash.steps)) else []
        try:
            return self.transplant.apply(self.data, order_of(changes)), ()
        except NotMade as refusal:
            return None, [self.refused(refusal.change, str(refusal))]

    def clashes(self) -> tuple[list[_Clash], list[Found]]:
        """What has to be decided, and my changes that can be made unasked."""
        found: dict[Steps, _Clash] = {}
        free = []
        for change in self.mine:
            others = [one for one in self.theirs if _clash(change, one)]
            agreed = any(self.agree(change, one) for one in self.theirs)
            if agreed or not (others or not self.in_theirs.is_sure(change)):
                free += [] if agreed else [change]
                continue
            other = others[0] if others else None
            steps = min(change.steps, other.steps, key=len) if other else change.steps
            found.setdefault(steps, _Clash(steps, [], other)).changes.append(change)
        return list(found.values()), free

    def agree(self, change: Found, other: Found) -> bool:
        """Whether both made the same change. Of what is masked nobody is told that."""
        if isinstance(change.new, Masked) or isinstance(other.new, Masked):
            return False
        if change.kind != other.kind or change.steps != other.steps:
            return False
        if change.new is None or other.new is None:
            return change.new is other.new
        return self.meanings.of(change.new) == self.meanings.of(other.new)

    def kept(self, clash: _Clash) -> list[Found]:
        """The changes that make theirs at the place of a clash what mine is."""
        if clash.other is None or clash.is_member:
            return clash.changes
        _, mine, theirs = self.roots
        where = self.in_mine.of(clash.steps)
        path = "".join(where or ())
        new = None if where is None else self.at(where, mine, None)
        there = self.at(clash.steps, theirs, self.in_theirs)
        kind = "removed" if new is None else "added" if there is None else "changed"
        container, step = clash.steps[:-1], "".join(clash.steps[-1:])
        style, index = clash.found.style, clash.found.index
        return [Found(kind, container, step, path, there, new, None, style, index)]

    @staticmethod
    def at(steps: Steps, root: Node, placing: Placing | None) -> Node | None:
        """What is at a place of the old value, in one of the three; None if it is gone."""
        there = steps if placing is None else placing.of(steps)
        try:
            return None if there is None else walk(root, "".join(there))[0]
        except RefusedEdit:
            return None

    def conflict(self, clash: _Clash, number: int) -> Conflict:
        place, change = "".join(clash.steps), clash.changes[0]
        refusal = self.refusal(clash) if number < _TRIED else None
        if clash.is_member:
            held, put = _text(change.old), _text(change.new)
            return Conflict(place, held, put, held, UNCERTAIN, place, refusal)
        if is_inserted(change) and clash.other is None:
            container = self.in_theirs.of(change.container) or change.container
            index, _ = self.in_theirs.gap(change.container, change.index)
            path = "".join(container) + f"[{index}]"
            text = _text(change.new)
            return Conflict(path, None, text, None, UNCERTAIN, place, refusal)
        old, mine, theirs = (
            self.at(clash.steps, root, placing)
            for root, placing in zip(self.roots, (None, self.in_mine, self.in_theirs), strict=True)
        )
        path = "".join(self.in_theirs.of(clash.steps) or ()) if theirs is not None else place
        reason = UNCERTAIN if clash.other is None else BOTH_CHANGED
        return Conflict(path, _text(old), _text(mine), _text(theirs), reason, place, refusal)

    def refusal(self, clash: _Clash) -> str | None:
        """Why my side cannot be kept, as far as this can be told."""
        try:
            self.transplant.apply(self.data, order_of(self.kept(clash)))
        except RefusedEdit as refusal:
            return str(refusal)
        return None

    @staticmethod
    def refused(change: Found, why: str) -> Conflict:
        """A change of mine that cannot be made in theirs."""
        path, old = "".join(change.steps), _text(change.old)
        return Conflict(path, old, _text(change.new), old, why, path, why)


def _clash(change: Found, other: Found) -> bool:
    """Whether two changes cannot both be made without knowing what was meant."""
    if MEMBER in (change.style, other.style) and change.container == other.container:
        return change.steps == other.steps
    if other.kind == "reordered" and len(change.steps) > len(other.steps):
        return False
    if is_inserted(change):
        return not is_inserted(other) and leads(other.steps, change.container)
    if is_inserted(other):
        return leads(change.steps, other.container)
    return leads(change.steps, other.steps) or leads(other.steps, change.steps)


def _text(node: Node | None) -> str | None:
    return None if node is None else spell(node, _TEXT)
