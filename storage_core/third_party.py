"""Backends that others wrote, against Slack Machine's contract and without knowing ours."""

from collections.abc import Mapping
from typing import Any, Final

from storage_core.abc import MachineBaseStorage
from storage_core.exceptions import InvalidStoreURL

__all__ = ["AdoptedStorage", "adopt"]

ASKED_OF_AUTHORS: Final = ("get", "set", "delete", "has", "size")


def adopt(backend_class: Any, settings: Mapping[str, Any]) -> MachineBaseStorage:
    """A backend of `backend_class`, as one of ours whatever it derives from.

    Raises InvalidStoreURL if it lacks a method that every backend has.
    """
    missing = [
        name for name in ASKED_OF_AUTHORS if not callable(getattr(backend_class, name, None))
    ]
    if not isinstance(backend_class, type) or missing:
        name = getattr(backend_class, "__qualname__", "This")
        raise InvalidStoreURL(f"{name} is no storage backend: it lacks {', '.join(missing)}.")
    backend = backend_class(settings)
    return backend if isinstance(backend, MachineBaseStorage) else AdoptedStorage(backend, settings)


class AdoptedStorage(MachineBaseStorage):
    """Our contract around a backend that has the methods of Slack Machine's.

    It keeps its ways, but answers in ours where upstream's backends differ among themselves: a key
    that is not there can be deleted, and `has` is a bool.
    """

    def __init__(self, backend: Any, settings: Mapping[str, Any]) -> None:
        super().__init__(settings)
        self._backend = backend
        self._is_open = False

    async def init(self) -> None:
        if not self._is_open and hasattr(self._backend, "init"):
            await self._backend.init()
        self._is_open = True

    async def close(self) -> None:
        if self._is_open and hasattr(self._backend, "close"):
            await self._backend.close()
        self._is_open = False

    async def get(self, key: str) -> bytes | None:
        data = await self._backend.get(key)
        return None if data is None else bytes(data)

    async def set(self, key: str, value: bytes, expires: int | None = None) -> None:
        await self._backend.set(key, value, expires)

    async def delete(self, key: str) -> None:
        try:
            await self._backend.delete(key)
        except KeyError:  # upstream's memory backend
            if await self.has(key):
                raise

    async def has(self, key: str) -> bool:
        return bool(await self._backend.has(key))

    async def size(self) -> int:
        return int(await self._backend.size())
