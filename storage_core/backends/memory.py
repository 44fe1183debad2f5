"""Entries in this process's memory: for tests, for trying out, and as the shortest example."""

import asyncio
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Any, ClassVar, NamedTuple

from storage_core.abc import BrowsableStorage
from storage_core.changes import Change, Gap
from storage_core.entries import KEEP, EntryInfo, Expiry, Outcome, StoredValue
from storage_core.expiry import lifetime
from storage_core.mailbox import Mailbox

__all__ = ["MemoryStorage"]


class _Entry(NamedTuple):
    data: bytes
    expires_at: float | None


class _Shelf:
    """The entries themselves. Several storages may share a named one."""

    def __init__(self) -> None:
        self.entries: dict[str, _Entry] = {}
        self.followers: set[Mailbox] = set()
        self.expiring: list[tuple[float, str]] = []
        self.lock = threading.Lock()

    def put(self, key: str, entry: _Entry | None, now: float) -> None:
        """Store or, for None, remove; tell the followers. Call it with the lock held."""
        if entry is None:
            self.entries.pop(key, None)
        else:
            self.entries[key] = entry
            if entry.expires_at is not None:
                self._remember_expiry(entry.expires_at, key)
        for follower in self.followers:
            follower.put((key,), now)

    def _remember_expiry(self, expires_at: float, key: str) -> None:
        if len(self.expiring) > 2 * len(self.entries) + 1000:  # mostly overwritten ones by now
            entries = self.entries.items()
            self.expiring = [(e.expires_at, k) for k, e in entries if e.expires_at is not None]
            heapify(self.expiring)
        else:
            heappush(self.expiring, (expires_at, key))

    def drop_expired(self, now: float) -> None:
        """Remove what has expired, and tell the followers. Call it with the lock held."""
        while self.expiring and self.expiring[0][0] <= now:
            expires_at, key = heappop(self.expiring)
            entry = self.entries.get(key)
            if entry is not None and entry.expires_at == expires_at:
                self.put(key, None, now)


class MemoryStorage(BrowsableStorage):
    """Entries in memory, gone with the process.

    The setting `MEMORY_NAME` names entries that every storage of this process with that name
    shares; without it each has its own.
    """

    feed = "directly, as the bot is in this process"

    _named: ClassVar[dict[str, _Shelf]] = {}

    def __init__(
        self, settings: Mapping[str, Any], *, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(settings)
        name = settings.get("MEMORY_NAME")
        self._shelf = self._named.setdefault(name, _Shelf()) if name else _Shelf()
        self._clock = clock

    async def get(self, key: str) -> bytes | None:
        entry = self._live(key)
        return None if entry is None else entry.data

    async def set(self, key: str, value: bytes, expires: float | None = None) -> None:
        now = self._clock()
        seconds = lifetime(expires)
        entry = _Entry(bytes(value), None if seconds is None else now + seconds)
        with self._shelf.lock:
            self._shelf.drop_expired(now)
            self._shelf.put(key, entry, now)

    async def delete(self, key: str) -> None:
        with self._shelf.lock:
            if key in self._shelf.entries:
                self._shelf.put(key, None, self._clock())

    async def has(self, key: str) -> bool:
        return self._live(key) is not None

    async def size(self) -> int:
        return sys.getsizeof(self._shelf.entries)

    async def scan(self, *, batch: int = 1000) -> AsyncIterator[Sequence[EntryInfo]]:
        keys = list(self._shelf.entries)
        for start in range(0, len(keys), batch):
            yield [entry for entry in self._described(keys[start : start + batch]) if entry]
            await asyncio.sleep(0)

    async def describe(self, keys: Sequence[str]) -> Sequence[EntryInfo | None]:
        return list(self._described(keys))

    async def fetch(self, keys: Sequence[str]) -> Sequence[StoredValue | None]:
        found = ((key, self._live(key)) for key in keys)
        return [entry and StoredValue(key, entry.data, entry.expires_at) for key, entry in found]

    async def compare_and_set(
        self, key: str, expected: bytes | None, new: bytes | None, *, expires: Expiry = KEEP
    ) -> Outcome:
        seconds = None if expires is KEEP else lifetime(expires)
        now = self._clock()
        with self._shelf.lock:
            found = self._live(key)
            current = None if found is None else found.data
            if current is None and expected is not None:
                return Outcome.GONE
            if current not in (expected, new):
                return Outcome.CHANGED
            expires_at = None if seconds is None else now + seconds
            if expires is KEEP and found is not None:
                expires_at = found.expires_at
            entry = None if new is None else _Entry(new, expires_at)
            if entry != found:
                self._shelf.put(key, entry, now)
        return Outcome.SAVED

    async def changes(self) -> AsyncIterator[Sequence[Change] | Gap]:
        follower = Mailbox()
        with self._shelf.lock:
            self._shelf.followers.add(follower)
        try:
            yield Gap("the feed starts here", self._clock())
            while True:
                await follower.wait(self._until_next_expiry())
                with self._shelf.lock:
                    self._shelf.drop_expired(self._clock())
                    news = follower.take()
                if news:
                    yield news
        finally:
            with self._shelf.lock:
                self._shelf.followers.discard(follower)

    def _live(self, key: str) -> _Entry | None:
        entry = self._shelf.entries.get(key)
        if entry is None or (entry.expires_at is not None and entry.expires_at <= self._clock()):
            return None
        return entry

    def _described(self, keys: Sequence[str]) -> Iterable[EntryInfo | None]:
        for key in keys:
            entry = self._live(key)
            yield entry and EntryInfo(key, len(entry.data), entry.expires_at)

    def _until_next_expiry(self) -> float | None:
        expiring = self._shelf.expiring
        return max(0.0, expiring[0][0] - self._clock()) if expiring else None
