"""Several edits of one program, made at once: the whole is read and proved once, not for each."""

from collections.abc import Sequence
from itertools import pairwise

from storage_core.values.compare import Swap
from storage_core.values.edit import Editor, Read
from storage_core.values.plans import Plan
from storage_core.values.reader import read_program
from storage_core.values.splice import Change
from storage_core.values.tree import Node, Program

__all__ = ["Gathering"]


class Gathering(Editor):
    """Edits of one program that are only planned, until `made` makes them all.

    Each has to mean the same whether the others are made or not.
    """

    def __init__(self, program: Program, *, read: Read = read_program) -> None:
        super().__init__(program, read=read)
        self.plans: list[Plan] = []
        self.is_hashed = False

    def finish(self, plan: Plan, *, is_hashed: bool = False) -> bytes:
        """The program as it was: the plan is made later."""
        self.plans.append(plan)
        self.is_hashed = self.is_hashed or is_hashed
        return self.program.data

    def made(self) -> bytes | None:
        """The bytes after all edits, proved as those of one; None if one is beside another.

        Raises RefusedEdit.
        """
        changes = [change for plan in self.plans for change in plan.changes]
        swaps = _joined([swap for plan in self.plans for swap in plan.swaps])
        if swaps is None or not _are_apart(changes):
            return None
        if not changes:
            return self.program.data
        return super().finish(Plan(changes, swaps), is_hashed=self.is_hashed)


def _are_apart(changes: Sequence[Change]) -> bool:
    """Whether no code is changed twice, or moved."""
    spans = sorted((change.start, change.end) for change in changes)
    moves = any(isinstance(piece, range) for change in changes for piece in change.pieces)
    return not moves and all(one != other and one[1] <= other[0] for one, other in pairwise(spans))


def _joined(swaps: Sequence[Swap]) -> list[Swap] | None:
    """One swap for each list; None if a list is changed in more than single places of it."""
    joined: dict[int, Swap] = {}
    for nodes, wanted in swaps:
        _, others = joined.get(id(nodes), (nodes, nodes))
        both = wanted if others is nodes else _both(nodes, wanted, others)
        if both is None:
            return None
        joined[id(nodes)] = nodes, both
    return list(joined.values())


def _both(nodes: list[Node], one: list[Node], other: list[Node]) -> list[Node] | None:
    """A list with the changes of two others that came from it, if they are of different places."""
    if not len(nodes) == len(one) == len(other):
        return None
    places = list(zip(nodes, one, other, strict=True))
    if any(left is not node and right is not node for node, left, right in places):
        return None
    return [left if left is not node else right for node, left, right in places]
