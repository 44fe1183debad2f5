"""Keeping the last values that the bot wrote under marked keys.

The catalog says which keys changed, which costs the bot nothing. Their values are read here, beside
the watcher and never in its way: a few at a time, each key some times a second at most, the store
used for a tenth of the time at most. What changes in between is counted, and not kept.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Final

from asgiref.sync import sync_to_async
from django.db import DatabaseError

from dashboard import marks
from dashboard.catalog import Catalog, RecentChange
from dashboard.history.book import Book
from dashboard.history.duty import OnDuty
from dashboard.history.models import HistoryMark, State
from dashboard.history.review import Review
from dashboard.history.tidying import tidy
from dashboard.history.waiting import MOST_WAITING, Noted, Waiting
from dashboard.history.writing import Reading, write
from dashboard.stores import Store
from storage_core.abc import BrowsableStorage
from storage_core.entries import StoredValue
from storage_core.exceptions import StorageError

__all__ = ["Keeper"]

log = logging.getLogger(__name__)

SPACING: Final = 0.3
"""Seconds between two readings of one key."""
TOGETHER: Final = 50
"""Keys in one question."""
BYTES_TOGETHER: Final = 1_000_000
REST: Final = 9.0
"""How many times as long as a question took the store is left alone."""
IDLE: Final = 1.0
"""Seconds between two looks at what there is to do, if nothing changes meanwhile."""
SOON: Final = 0.05
TIDY: Final = 60.0
"""Seconds between two times that what is too old is deleted."""
LOOK_UP: Final = 10.0
"""Seconds between two looks at the marks, should nobody say that they changed."""
NEWS: Final = 2.0
"""Seconds after which the sums that pages show are looked up again."""
MOST_TOLD: Final = 20
"""Keys of one batch whose pages are told of it at once; the others notice by themselves."""


class Keeper:
    """Keeps the history of one store until it is cancelled."""

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        book: Book,
        *,
        spacing: float = SPACING,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store = store
        self.catalog = catalog
        self.book = book
        self.clock = clock
        self.duty = OnDuty(store.name, clock=clock)
        self.waiting = Waiting(spacing)
        self.review = Review(catalog, clock=clock)
        self.woken = asyncio.Event()
        self.is_stale = True
        self.has_news = False
        self.loaded_at = 0.0
        self.tidied_at = clock()
        catalog.listen(self.hear)

    def hear(self, changes: Sequence[RecentChange]) -> None:
        """Remember which marked keys changed (what the catalog calls)."""
        if not self.book.marks or not self.duty.is_held:
            return
        for key, at, _ in changes:
            if self.book.of(key) is not None:
                self.waiting.note(key, at)
                self.woken.set()

    def mark(self, topic: str) -> None:  # noqa: ARG002 - it hears of one topic only
        """Somebody changed the marks (what the hub calls)."""
        self.is_stale = True
        self.woken.set()

    async def run(self) -> None:
        """Keep for ever. While the store or the database is away, what changes waits."""
        topic = marks.history_topic(self.store.name)
        marks.hub().subscribe(topic, self)
        try:
            while True:
                await self.pause(await self.next_turn())
        finally:
            marks.hub().unsubscribe(topic, self)
            with suppress(DatabaseError):
                await self.duty.leave()

    async def pause(self, seconds: float) -> None:
        """Rest; if there was nothing to do, until there is."""
        if seconds < IDLE:
            await asyncio.sleep(seconds)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.woken.wait()

    async def next_turn(self) -> float:
        try:
            return await self.turn()
        except (StorageError, DatabaseError) as error:
            log.info("History of %s could not be kept: %s", self.store.name, error)
        except Exception:
            # A backend that others wrote may raise anything.
            log.exception("History of %s could not be kept.", self.store.name)
        self.woken.clear()
        return IDLE

    async def turn(self) -> float:
        """One step; gives the seconds to rest after it. Raises StorageError, DatabaseError."""
        self.woken.clear()
        await self.look_up_marks()
        if not self.book.marks or not await self.is_on_duty():
            self.waiting.clear()
            self.review.begin_anew()
            return IDLE
        storage = self.store.browsable
        if storage is None or self.store.status.state != "up":
            return IDLE
        if self.waiting.lost and len(self.waiting) < MOST_WAITING / 2:  # the flood is over
            self.waiting.lost = False
            self.review.begin_anew()
        await self.review.plan(self.book)
        keys = self.next_keys()
        if keys:
            return max(SOON, REST * await self.keep(storage, keys))
        await self.tidy_now_and_then()
        return SOON if len(self.waiting) else IDLE

    async def look_up_marks(self) -> None:
        """Know the marks, and how much is kept under them: at once when a person changed them."""
        age = self.clock() - self.loaded_at
        if self.is_stale or age >= LOOK_UP or (self.has_news and age >= NEWS):
            self.is_stale = self.has_news = False
            self.loaded_at = self.clock()
            await self.book.load()

    async def is_on_duty(self) -> bool:
        """Whether this process is the one that keeps. One that takes over looks at everything."""
        was = self.duty.is_held
        is_held = await self.duty.hold()
        if is_held and not was:
            self.review.begin_anew()
        return is_held

    def next_keys(self) -> list[str]:
        """What to read now: keys that changed, then those that are looked at again."""
        keys: list[str] = []
        size = 0
        changed = self.waiting.due(time.monotonic(), TOGETHER)
        for key in islice(self.candidates(changed), TOGETHER):
            row = self.catalog.row(key)
            keys.append(key)
            size += (row.size or 0) if row is not None else 0
            if size > BYTES_TOGETHER:
                break
        return keys

    def candidates(self, changed: Sequence[str]) -> Iterator[str]:
        yield from changed
        while (key := self.review.next()) is not None:
            if key not in changed:
                yield key

    async def keep(self, storage: BrowsableStorage, keys: Sequence[str]) -> float:
        """Read some keys and write down what is new; gives the seconds that the store took."""
        now = time.monotonic()
        taken = {key: self.waiting.take(key, now) for key in keys}
        is_done = False
        try:
            read, took = await self.read(storage, taken)
            new = await sync_to_async(write)(self.store.name, read)
            is_done = True
        finally:
            if not is_done:
                self.waiting.put_back({key: noted for key, noted in taken.items() if noted})
                if None in taken.values():
                    self.review.begin_anew()
        self.has_news = self.has_news or bool(new)
        await self.tell(new)
        return took

    async def read(
        self, storage: BrowsableStorage, taken: Mapping[str, Noted | None]
    ) -> tuple[list[Reading], float]:
        """What the store holds under these keys, without asking for what is too large."""
        readings: list[Reading] = []
        asked: dict[str, HistoryMark] = {}
        for key, noted in taken.items():
            mark, row = self.book.of(key), self.catalog.row(key)
            if mark is None:
                continue
            if row is not None and row.size is not None and row.size > mark.largest:
                large = StoredValue(key, b"", row.expires_at)
                readings.append(self.reading(mark, key, noted, large, row.size))
            else:
                asked[key] = mark
        started = time.perf_counter()
        found = await storage.fetch(list(asked)) if asked else []
        took = time.perf_counter() - started
        for (key, mark), value in zip(asked.items(), found, strict=True):
            size = 0 if value is None else len(value.data)
            readings.append(self.reading(mark, key, taken[key], value, size))
        return readings, took

    def reading(
        self,
        mark: HistoryMark,
        key: str,
        noted: Noted | None,
        value: StoredValue | None,
        size: int,
    ) -> Reading:
        state = state_of(mark, value, size)
        now = self.clock()
        return Reading(
            mark=mark,
            key=key,
            at=now if noted is None else noted.last,
            read_at=now,
            state=state,
            data=value.data if value is not None and state is State.HELD else None,
            size=size,
            expires_at=None if value is None else value.expires_at,
            count=1 if noted is None else noted.count,
            is_found=noted is None,
        )

    async def tell(self, keys: Sequence[str]) -> None:
        """Mark what shows the history of these keys."""
        for key in keys[:MOST_TOLD]:
            await marks.announce(marks.versions_topic(self.store.name, key))

    async def tidy_now_and_then(self) -> None:
        if self.clock() - self.tidied_at >= TIDY:
            self.tidied_at = self.clock()
            await tidy(self.store.name, self.clock())
            self.has_news = True


def state_of(mark: HistoryMark, value: StoredValue | None, size: int) -> State:
    if value is None:
        return State.GONE
    if value.note:
        return State.OTHER
    return State.LARGE if size > mark.largest else State.HELD
