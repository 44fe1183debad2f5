"""Looking at all marked keys again after nobody watched: at the start, and after a gap in the feed.

What became of a key meanwhile is found as one version. The same look takes down what the keys hold
when a mark is set.
"""

import time
from collections.abc import AsyncIterator, Callable
from typing import Final

from dashboard.catalog import Catalog
from dashboard.history.book import Book
from dashboard.history.models import HistoryMark, State, Version
from storage_core.keys import namespace_of

__all__ = ["Review"]

MOST: Final = 20_000
"""Keys of one mark that are looked at; of more, the history begins when they change."""
PAGE: Final = 1000
BETWEEN: Final = 60.0
"""Seconds between two looks at a store that is scanned again and again."""


class Review:
    """The keys that are still to be looked at. `plan` says whether there are new ones."""

    def __init__(self, catalog: Catalog, *, clock: Callable[[], float] = time.time) -> None:
        self.catalog = catalog
        self.clock = clock
        self.keys: dict[str, None] = {}
        self.seen: set[int] = set()
        self.picture: float | None = None
        self.began_at: float | None = None

    def begin_anew(self) -> None:
        """Look at everything again, whenever that can be."""
        self.keys.clear()
        self.seen.clear()
        self.picture = self.began_at = None

    def next(self) -> str | None:
        """Take out the next key."""
        key = next(iter(self.keys), None)
        if key is not None:
            del self.keys[key]
        return key

    async def plan(self, book: Book) -> None:
        """Plan to look at the keys of new marks, and of all if the catalog is a new one."""
        progress = self.catalog.progress
        if progress.state != "ready":
            return
        if progress.finished_at != self.picture and self.is_time:
            self.seen.clear()
            self.picture, self.began_at = progress.finished_at, self.clock()
        for pk, mark in book.marks.items():
            if pk not in self.seen:
                self.seen.add(pk)
                async for key in self.keys_of(mark):
                    self.keys[key] = None
        self.seen &= book.marks.keys()

    @property
    def is_time(self) -> bool:
        return self.began_at is None or self.clock() - self.began_at >= BETWEEN

    async def keys_of(self, mark: HistoryMark) -> AsyncIterator[str]:
        """What is there, up to the bytes that the mark keeps; then what may be gone."""
        if mark.stored_key is not None:
            yield mark.stored_key
            return
        after: str | None = None
        count = size = 0
        while count < MOST and size < mark.octets:
            page = await self.catalog.apage(mark.key_namespace, after=after, limit=PAGE)
            for row in page.rows:
                yield row.stored_key
                count += 1
                size += row.size or 0
            after = page.next
            if after is None:
                break
        async for key in missing(mark, self.catalog):
            yield key


async def missing(mark: HistoryMark, catalog: Catalog) -> AsyncIterator[str]:
    """Keys that were there when they were last read, and are not in the catalog."""
    newest = Version.objects.filter(mark=mark, until=None).exclude(state=State.GONE)
    async for version in newest.only("key")[:MOST]:
        key = version.stored_key
        if namespace_of(key) == mark.key_namespace and catalog.row(key) is None:
            yield key
