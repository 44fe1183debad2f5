"""The two contracts of a store.

`MachineBaseStorage` is what the author of a backend implements: bytes under a stored key. Pickling
and namespacing are done above it. `BrowsableStorage` adds what a dashboard needs. Names and
meanings of the first are those of Slack Machine 0.40.1, so a backend that was written for it works
here, and ours work there.

Stored keys are text. Bytes that are no UTF-8 are kept as lone surrogates (`keys.key_from_bytes`).
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Generator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from storage_core.changes import Change, Gap
from storage_core.entries import (
    KEEP,
    NEVER,
    NO_SIZE,
    Columns,
    EntryInfo,
    Expiry,
    Outcome,
    StoredValue,
)
from storage_core.keys import key_from_bytes, key_to_bytes

__all__ = ["BrowsableStorage", "MachineBaseStorage"]


class MachineBaseStorage(ABC):
    """A place for bytes under stored keys. Construct it with settings, then await `init()`.

    `async with backend:` and `await backend` do the `init()`; `async with` also closes.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """`settings` are the bot's own settings, with Slack Machine's names."""
        self.settings = settings

    async def init(self) -> None:  # noqa: B027 - optional for authors, as upstream
        """Open connections. Called once, inside the event loop that will use the backend.

        Raises StoreUnavailable if the store cannot be reached.
        """

    async def close(self) -> None:  # noqa: B027 - optional for authors, as upstream
        """Let go of connections. The backend is not used afterwards."""

    @abstractmethod
    async def get(self, key: str) -> bytes | None:
        """The bytes stored under `key`; None if there are none or they have expired."""

    @abstractmethod
    async def set(self, key: str, value: bytes, expires: int | None = None) -> None:
        """Store `value`, overwriting what is there and its expiry.

        `expires` is a positive number of seconds, None for never.
        """

    @abstractmethod
    async def delete(self, key: str) -> None:
        """Remove `key`. A key that is not there is no error."""

    @abstractmethod
    async def has(self, key: str) -> bool:
        """Whether `key` is stored and has not expired."""

    @abstractmethod
    async def size(self) -> int:
        """The size of the underlying storage in bytes, cheap to ask.

        The whole file, the whole server's memory: what the seed system reports, not the sum of
        this bot's entries.
        """

    async def _opened(self) -> Self:
        await self.init()
        return self

    def __await__(self) -> Generator[Any, None, Self]:
        return self._opened().__await__()

    async def __aenter__(self) -> Self:
        return await self._opened()

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


class BrowsableStorage(MachineBaseStorage):
    """A store that can also be listed, described, changed with care, and followed.

    All of it is safe beside a bot in another process that knows nothing of us, and safe for any
    number of tasks at once. Every method raises StoreUnavailable when the store does not answer.
    """

    feed: str = ""
    """How this store's changes are noticed, in words that a page can show."""

    @abstractmethod
    def scan(self, *, batch: int = 1000) -> AsyncIterator[Sequence[EntryInfo]]:
        """Every entry that is there from the start of the scan to its end, in batches.

        Entries written or deleted meanwhile may or may not be given, some twice. Entries that have
        expired are left out where the store knows it at no extra cost. `size` and `expires_at` are
        filled in where they cost nothing; otherwise ask `describe`. At most about `batch` entries
        are held at once, and no lock of the store for longer than one batch.
        """

    async def overdue(
        self,
        *,
        batch: int = 1000,  # noqa: ARG002 - for those that have some
    ) -> AsyncIterator[Sequence[EntryInfo]]:
        """Entries that have expired and are still stored, in batches, a batch at a time as `scan`.

        None where the store removes them by itself, or gives them in `scan`.
        """
        nothing: Sequence[Sequence[EntryInfo]] = ()
        for entries in nothing:
            yield entries

    async def most_keys(self) -> int | None:
        """How many keys a scan gives at most, where the store says so at once; else None.

        For telling how long a scan takes: what is not ours may be counted too.
        """
        return None

    @abstractmethod
    async def describe(self, keys: Sequence[str]) -> Sequence[EntryInfo | None]:
        """Size and expiry of each key, in the order asked; None for what is not there."""

    async def scan_columns(self, *, batch: int = 1000) -> AsyncIterator[Columns]:
        """As `scan`, column by column: for who wants all keys of a large store.

        Backends that can do it cheaply override this and `describe_columns`.
        """
        async for entries in self.scan(batch=batch):
            yield _as_columns([key_to_bytes(entry.key) for entry in entries], entries)

    async def describe_columns(self, keys: Sequence[bytes]) -> Columns:
        """As `describe`, column by column; `NO_SIZE` for what is not there."""
        return _as_columns(keys, await self.describe([key_from_bytes(key) for key in keys]))

    @abstractmethod
    async def fetch(self, keys: Sequence[str]) -> Sequence[StoredValue | None]:
        """Bytes and expiry of each key, read together; None for what is not there."""

    @abstractmethod
    async def compare_and_set(
        self, key: str, expected: bytes | None, new: bytes | None, *, expires: Expiry = KEEP
    ) -> Outcome:
        """Replace exactly `expected` by `new`, in one atomic step of the store.

        `expected=None`: the key must not be there (create). `new=None`: delete. With the same bytes
        for both, only the expiry changes. `expires` is seconds from now, None for never; KEEP keeps
        what the entry has (never, for a new one). An entry that has expired is gone and is not
        brought back. If the store already holds `new`, that is SAVED. Nothing is tried twice: a
        lost answer is UNKNOWN.

        Raises InvalidExpiry for an expiry that is not positive, StoreUnavailable if it is certain
        that nothing was written.
        """

    @abstractmethod
    def changes(self) -> AsyncIterator[Sequence[Change] | Gap]:
        """The feed: names of keys as they are written, deleted or expire, in batches.

        The first thing given is a `Gap`, once the feed stands: scan now, and nothing is missed
        between. After every doubt (lost connection, overflow, flush) comes another one. A key that
        changes many times may be named once. Ends only by closing the iterator or by
        StoreUnavailable; then call again.
        """

    async def caught_up(self) -> None:
        """Until the feeds of `changes` have taken in whatever was stored before this was called.

        Returns at once where that cannot be known, and gives up after some seconds.
        """


def _as_columns(keys: Sequence[bytes], entries: Sequence[EntryInfo | None]) -> Columns:
    return Columns(
        keys,
        [NO_SIZE if entry is None or entry.size is None else entry.size for entry in entries],
        [
            NEVER if entry is None or entry.expires_at is None else entry.expires_at
            for entry in entries
        ],
    )
