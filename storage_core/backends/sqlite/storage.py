"""The SQLite backend: right under any number of tasks, beside a bot in another process."""

# ruff: noqa: S608 - statements are put together from constants and parameter marks only

import asyncio
import sqlite3
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final

from storage_core.abc import BrowsableStorage
from storage_core.backends.sqlite.copying import prepare
from storage_core.backends.sqlite.feed import FileFeed
from storage_core.backends.sqlite.file import SQLiteFile, bound, unavailable
from storage_core.backends.sqlite.glance import Glance
from storage_core.backends.sqlite.worker import CommitLost, Worker
from storage_core.changes import Change, Gap
from storage_core.entries import KEEP, EntryInfo, Expiry, Outcome, StoredValue
from storage_core.exceptions import InvalidStoreURL, StoreUnavailable, UnsupportedByBackend
from storage_core.expiry import lifetime
from storage_core.keys import key_from_bytes

__all__ = ["SQLiteStorage"]

LIVE: Final = "(expires_at IS NULL OR expires_at > ?)"
SIZE: Final = (  # of a blob, SQLite knows the length without reading it
    "CASE typeof(value) WHEN 'blob' THEN length(value) ELSE length(CAST(value AS BLOB)) END"
)
GET: Final = f"SELECT value FROM sm_storage WHERE key = CAST(? AS TEXT) AND {LIVE}"
GET_SMALL: Final = (
    f"SELECT CASE WHEN length(value) <= {16_384} THEN value END FROM sm_storage "
    f"WHERE key = CAST(? AS TEXT) AND {LIVE}"
)
"""Larger values give NULL, which no value is: reading one could hold the event loop."""
HAS: Final = f"SELECT 1 FROM sm_storage WHERE key = CAST(? AS TEXT) AND {LIVE}"
READ: Final = f"SELECT value, expires_at FROM sm_storage WHERE key = CAST(? AS TEXT) AND {LIVE}"
# A replaced row gets a new rowid, an updated one would not: the feed finds changes by rowid.
SET: Final = (
    "INSERT OR REPLACE INTO sm_storage (key, value, expires_at) VALUES (CAST(? AS TEXT), ?, ?)"
)
DELETE: Final = "DELETE FROM sm_storage WHERE key = CAST(? AS TEXT)"
# In the order of keys: a bot that writes all the time moves rows to the end of the rowids, and a
# listing by rowid would follow it for ever.
PAGE: Final = (
    f"SELECT rowid, key, {SIZE}, expires_at, expires_at IS NULL OR expires_at > ? FROM sm_storage "
    "WHERE key > CAST(? AS TEXT) AND typeof(key) = 'text' ORDER BY key LIMIT ?"
)
FIRST_PAGE: Final = PAGE.replace("key >", "key >=")
MOST_PARAMETERS: Final = 500
SYNCHRONOUS: Final = frozenset({"NORMAL", "FULL", "EXTRA"})


