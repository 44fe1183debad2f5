"""Reading a whole store into an index: its keys first, then their sizes and expiries."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from typing import NamedTuple, TypeVar

from dashboard.catalog.index import Index
from dashboard.catalog.order import FREE
from dashboard.catalog.section import UNKNOWN, Section
from dashboard.catalog.slices import in_slices
from dashboard.watching.pace import Pace
from storage_core.abc import BrowsableStorage
from storage_core.entries import EntryInfo
from storage_core.exceptions import StorageError

__all__ = ["Scan", "ScanAbandoned", "batched", "closing"]

BATCH = 1000
"""Keys in one step of the scan; more of them would hold up the bot."""
TOGETHER = 500
"""Keys described in one question."""

Item = TypeVar("Item")


Answers = Sequence[EntryInfo | None]


class Unknown(NamedTuple):
    """A row that is not described yet."""

    section: Section
    row: int
    key: bytes
    name: str


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
        """Ask for what the scan did not give: the next question is on its way while the last
        answer is written down. Raises ScanAbandoned, StoreUnavailable.
        """
        asked: list[Unknown] = []
        answers: asyncio.Task[Answers] | None = None
        next_answers: asyncio.Task[Answers] | None = None
        try:
            for unknown in batched(self.unknown(), TOGETHER):
                self.abandon_if_stale()
                next_answers = asyncio.create_task(self.ask(unknown))
                if answers is not None:
                    self.write_down(asked, await answers)
                    report()
                asked, answers = unknown, next_answers
            if answers is not None:
                self.write_down(asked, await answers)
        finally:
            left = [task for task in (answers, next_answers) if task is not None]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    def unknown(self) -> Iterator[Unknown]:
        """The rows that are not described."""
        for section in list(self.index.sections.values()):
            for row, size in enumerate(section.sizes):
                if size == UNKNOWN and section.keys[row] is not FREE:
                    yield Unknown(section, row, section.keys[row], section.stored_key(row))

    async def ask(self, unknown: Sequence[Unknown]) -> Answers:
        async with self.pace:
            return await self.backend.describe([each.name for each in unknown])

    def write_down(self, unknown: Sequence[Unknown], answers: Answers) -> None:
        for (section, row, key, name), entry in zip(unknown, answers, strict=True):
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


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of `size` items, the last one perhaps shorter."""
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch


@asynccontextmanager
async def closing(items: AsyncIterator[Item]) -> AsyncIterator[AsyncIterator[Item]]:
    """Close an iterator at the end, if it is one that can be."""
    try:
        yield items
    finally:
        if isinstance(items, AsyncGenerator):
            await items.aclose()
