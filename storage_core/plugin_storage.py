"""What a plugin holds as `self.storage`: values under its own keys."""

import math
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final, NoReturn

from storage_core import pickling
from storage_core.abc import BrowsableStorage, MachineBaseStorage
from storage_core.expiry import lifetime
from storage_core.keys import KeyRef, report_of

__all__ = ["PluginStorage"]

REPORT: Final = pickling.dumps(None)
MOST_REPORTED: Final = 1000
"""Shared keys that one plugin reports; one that shares more does not share them by name."""


class PluginStorage:
    """Persistent values of one plugin, with Slack Machine's names and meanings.

    Values are pickled, and keys get the plugin's fully qualified class name in front, so plugins
    do not see each other's values. With `shared=True` the key stays as it is, visible to all.

    With `reports_writer` the dashboard can tell which plugins write a shared key: the first time
    that this plugin writes one, it also stores an entry whose name says so (`keys.report_of`).
    """

    def __init__(
        self,
        fq_plugin_name: str,
        storage_backend: MachineBaseStorage,
        *,
        reports_writer: bool = False,
    ) -> None:
        self._fq_plugin_name = fq_plugin_name
        self._head = KeyRef(fq_plugin_name, "").stored_key
        self._storage = storage_backend
        self._reports_writer = reports_writer
        self._reported: set[str] = set()
        self._takes_fractions = isinstance(storage_backend, BrowsableStorage)

    async def set(
        self,
        key: str,
        value: Any,
        expires: float | timedelta | None = None,
        shared: bool = False,
    ) -> None:
        """Store `value` under `key`, overwriting what is there and its expiry.

        `expires` is a positive number of seconds or a timedelta, None for never. A fraction of a
        second is rounded up where the backend's author only knows whole ones.

        Raises InvalidExpiry for anything else.
        """
        seconds = lifetime(expires)
        if seconds is not None and not self._takes_fractions:
            seconds = math.ceil(seconds)
        # The contract of a backend's author says int; ours take fractions as well.
        await self._storage.set(
            self._stored_key(key, shared),
            pickling.dumps(value),
            seconds,  # type: ignore[arg-type] # fractions go to ours only
        )
        if shared and self._reports_writer and key not in self._reported:
            await self._report(key)

    async def get(self, key: str, shared: bool = False) -> Any | None:
        """The value under `key`, or None if there is none or it has expired.

        A stored None looks the same: ask `has`.
        """
        data = await self._storage.get(self._stored_key(key, shared))
        return pickling.loads(data) if data else None

    async def has(self, key: str, shared: bool = False) -> bool:
        """Whether a value, None included, is stored under `key` and has not expired."""
        return bool(await self._storage.has(self._stored_key(key, shared)))

    async def delete(self, key: str, shared: bool = False) -> None:
        """Remove `key` and its value. A key that is not there is no error."""
        await self._storage.delete(self._stored_key(key, shared))

    async def get_storage_size(self) -> int:
        """The size of the whole underlying storage in bytes, as the backend reports it."""
        return await self._storage.size()

    async def get_storage_size_human(self) -> str:
        """The size of the whole underlying storage in words, such as `4.0KB`."""
        return _in_words(await self.get_storage_size())

    async def _report(self, key: str) -> None:
        """Say once that this plugin writes a shared key, whose value is stored already."""
        if len(self._reported) < MOST_REPORTED:
            self._reported.add(key)
            with suppress(Exception):  # a backend that others wrote may raise anything
                await self._storage.set(report_of(self._fq_plugin_name, key), REPORT)

    def __contains__(self, key: object) -> NoReturn:
        """`in` cannot wait for a store, so it refuses, in words."""
        raise TypeError(f"Write `await storage.has({key!r})`: `in` cannot wait for the store.")

    def _stored_key(self, key: str, shared: bool) -> str:
        return key if shared else f"{self._head}{key}"


def _in_words(size: float) -> str:
    """Bytes as Slack Machine words them: 1,024 to the next unit, one decimal."""
    for unit in ("", "K", "M", "G", "T", "P", "E", "Z"):
        if abs(size) < 1024:
            return f"{size:3.1f}{unit}B"
        size /= 1024
    return f"{size:.1f}YiB"
