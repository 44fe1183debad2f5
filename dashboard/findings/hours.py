"""Hours that last: what was seen of each namespace in the last days, and how it grew.

A slow growth is seen over days only, and a dashboard may be started anew each night. Only hours in
which something changed are written down, some at a time. Every web process sees the same changes;
of an hour the highest count holds, and the earliest extent.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from dashboard.catalog import Catalog
from dashboard.catalog.chronicle import HOUR, HOURS, Extent, Hour
from dashboard.chores import again_and_again
from dashboard.findings.models import HourSeen
from dashboard.findings.vigils import Watchman, vigils_since
from dashboard.keyed import digest_of_key
from dashboard.moments import moment_of
from dashboard.stores import Store
from storage_core.keys import key_to_bytes

__all__ = ["Hours"]

FLUSH: Final = 20.0
"""Seconds between two batches."""
TOGETHER: Final = 1000
"""Hours that are written in one batch; what is left waits for the next."""
LOOKED_AT: Final = 500
"""Namespaces looked through before others get their turn."""
MOST_KEPT: Final = 20_000
"""Hours of a store that are kept, those of all namespaces together; the oldest go."""

Place = tuple[str | None, Hour]


class Hours:
    """Keeps the hours of one store: recalls them at the start, and writes down new ones."""

    def __init__(
        self, store_name: str, catalog: Catalog, clock: Callable[[], float] = time.time
    ) -> None:
        self.store_name = store_name
        self.catalog = catalog
        self.clock = clock
        self.watchman = Watchman(store_name)
        # What was written down of the hours from `first` on: those before are over and done.
        self.written: dict[tuple[str | None, int], Hour] = {}
        self.first = int(catalog.chronicle.began) // HOUR
        self.tidied = 0
        self.is_recalled = False

    async def run(self, store: Store) -> None:
        """Recall once, then write batch after batch until cancelled."""
        complaint = f"The hours of {self.store_name} could not be kept."
        await again_and_again(partial(self.step, store), FLUSH, complaint)

    async def step(self, store: Store) -> None:
        if not self.is_recalled:
            await self.recall()
            self.is_recalled = True
        await self.keep_watch(store)
        await self.flush()
        await self.tidy()

    async def keep_watch(self, store: Store) -> None:
        """Say that the store is watched, if it is."""
        if store.status.state == "up" and self.catalog.progress.state == "ready":
            await self.watchman.go_on(self.clock())
        else:
            self.watchman.pause()

    async def recall(self) -> None:
        """Give the catalog what was seen before this process began."""
        chronicle, began = self.catalog.chronicle, self.clock() - HOURS * HOUR
        rows = HourSeen.objects.filter(store=self.store_name, hour__gt=moment_of(began))
        hours = [(row.place, hour_of(row)) async for row in rows.order_by("-hour")[:MOST_KEPT]]
        for count, (namespace, hour) in enumerate(hours, start=1):
            chronicle.history(namespace).recall(hour)
            if count % LOOKED_AT == 0:
                await asyncio.sleep(0)
        chronicle.vigils = await vigils_since(self.store_name, began)

    async def flush(self) -> None:
        """Write down the hours in which something was seen since, a batch of them."""
        now = int(self.clock()) // HOUR
        news = await self.news(now)
        if news:
            await self.write(news[:TOGETHER])
        if len(news) <= TOGETHER:
            # What was seen in the last seconds of an hour may come a little later.
            self.first = now - 1
            self.written = {one: hour for one, hour in self.written.items() if one[1] >= self.first}

    async def write(self, batch: Sequence[Place]) -> None:
        digests = {namespace: digest_of_key(namespace or "") for namespace, _ in batch}
        there = HourSeen.objects.filter(
            store=self.store_name,
            hour__in={moment_of(hour.number * HOUR) for _, hour in batch},
            place_digest__in=digests.values(),
        )
        known = {(row.place, hour_of(row).number): hour_of(row) async for row in there}
        rows = [
            self.row_of(namespace, highest(hour, known.get((namespace, hour.number))))
            for namespace, hour in batch
        ]
        await HourSeen.objects.abulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["store", "hour", "place_digest"],
            update_fields=["changes", "removed", "measured_at", "keys", "size"],
        )
        self.written.update({(namespace, hour.number): hour for namespace, hour in batch})

    async def news(self, now: int) -> list[Place]:
        """What was seen up to the hour `now`, and is not written down."""
        found: list[Place] = []
        histories = list(self.catalog.chronicle.histories.items())
        for count, (namespace, history) in enumerate(histories, start=1):
            for number in range(max(self.first, now - HOURS), now + 1):
                hour = history.of_hour(number)
                if hour.changes and self.written.get((namespace, number)) != hour:
                    found.append((namespace, hour))
            if count % LOOKED_AT == 0:
                await asyncio.sleep(0)
        return found

    def row_of(self, namespace: str | None, hour: Hour) -> HourSeen:
        extent = hour.extent
        return HourSeen(
            store=self.store_name,
            place_digest=digest_of_key(namespace or ""),
            namespace=key_to_bytes(namespace or ""),
            hour=moment_of(hour.number * HOUR),
            changes=hour.changes,
            removed=hour.removed,
            measured_at=None if extent is None else moment_of(extent.at),
            keys=None if extent is None else extent.keys,
            size=None if extent is None else extent.size,
        )

    async def tidy(self) -> None:
        """Once an hour, forget those that are too old or too many."""
        hour = int(self.clock()) // HOUR
        if hour == self.tidied:
            return
        self.tidied = hour
        rows = HourSeen.objects.filter(store=self.store_name)
        await rows.filter(hour__lt=moment_of(hour * HOUR) - timedelta(hours=HOURS)).adelete()
        newest = rows.order_by("-hour", "-pk").values("pk")[MOST_KEPT:]
        await rows.filter(pk__in=[row["pk"] async for row in newest]).adelete()


def highest(hour: Hour, known: Hour | None) -> Hour:
    """What two processes saw of one hour, as one."""
    if known is None:
        return hour
    extents: Sequence[Extent] = [one for one in (hour.extent, known.extent) if one is not None]
    return Hour(
        hour.number,
        max(hour.changes, known.changes),
        max(hour.removed, known.removed),
        min(extents, default=None),
    )


def hour_of(row: HourSeen) -> Hour:
    extent = None
    if row.measured_at is not None:
        extent = Extent(row.measured_at.timestamp(), row.keys or 0, row.size or 0)
    return Hour(int(row.hour.timestamp()) // HOUR, row.changes, row.removed, extent)
