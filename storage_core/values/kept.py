"""Values that were read a moment ago, so that the next question about one need not read it again.

Paging through a large value, searching in it, editing it and seeing it again are all questions
about the same bytes. A tree takes some fifty times the bytes that it is of, so only few are kept.
"""

import gc
import sys
from collections import OrderedDict
from typing import Final

from storage_core.values.masking import Masking
from storage_core.values.value import Value, read

__all__ = ["MOST_BLOCKS", "Kept"]

MOST_BLOCKS: Final = 1_500_000
"""Blocks of memory that all values kept may take: about 100 MB."""
_LEFT: Final = 200_000
_LARGE: Final = 2 * 1024 * 1024


class Kept:
    """The values read last, each known by its bytes and by the rules of masking.

    Reading frees nothing: `settle` does, when nobody waits for an answer.
    """

    def __init__(self, most_blocks: int = MOST_BLOCKS) -> None:
        self.most_blocks = most_blocks
        self._other_blocks = sys.getallocatedblocks()
        self._values: OrderedDict[tuple[bytes, Masking | None], tuple[Value, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def read(self, data: bytes, masking: Masking | None = None) -> Value:
        """As `values.read`; the value that was read before, if it is still there."""
        known = self._values.get((data, masking))
        if known is not None:
            self._values.move_to_end((data, masking))
            return known[0]
        if len(data) > _LARGE:  # there may not be room for both
            self._values.clear()
        before = sys.getallocatedblocks()
        value = read(data, masking)
        self._values[data, masking] = value, sys.getallocatedblocks() - before
        return value

    def settle(self) -> None:
        """Let go of what was not asked about for longest, until what is left is small enough."""
        blocks = sum(size for _, size in self._values.values())
        while blocks > self.most_blocks:
            _, (_, size) = self._values.popitem(last=False)
            blocks -= size
        # What is left beyond that are trees that hold themselves, which only collecting frees.
        if sys.getallocatedblocks() - blocks > self._other_blocks + _LEFT:
            gc.collect()
            self._other_blocks = sys.getallocatedblocks() - blocks

    def clear(self) -> None:
        """Let go of everything."""
        self._values.clear()
        gc.collect()
        self._other_blocks = sys.getallocatedblocks()
