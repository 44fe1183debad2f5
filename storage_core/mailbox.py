"""Names of changed keys on their way from where they are noticed to who follows the feed."""

import asyncio
import threading
from collections.abc import Iterable, Sequence
from typing import Final

from storage_core.changes import Change, Gap

__all__ = ["Mailbox"]

MOST_PENDING: Final = 100_000
"""Names that may wait to be taken; beyond, the reader is told of a gap instead."""


class Mailbox:
    """One reader's pending changes: bounded, each key once, filled from any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._pending: dict[str, float] = {}
        self._gap: Gap | None = None
        self._failure: Exception | None = None
        self._lock = threading.Lock()
        self._wake = asyncio.Event()
        self._is_awake = False

    def put(self, keys: Iterable[str], at: float) -> None:
        """`keys` were seen changed at the moment `at`."""
        with self._lock:
            if self._gap is None:
                self._pending.update(dict.fromkeys(keys, at))
                if len(self._pending) > MOST_PENDING:
                    self._gap = Gap("more changes came than could be kept", at)
            self._call()

    def put_gap(self, reason: str, at: float) -> None:
        """What came before, and perhaps something unseen, is covered by scanning again."""
        with self._lock:
            self._gap = Gap(reason, at)
            self._pending.clear()
            self._call()

    def fail(self, failure: Exception) -> None:
        """Nothing more will come: the next `take` raises `failure`."""
        with self._lock:
            self._failure = failure
            self._call()

    async def wait(self, seconds: float | None = None) -> None:
        """Until there is something to take, or `seconds` are over."""
        if seconds is None:
            await self._wake.wait()
            return
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    def take(self) -> Sequence[Change] | Gap:
        """All that is pending; an empty sequence if nothing is. A gap stands for all before it.

        Changes that came after a gap and before this call are part of it: whoever scans sees them.
        """
        with self._lock:
            self._wake.clear()
            self._is_awake = False
            pending, self._pending = self._pending, {}
            gap, self._gap = self._gap, None
        if self._failure is not None:
            raise self._failure
        return gap or [Change(key, at) for key, at in pending.items()]

    def _call(self) -> None:
        if not self._is_awake and not self._loop.is_closed():
            self._is_awake = True
            self._loop.call_soon_threadsafe(self._wake.set)
