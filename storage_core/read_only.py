"""A store that can be looked at and not changed (`mode=ro`)."""

# ruff: noqa: ARG002 - a refused change has the arguments of one that is made

from collections.abc import AsyncIterator, Sequence
from typing import NoReturn

from storage_core.abc import BrowsableStorage, MachineBaseStorage
from storage_core.changes import Change, Gap
from storage_core.entries import KEEP, Columns, EntryInfo, Expiry, Outcome, StoredValue
from storage_core.exceptions import ReadOnlyStore

__all__ = ["read_only"]


def read_only(backend: MachineBaseStorage) -> MachineBaseStorage:
    """The same store, where every change raises ReadOnlyStore before it reaches the backend."""
    if isinstance(backend, BrowsableStorage):
        return _ReadOnlyBrowsable(backend)
    return _ReadOnly(backend)


def _refuse() -> NoReturn:
    raise ReadOnlyStore("This store was opened for reading only, so nothing in it can be changed.")


class _ReadOnly(MachineBaseStorage):
    is_read_only = True

    def __init__(self, backend: MachineBaseStorage) -> None:
        super().__init__(backend.settings)
        self._backend = backend

    async def init(self) -> None:
        await self._backend.init()

    async def close(self) -> None:
        await self._backend.close()

    async def get(self, key: str) -> bytes | None:
        return await self._backend.get(key)

    async def set(self, key: str, value: bytes, expires: float | None = None) -> None:
        _refuse()

    async def delete(self, key: str) -> None:
        _refuse()

    async def has(self, key: str) -> bool:
        return await self._backend.has(key)

    async def size(self) -> int:
        return await self._backend.size()


class _ReadOnlyBrowsable(_ReadOnly, BrowsableStorage):
    _backend: BrowsableStorage

    def __init__(self, backend: BrowsableStorage) -> None:
        super().__init__(backend)

    @property
    def feed(self) -> str:  # type: ignore[override] # read from the backend, which may learn it late
        return self._backend.feed

    def scan(self, *, batch: int = 1000) -> AsyncIterator[Sequence[EntryInfo]]:
        return self._backend.scan(batch=batch)

    def overdue(self, *, batch: int = 1000) -> AsyncIterator[Sequence[EntryInfo]]:
        return self._backend.overdue(batch=batch)

    async def describe(self, keys: Sequence[str]) -> Sequence[EntryInfo | None]:
        return await self._backend.describe(keys)

    def scan_columns(self, *, batch: int = 1000) -> AsyncIterator[Columns]:
        return self._backend.scan_columns(batch=batch)

    async def describe_columns(self, keys: Sequence[bytes]) -> Columns:
        return await self._backend.describe_columns(keys)

    async def fetch(self, keys: Sequence[str]) -> Sequence[StoredValue | None]:
        return await self._backend.fetch(keys)

    async def compare_and_set(
        self, key: str, expected: bytes | None, new: bytes | None, *, expires: Expiry = KEEP
    ) -> Outcome:
        _refuse()

    async def caught_up(self) -> None:
        await self._backend.caught_up()

    def changes(self) -> AsyncIterator[Sequence[Change] | Gap]:
        return self._backend.changes()
