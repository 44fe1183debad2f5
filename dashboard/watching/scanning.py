"""Reading a whole store into an index: its keys first, then their sizes and expiries."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from typing import NamedTuple, TypeVar

from dashboard.catalog.index import Index
from dashboard.catalog.section import UNKNOWN, Section
from dashboard.catalog.slices import in_slices
from dashboard.watching.pace import Pace
from storage_core.abc import BrowsableStorage
from storage_core.entries import Columns
from storage_core.exceptions import StorageError
from storage_core.keys import SEPARATOR, key_to_bytes

__all__ = ["Scan", "ScanAbandoned", "batched", "closing"]

BATCH = 1000
"""Keys in one step of the scan; more of them would hold up the bot."""
SHOW_SECONDS = 0.05
"""What was counted meanwhile is shown all at once, which costs less than a few keys at a time."""
TOGETHER = 1000
"""Keys described in one question."""

Item = TypeVar("Item")


class Part(NamedTuple):
    """Neighbouring rows, some of which are not described yet."""

    section: Section
    start: int
    keys: Sequence[bytes]

    @property
    def stored_keys(self) -> Sequence[bytes]:
        if self.section.namespace is None:
            return self.keys
        head = key_to_bytes(self.section.namespace + SEPARATOR)
        return [head + key for key in self.keys]


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
        self.expected: int | None = None
        """How many keys there are at most, where the store says so."""
        self.told = 0
        """Keys counted, and then keys described, since `started`."""
        self.started = time.perf_counter()

    @property
    def rate(self) -> float:
        """Keys counted a second so far, or described once they are counted."""
        return self.told / max(time.perf_counter() - self.started, 0.001)

    def begin(self) -> None:
        """From here on the rate is that of something else."""
        self.told, self.started = 0, time.perf_counter()

    async def count(self, report: Callable[[], None]) -> None:
        """Fill the index with all keys. Raises ScanAbandoned, StoreUnavailable."""
        self.expected = await self.pace.of(self.backend.most_keys())
        self.begin()
        show_at = self.started
        async with closing(self.pages()) as pages:
            async for page in pages:
                self.index.extend(page)
                if (now := time.perf_counter()) >= show_at:
                    await in_slices(self.index.take_gathered())
                    report()
                    show_at = now + SHOW_SECONDS
        await in_slices(self.index.settle())
        self.abandon_if_stale()
        self.counted = self.index.totals().keys

    async def pages(self) -> AsyncGenerator[Columns, None]:
        """What the store says that it holds. Raises ScanAbandoned, StoreUnavailable."""
        async with closing(self.backend.scan_columns(batch=BATCH)) as pages:
            while (page := await self.pace.of(anext(pages, None))) is not None:
                self.abandon_if_stale()
                self.counted += len(page.keys)
                self.told = self.counted
                yield page

    async def describe(self, report: Callable[[], None]) -> None:
        """Ask for what the scan did not give. Raises ScanAbandoned, StoreUnavailable."""
        self.begin()
        async with closing(self.described(only_unknown=True)) as answers:
            async for part, answer in answers:
                self.write_down(part, answer)
                self.told += len(part.keys)
                report()

    async def described(self, *, only_unknown: bool) -> AsyncGenerator[tuple[Part, Columns], None]:
        """What the store says of the rows: the next question is on its way while the last answer
        is worked on. Raises ScanAbandoned, StoreUnavailable.
        """
        asked: list[Part] = []
        answers: asyncio.Task[Columns] | None = None
        next_answers: asyncio.Task[Columns] | None = None
        try:
            for parts in self.questions(only_unknown=only_unknown):
                self.abandon_if_stale()
                next_answers = asyncio.create_task(self.ask(parts))
                if answers is not None:
                    for answer in dealt(asked, await answers):
                        yield answer
                asked, answers = parts, next_answers
            if answers is not None:
                for answer in dealt(asked, await answers):
                    yield answer
        finally:
            left = [task for task in (answers, next_answers) if task is not None]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    def questions(self, *, only_unknown: bool) -> Iterator[list[Part]]:
        """The rows that are not described, or all of them, about `TOGETHER` at a time."""
        parts: list[Part] = []
        count = 0
        for section in list(self.index.sections.values()):
            for start in range(0, len(section.keys), TOGETHER):
                if only_unknown and UNKNOWN not in section.sizes[start : start + TOGETHER]:
                    continue
                parts.append(Part(section, start, section.keys[start : start + TOGETHER]))
                count += len(parts[-1].keys)
                if count >= TOGETHER:
                    yield parts
                    parts, count = [], 0
        if parts:
            yield parts

    async def ask(self, parts: Sequence[Part]) -> Columns:
        keys = [key for part in parts for key in part.stored_keys]
        return await self.pace.of(self.backend.describe_columns(keys))

    def write_down(self, part: Part, answer: Columns) -> None:
        sizes, expires = answer.sizes, answer.expires_at
        for row in part.section.fill(part.start, part.keys, sizes, expires):
            self.index.drop(part.section, row)
        self.note_deadlines(part, expires)

    def note_deadlines(self, part: Part, expires: Sequence[float]) -> None:
        deadlines = self.index.deadlines
        if min(expires) < deadlines.until:
            for row, at in enumerate(expires, part.start):
                if at < deadlines.until and part.section.keys[row] is part.keys[row - part.start]:
                    deadlines.note(part.section.stored_key(row), part.section.expiry(row))

    def abandon_if_stale(self) -> None:
        if self.is_stale():
            raise ScanAbandoned("The feed had a gap during the scan.")


def dealt(parts: Sequence[Part], answers: Columns) -> Iterator[tuple[Part, Columns]]:
    """The answer to each part of a question."""
    start = 0
    for part in parts:
        end = start + len(part.keys)
        yield part, Columns(part.keys, answers.sizes[start:end], answers.expires_at[start:end])
        start = end


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
