"""Values that were read a moment ago, so that the next question about one need not read it again.

Paging through a large value, searching in it, editing it and seeing it again are all questions
about the same bytes. A tree takes some fifty times the bytes that it is of, so only few are kept:
the value before a change and the one after it, up to about 2 MB each.
"""

import gc
import sys
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from storage_core.values.masking import Masking
from storage_core.values.reader import read_program
from storage_core.values.tree import Program
from storage_core.values.value import Value

__all__ = ["MOST_BLOCKS", "Kept"]

MOST_BLOCKS: Final = 4_500_000
"""Blocks of memory that all trees kept may take, of some 55 bytes each: about 250 MB."""
_ROOM: Final = 5_500_000
"""Blocks of all trees while one more is read: about 300 MB."""
_BLOCKS_PER_BYTE: Final = 1.1
"""What a tree takes for each byte of a value of many small parts; of most it is less."""
_LEFT: Final = 200_000


@dataclass(slots=True)
class _Tree:
    """One tree, and the values that show it: where nothing is masked, all rules show the same."""

    program: Program
    blocks: int
    values: dict[Masking | None, Value] = field(default_factory=dict)


class Kept:
    """The values read last, each known by its bytes and by the rules of masking.

    Little is freed while somebody waits for an answer: `settle` does that afterwards.
    """

    def __init__(self, most_blocks: int = MOST_BLOCKS) -> None:
        self.most_blocks = most_blocks
        self._other_blocks = sys.getallocatedblocks()
        self._trees: OrderedDict[tuple[bytes, Masking | None], _Tree] = OrderedDict()
        """By bytes, and by the rules that masked something in the tree; None if none did."""

    def __len__(self) -> int:
        """How many trees are kept."""
        return len(self._trees)

    def read(self, data: bytes, masking: Masking | None = None) -> Value:
        """As `values.read`; the value that was read before, if it is still there.

        Masks are put into the tree that is there. Where they hide something, that tree is read
        again for whoever may see all of it.
        """
        for key in ((data, masking), (data, None)):
            tree = self._trees.get(key)
            if tree is not None and masking in tree.values:
                self._trees.move_to_end(key)
                return tree.values[masking]
        # Taken out, since masks that are only half put in must not stay in it.
        tree = self._trees.pop((data, None), None) or self._read(data)
        if masking is None and tree.values:
            value = next(iter(tree.values.values()))  # its rules hide nothing of this
        else:
            value = Value(data, tree.program, masking, self.read)
        if value.hides:
            tree.values.clear()
        tree.values[masking] = value
        self._trees[data, masking if value.hides else None] = tree
        return value

    def _read(self, data: bytes) -> _Tree:
        expected = int(len(data) * _BLOCKS_PER_BYTE)
        while self._trees and self._blocks + expected > _ROOM:
            self._trees.popitem(last=False)
        before = sys.getallocatedblocks()
        program = read_program(data)
        return _Tree(program, sys.getallocatedblocks() - before)

    @property
    def _blocks(self) -> int:
        return sum(tree.blocks for tree in self._trees.values())

    def settle(self) -> None:
        """Let go of what was not asked about for longest, until what is left is small enough."""
        blocks = self._blocks
        while blocks > self.most_blocks:
            _, tree = self._trees.popitem(last=False)
            blocks -= tree.blocks
            del tree
        # What is left beyond that are trees that hold themselves, which only collecting frees.
        if sys.getallocatedblocks() - blocks > self._other_blocks + _LEFT:
            gc.collect()
            self._other_blocks = sys.getallocatedblocks() - blocks

    def clear(self) -> None:
        """Let go of everything."""
        self._trees.clear()
        gc.collect()
        self._other_blocks = sys.getallocatedblocks()
