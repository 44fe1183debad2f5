"""Entries that have expired and are still stored, counted again and again where a store keeps them.

The catalog does not have them, for to a bot they are gone. They are counted by walking through the
store slowly: it is used for a twentieth of the time at most. That is done anew soon after an expiry
has passed, which the catalog knows.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from dashboard import marks
from dashboard.catalog import Catalog
from dashboard.stores import Store
from storage_core.abc import BrowsableStorage
from storage_core.entries import EntryInfo
from storage_core.exceptions import StorageError
from storage_core.keys import namespace_of

__all__ = ["Leftover", "Leftovers", "leftovers_in"]

log = logging.getLogger(__name__)

BATCH: Final = 500
REST: Final = 20.0
"""How many times as long as a question took the store is left alone."""
ROUND: Final = 900.0
"""Seconds between two walks while no expiry passes."""
NOT_YET: Final = 5.0
"""Seconds between two looks at whether it is time to walk."""
MOST: Final = 5000
"""Entries of a store that are known by name."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """How many entries of a namespace, and the bytes of their values."""

    count: int
    size: int


class Leftovers:
    """What was counted in a store, by namespace (None: shared keys).

    `entries` are those that are known by name, at most `MOST` of them.
    """

    def __init__(self) -> None:
        self.found: Mapping[str | None, Leftover] = {}
        self.entries: Sequence[EntryInfo] = ()

    async def count(self, storage: BrowsableStorage) -> None:
        """Walk through the store once. Raises StoreUnavailable."""
        counts: Counter[str | None] = Counter()
        sizes: Counter[str | None] = Counter()
        known: list[EntryInfo] = []
        asked = time.perf_counter()
        async for entries in storage.overdue(batch=BATCH):
            took = time.perf_counter() - asked
            for entry in entries:
                namespace = namespace_of(entry.key)
                counts[namespace] += 1
                sizes[namespace] += entry.size or 0
            known += entries[: MOST - len(known)]
            await asyncio.sleep(REST * took)
            asked = time.perf_counter()
        self.found = {name: Leftover(counts[name], sizes[name]) for name in counts}
        self.entries = tuple(known)

    async def run(self, store: Store, catalog: Catalog) -> None:
        """Walk again and again until cancelled."""
        while True:
            storage = store.browsable
            is_time = store.status.state == "up" and catalog.progress.state == "ready"
            if storage is None or not is_time:
                await asyncio.sleep(NOT_YET)
                continue
            before, passed = self.found, catalog.index.deadlines.passed
            started = time.monotonic()
            try:
                await self.count(storage)
            except StorageError as error:
                log.info("What expired in %s could not be counted: %s", store.name, error)
            except Exception:
                # A backend that others wrote may raise anything.
                log.exception("What expired in %s could not be counted.", store.name)
            mark_changed(store.name, before, self.found)
            # As long as a walk took, the store has its rest, however many keys expire.
            rested = 2 * time.monotonic() - started + NOT_YET
            await self.until_next(catalog, passed, rested)

    async def until_next(self, catalog: Catalog, passed: int, rested: float) -> None:
        """Wait until another expiry has passed and the store has `rested`, or for a `ROUND`."""
        until = time.monotonic() + ROUND
        while (now := time.monotonic()) < until:
            if now >= rested and catalog.index.deadlines.passed != passed:
                return
            await asyncio.sleep(NOT_YET)


def mark_changed(
    store: str, before: Mapping[str | None, Leftover], after: Mapping[str | None, Leftover]
) -> None:
    """Mark the pages of what was counted anew."""
    changed = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    for namespace in changed:
        marks.hub().mark(marks.namespace_topic(store, namespace))
    if changed:
        marks.hub().mark(marks.store_topic(store))


kept: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Leftovers]] = WeakKeyDictionary()


def leftovers_in(store_name: str) -> Leftovers:
    """What was counted in a store, in the running event loop."""
    loop = asyncio.get_running_loop()
    return kept.setdefault(loop, {}).setdefault(store_name, Leftovers())


def forget_all() -> None:
    """Throw away the counts of the running event loop."""
    kept.pop(asyncio.get_running_loop(), None)
