"""Writing down what the watcher sees of keys, in batches, for as long as it matters.

Every web process sees the same changes. Each counts them by itself, beginning with what the
database said when it first saw the key, and the highest count holds: so several processes do not
add up. Of changes while no process runs, one is counted of a shared key, for that is found out by
comparing (see `absence`); of other keys none is.
"""

import time
from collections.abc import Callable, Mapping
from typing import Final

from django.db import DatabaseError

from dashboard import marks
from dashboard.audit.absence import Absence
from dashboard.audit.models import Sighting
from dashboard.audit.trail import extended
from dashboard.audit.unwritten import Seen, Unwritten, sighting_of
from dashboard.catalog import Catalog
from dashboard.chores import again_and_again
from dashboard.findings import looks_at
from dashboard.keyed import digest_of_key
from dashboard.moments import moment_of
from storage_core.keys import key_to_bytes, namespace_of

__all__ = ["Witness"]

FLUSH: Final = 2.0
"""Seconds between two batches."""
MOST_SHARED: Final = 5000
MOST_KEPT: Final = 100_000
"""Sightings that are kept of plugins' own keys in a store; those seen least lately go."""
TIDY: Final = 600.0
"""Seconds between two looks at how many there are."""


class Witness:
    """Writes the sightings of one store. `told` hears of the keys of each batch."""

    def __init__(
        self,
        store_name: str,
        catalog: Catalog,
        told: Callable[[Mapping[str, Seen]], None] = lambda _: None,
        *,
        unwritten: Unwritten | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store_name = store_name
        self.catalog = catalog
        self.told = told
        self.clock = clock
        self.unwritten = unwritten or Unwritten(store_name)
        self.absence = Absence(store_name, catalog, looks_at(store_name))
        self.introduced: set[str] = set()
        self.introduced_count = 0
        self.tidied_at = clock()
        catalog.listen(self.unwritten.hear)

    async def run(self) -> None:
        """Write batch after batch until cancelled. While the database is away, they wait."""
        complaint = f"Sightings of {self.store_name} could not be written."
        await again_and_again(self.step, FLUSH, complaint)

    async def step(self) -> None:
        await self.make_up()
        await self.introduce()
        await self.flush()
        await self.tidy()

    async def make_up(self) -> None:
        """Tell of what is found to have changed while nobody watched."""
        found = await self.absence.step(self.unwritten.waiting)
        if not found:
            return
        seen = {}
        for one in found:
            seen[one.stored_key] = Seen.at(one.until, is_gone=one.is_gone)
            seen[one.stored_key].total = one.changes
            self.unwritten.count(one.stored_key, one.changes)
        self.told(seen)
        marks.hub().mark(marks.namespace_topic(self.store_name, None))

    async def flush(self) -> None:
        """Write down what waits, a batch of it. If that fails, it goes on waiting."""
        batch = self.unwritten.leave()
        if not batch:
            return
        try:
            await self.write(batch)
        except DatabaseError:
            self.unwritten.stay()
            raise
        self.unwritten.left()
        self.told(batch)
        if any(namespace_of(key) is None for key in batch):
            marks.hub().mark(marks.namespace_topic(self.store_name, None))

    async def write(self, batch: Mapping[str, Seen]) -> None:
        rows = {key: sighting_of(self.store_name, key, seen) for key, seen in batch.items()}
        digests = [row.key_digest for row in rows.values()]
        there = Sighting.objects.filter(store=self.store_name, key_digest__in=digests)
        known = {sighting.key_digest: sighting async for sighting in there}
        for key, row in rows.items():
            self.extend(row, known.get(row.key_digest), key, batch[key])
        await Sighting.objects.abulk_create(
            rows.values(),
            update_conflicts=True,
            unique_fields=["store", "key_digest"],
            update_fields=["last_changed", "removed_at", "changes", "trail"],
        )

    def extend(self, row: Sighting, known: Sighting | None, key: str, seen: Seen) -> None:
        """Let a row go on from what was `known` before."""
        before = 0 if known is None else known.changes
        # From here on the database may say more than before, and what is seen is in it.
        self.unwritten.counts.setdefault(key, before)
        row.changes = seen.total = self.unwritten.total(key, seen, before)
        row.trail = extended([] if known is None else known.trail, seen.spans, row.changes - before)

    async def introduce(self) -> None:
        """Write down shared keys that were there before anybody looked."""
        row = self.catalog.namespace(None)
        count = 0 if row is None else row.keys
        # A key that took the place of another was seen to be written.
        is_known = self.catalog.progress.state == "ready" and not self.absence.is_comparing
        if not is_known or count == self.introduced_count:
            return
        self.introduced_count = count
        page = await self.catalog.apage(None, limit=MOST_SHARED)
        new = [row for row in page.rows if row.stored_key not in self.introduced]
        now = self.clock()
        await Sighting.objects.abulk_create(
            [
                Sighting(
                    store=self.store_name,
                    key_digest=digest_of_key(row.stored_key),
                    key=key_to_bytes(row.stored_key),
                    is_shared=True,
                    # It may have been seen changing since the last batch.
                    first_seen=moment_of(min(now, row.changed_at or now)),
                )
                for row in new
            ],
            ignore_conflicts=True,
        )
        self.introduced.update(row.stored_key for row in new)

    async def tidy(self) -> None:
        """Forget the sightings of plugins' own keys that are too many."""
        if self.clock() - self.tidied_at < TIDY:
            return
        self.tidied_at = self.clock()
        private = Sighting.objects.filter(store=self.store_name, is_shared=False)
        last_kept = private.order_by("-last_changed").values_list("last_changed", flat=True)
        async for bound in last_kept[MOST_KEPT : MOST_KEPT + 1]:
            await private.filter(last_changed__lte=bound).adelete()