class SQLiteStorage(BrowsableStorage):
    """Entries in one SQLite file, in Slack Machine's own format.

    Settings: `SQLITE_PATH` as in Slack Machine; `SQLITE_SYNCHRONOUS`, NORMAL to trade the last
    moments before a power failure for speed; `SQLITE_CREATE`, False where a missing file is an
    error rather than a new store.

    An existing file keeps its journal mode. A file that we make is in WAL mode, where readers and
    a writer do not wait for each other.
    """

    feed = "by watching the file for commits"

    def __init__(
        self, settings: Mapping[str, Any], *, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(settings)
        synchronous = settings.get("SQLITE_SYNCHRONOUS")
        if synchronous is not None and str(synchronous).upper() not in SYNCHRONOUS:
            raise InvalidStoreURL(f"SQLITE_SYNCHRONOUS is one of {', '.join(sorted(SYNCHRONOUS))}.")
        self._file = SQLiteFile(
            path=str(settings.get("SQLITE_PATH", "slack-machine-state.db")),
            create=bool(settings.get("SQLITE_CREATE", True)),
            synchronous=synchronous and str(synchronous).upper(),
        )
        self._clock = clock
        self._worker: Worker | None = None
        self._glance: Glance | None = None
        self._identity: tuple[int, int] | None = None
        self._feeds: set[FileFeed] = set()
        self._opening = asyncio.Lock()

    async def init(self) -> None:
        async with self._opening:
            if self._worker is None:
                self._loop = asyncio.get_running_loop()
                connection, self._glance = await asyncio.to_thread(self._connect)
                self._worker = Worker(connection, self._renewed, self._explain)

    async def close(self) -> None:
        if self._worker is not None:
            worker, self._worker = self._worker, None
            await worker.close()
            if self._glance is not None:
                self._glance.close()
                self._glance = None

    async def get(self, key: str) -> bytes | None:
        parameters = (bound(key), self._clock())
        rows = self._glance and self._glance.rows(GET_SMALL, parameters)
        if rows is None or (rows and rows[0][0] is None):
            rows = await self._open_worker.ask(GET, parameters)
        return _as_bytes(rows[0][0]) if rows else None

    async def set(self, key: str, value: bytes, expires: float | None = None) -> None:
        expires_at = self._moment(lifetime(expires))
        parameters = (bound(key), bytes(value), expires_at)
        await self._open_worker.ask(SET, parameters, writes=True)

    async def delete(self, key: str) -> None:
        await self._open_worker.ask(DELETE, (bound(key),), writes=True)

    async def has(self, key: str) -> bool:
        parameters = (bound(key), self._clock())
        rows = self._glance and self._glance.rows(HAS, parameters)
        if rows is None:
            rows = await self._open_worker.ask(HAS, parameters)
        return bool(rows)

    async def size(self) -> int:
        ((count,),) = await self._open_worker.ask("PRAGMA page_count")
        ((size,),) = await self._open_worker.ask("PRAGMA page_size")
        return int(count) * int(size)

    async def scan(self, *, batch: int = 1000) -> AsyncIterator[Sequence[EntryInfo]]:
        async with aclosing(self._pages(batch)) as pages:
            async for rows in pages:
                yield [_info(key, size, at) for _, key, size, at, is_live in rows if is_live]

    async def overdue(self, *, batch: int = 1000) -> AsyncIterator[Sequence[EntryInfo]]:
        async with aclosing(self._pages(batch)) as pages:
            async for rows in pages:
                yield [_info(key, size, at) for _, key, size, at, is_live in rows if not is_live]

    async def _pages(self, batch: int) -> AsyncGenerator[Sequence[Any], None]:
        """All rows in the order of their keys, those that have expired among them."""
        sql, last = FIRST_PAGE, b""
        while True:
            parameters = (self._clock(), last, batch)
            rows = await self._open_worker.ask(sql, parameters, width=5)
            if rows:
                sql, last = PAGE, rows[-1][1]
                self._tell_feeds(rows)
                yield rows
            if len(rows) < batch:
                return

    async def describe(self, keys: Sequence[str]) -> Sequence[EntryInfo | None]:
        rows = await self._select(f"rowid, key, {SIZE}, expires_at", keys)
        found = {key: _info(key, size, expires_at) for _, key, size, expires_at in rows}
        return [found.get(_spelled(key)) for key in keys]

    async def fetch(self, keys: Sequence[str]) -> Sequence[StoredValue | None]:
        rows = await self._select("rowid, key, value, expires_at", keys)
        found = {
            key: StoredValue(key_from_bytes(key), _as_bytes(value), expires_at)
            for _, key, value, expires_at in rows
        }
        return [found.get(_spelled(key)) for key in keys]

    async def compare_and_set(
        self, key: str, expected: bytes | None, new: bytes | None, *, expires: Expiry = KEEP
    ) -> Outcome:
        moment = KEEP if expires is KEEP else self._moment(lifetime(expires))

        def replace(connection: sqlite3.Connection) -> Outcome:
            rows = connection.execute(READ, (bound(key), self._clock())).fetchall()
            current, old_moment = (_as_bytes(rows[0][0]), rows[0][1]) if rows else (None, None)
            if current is None and expected is not None:
                return Outcome.GONE
            if current not in (expected, new):
                return Outcome.CHANGED
            new_moment = old_moment if moment is KEEP else moment
            if new is None:
                connection.execute(DELETE, (bound(key),))
            elif (new, new_moment) != (current, old_moment):
                connection.execute(SET, (bound(key), new, new_moment))
            return Outcome.SAVED

        try:
            return await self._open_worker.do(replace, writes=True)  # type: ignore[no-any-return] # an Outcome
        except CommitLost:
            return Outcome.UNKNOWN

    def changes(self) -> AsyncIterator[Sequence[Change] | Gap]:
        if self._file.path == ":memory:":
            raise UnsupportedByBackend("A store in memory only has no file to watch.")
        return self._followed(FileFeed(self._file, self._clock))

    async def _followed(self, feed: FileFeed) -> AsyncIterator[Sequence[Change] | Gap]:
        self._feeds.add(feed)
        try:
            async with aclosing(feed.changes()) as changes:
                async for news in changes:
                    yield news
        finally:
            self._feeds.discard(feed)

    def _tell_feeds(self, rows: Sequence[Any]) -> None:
        """Rows that were read just now, each with its rowid and key first."""
        for feed in self._feeds:
            feed.served((row[0], row[1]) for row in rows)

    def _connect(self) -> tuple[sqlite3.Connection, Glance | None]:
        """The worker's connection and the loop's own, to the file that is there now."""
        identity = self._file.identity()
        connection = self._file.connect()
        try:
            prepare(connection)
            glance = None if self._file.path == ":memory:" else self._new_glance()
        except BaseException:
            connection.close()
            raise
        self._identity = identity or self._file.identity()
        return connection, glance

    def _new_glance(self) -> Glance:
        connection = self._file.connect()
        try:
            return Glance(connection, self._loop)
        except sqlite3.Error as error:
            connection.close()
            raise self._explain(error) from error

    def _renewed(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        """On the worker's thread: the same connection, or one to the file that took its place."""
        if self._file.identity() == self._identity:
            return connection
        new, glance = self._connect()
        connection.close()
        self._loop.call_soon_threadsafe(self._use, glance)
        return new

    def _use(self, glance: Glance | None) -> None:
        old, self._glance = self._glance, glance
        if old is not None:
            old.close()
        if self._worker is None and glance is not None:  # closed meanwhile
            glance.close()

    @property
    def _open_worker(self) -> Worker:
        if self._worker is None:
            raise StoreUnavailable(f"{self._file.path} has not been opened, or was closed.")
        return self._worker

    async def _select(self, columns: str, keys: Sequence[str]) -> Sequence[Any]:
        rows: list[Any] = []
        for start in range(0, len(keys), MOST_PARAMETERS):
            some = [bound(key) for key in keys[start : start + MOST_PARAMETERS]]
            marks = ", ".join(["CAST(? AS TEXT)"] * len(some))
            sql = f"SELECT {columns} FROM sm_storage WHERE key IN ({marks}) AND {LIVE}"
            parameters = (*some, self._clock())
            rows += await self._open_worker.ask(sql, parameters, width=4)
        self._tell_feeds(rows)
        return rows

    def _moment(self, seconds: float | None) -> float | None:
        return None if seconds is None else self._clock() + seconds

    def _explain(self, error: sqlite3.Error) -> StoreUnavailable:
        return unavailable(error, self._file.path)


def _spelled(key: str) -> bytes:
    spelled = bound(key)
    return spelled if isinstance(spelled, bytes) else spelled.encode()


def _as_bytes(value: Any) -> bytes:
    """A stored value as bytes, also where a person put a number into the column."""
    return value if isinstance(value, bytes) else str(value).encode()


def _info(key: bytes, size: int, expires_at: float | None) -> EntryInfo:
    return EntryInfo(key_from_bytes(key), size, expires_at)
