"""Stores with a fault, for pages that have to say so."""

from typing import Any

from storage_core import MachineBaseStorage
from storage_core.backends.memory import MemoryStorage
from storage_core.entries import Outcome
from storage_core.exceptions import StoreUnavailable

__all__ = ["Doubtful", "Down", "Plain"]


class Doubtful(MemoryStorage):
    """The answer to every change is lost on the way, and nothing is written."""

    async def compare_and_set(self, *_: Any, **__: Any) -> Outcome:
        return Outcome.UNKNOWN


class Down(MemoryStorage):
    """It was opened, and does not answer any more."""

    async def fetch(self, keys: Any) -> Any:
        raise StoreUnavailable("The connection was refused.")


class Plain(MachineBaseStorage):
    """What an author of a backend writes at least: it cannot be listed, nor compare."""

    async def init(self) -> None:
        self.values = {"a.b.C:x": b"\x80\x04K\x01."}

    async def get(self, key: str) -> bytes | None:
        return self.values.get(key)

    async def set(self, key: str, value: bytes, expires: int | None = None) -> None:
        self.values[key] = value

    async def delete(self, key: str) -> None:
        self.values.pop(key, None)

    async def has(self, key: str) -> bool:
        return key in self.values

    async def size(self) -> int:
        return sum(map(len, self.values.values()))
