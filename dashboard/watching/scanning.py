"""Reading a whole store into an index: its keys first, then their sizes and expiries."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from dashboard.catalog.index import Index
from dashboard.catalog.order import FREE
from dashboard.catalog.section import UNKNOWN, Section
from dashboard.catalog.slices import in_slices
from dashboard.watching.pace import Pace
from storage_core.abc import BrowsableStorage
from storage_core.entries import EntryInfo
from storage_core.exceptions import StorageError

__all__ = ["Scan", "ScanAbandoned", "closing", "size_of"]

BATCH = 1000
"""Keys in one step of the scan; more of them would hold up the bot."""
TOGETHER = 500
"""Keys described in one question."""

Item = TypeVar("Item")


class ScanAbandoned(StorageError):
    """The feed had another gap meanwhile, so this scan would miss something."""


class Scan:
    """One reading of a store. `is_stale` says when it is to be abandoned."""

    def __init__(
        self, backend: BrowsableStorage, index: Index, is_stale: Callable[[], bool]
    ) -> None:
        self.backend = backend
        self.index = index
        self.is_stale = is_stale
        self.pace = Pace()
        self.counted = 0
        self.started = time.perf_counter()

    @property
    def rate(self) -> float:
        """Keys counted a second so far."""
        return self.counted / max(time.perf_counter() - self.started, 0.001)

    async def count(self, report: Callable[[], None]) -> None:
        """Fill the index with all keys. Raises ScanAbandoned, StoreUnavailable."""
        async with closing(self.backend.scan(batch=BATCH)) as batches:
            while (entries := await self.next_of(batches)) is not None:
                self.abandon_if_stale()
                self.index.extend(entries)
                self.counted += len(entries)
                report()
        await in_slices(self.index.settle())
        self.abandon_if_stale()
        self.counted = self.index.totals().keys

    async def next_of(
        self, batches: AsyncIterator[Sequence[EntryInfo]]
    ) -> Sequence[EntryInfo] | None:
        async with self.pace:
            return await anext(batches, None)

    async def describe(self, report: Callable[[], None]) -> None:
        """Ask for what the scan did not give. Raises ScanAbandoned, StoreUnavailable."""
        for section in list(self.index.sections.values()):
            start = 0
            while start < len(section.keys):
                self.abandon_if_stale()
                end = start + TOGETHER
                rows = [
                    row
                    for row in range(start, min(end, len(section.keys)))
                    if section.sizes[row] == UNKNOWN and section.keys[row] is not FREE
                ]
                if rows:
                    await self.describe_rows(section, rows)
                start = end
                report()

    async def describe_rows(self, section: Section, rows: Sequence[int]) -> None:
        keys = [section.keys[row] for row in rows]
        names = [section.stored_key(row) for row in rows]
        async with self.pace:
            answers = await self.backend.describe(names)
        for row, key, name, entry in zip(rows, keys, names, answers, strict=True):
            # What the feed brought in meanwhile is newer than this answer.
            if section.keys[row] is not key or section.sizes[row] != UNKNOWN:
                continue
            if entry is None:
                self.index.discard(name)
            else:
                section.describe(row, size_of(entry), entry.expires_at)
                self.index.deadlines.note(name, entry.expires_at)

    def abandon_if_stale(self) -> None:
        if self.is_stale():
            raise ScanAbandoned("The feed had a gap during the scan.")


def size_of(entry: EntryInfo) -> int:
    """The size that a description has told."""
    return 0 if entry.size is None else entry.size


@asynccontextmanager
async def closing(items: AsyncIterator[Item]) -> AsyncIterator[AsyncIterator[Item]]:
    """Close an iterator at the end, if it is one that can be."""
    try:
        yield items
    finally:
        if isinstance(items, AsyncGenerator):
            await items.aclose()
