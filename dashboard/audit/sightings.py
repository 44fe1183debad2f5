"""Writing down what the watcher sees of keys, in batches, for as long as it matters.

Every web process sees the same changes. Each counts them by itself, beginning with what the
database said when it first saw the key, and the highest count holds: so several processes do not
add up. Of changes while no process runs, one is counted of a shared key, for that is found out by
comparing (see `absence`); of other keys none is.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from django.db import DatabaseError

from dashboard import marks
from dashboard.audit.absence import Absence
from dashboard.audit.models import Sighting
from dashboard.audit.trail import KEPT, LATE, Span, extended
from dashboard.catalog import Catalog, RecentChange
from dashboard.findings import looks_at
from dashboard.journal.models import digest_of_key
from storage_core.keys import key_to_bytes, namespace_of

__all__ = ["Seen", "Witness"]

log = logging.getLogger(__name__)

FLUSH: Final = 2.0
"""Seconds between two batches."""
TOGETHER: Final = 1000
"""Keys of one batch; what is left waits for the next."""
MOST_WAITING: Final = 50_000
"""Keys that wait; beyond, changes of further ones are not written down."""
MOST_COUNTED: Final = 50_000
MOST_SHARED: Final = 5000
MOST_KEPT: Final = 100_000
"""Sightings that are kept of plugins' own keys in a store; those seen least lately go."""
MOST_SPANS: Final = KEPT
"""Spans of one key that wait."""
TIDY: Final = 600.0
"""Seconds between two looks at how many there are."""


@dataclass(slots=True)
class Seen:
    """What was seen of one key since the last batch; times are seconds since the epoch.

    `total` is how many changes are counted in all, once that is written down.
    """

    first: float
    last: float
    count: int
    is_gone: bool
    spans: list[Span] = field(default_factory=list)
    total: int = 0

    @classmethod
    def at(cls, moment: float, *, is_gone: bool) -> "Seen":
        """A first change."""
        return cls(moment, moment, 1, is_gone, [Span(moment, moment, 1, is_gone)])

    def note(self, moment: float, *, is_gone: bool) -> None:
        """One more change."""
        self.last, self.is_gone = moment, is_gone
        self.count += 1
        span = self.spans[-1]
        if span.is_gone == is_gone:
            span.late = (*span.late, span.last)[-LATE:]
            span.last, span.count = moment, span.count + 1
        else:
            self.spans.append(Span(moment, moment, 1, is_gone))
            del self.spans[:-MOST_SPANS]


class Witness:
    """Writes the sightings of one store. `told` hears of the keys of each batch."""

    def __init__(
        self,
        store_name: str,
        catalog: Catalog,
        told: Callable[[Mapping[str, Seen]], None] = lambda _: None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store_name = store_name
        self.catalog = catalog
        self.told = told
        self.clock = clock
        self.waiting: dict[str, Seen] = {}
        self.absence = Absence(store_name, catalog, looks_at(store_name))
        # Changes of each key as this process knows them, those that were written down included.
        self.counts: dict[str, int] = {}
        self.introduced: set[str] = set()
        self.introduced_count = 0
        self.tidied_at = clock()
        catalog.listen(self.hear)

    def hear(self, changes: Sequence[RecentChange]) -> None:
        """Remember what changed (what the catalog calls)."""
        for key, at, verb in changes:
            seen = self.waiting.get(key)
            if seen is not None:
                seen.note(at, is_gone=verb == "removed")
            elif len(self.waiting) < MOST_WAITING:
                self.waiting[key] = Seen.at(at, is_gone=verb == "removed")

    async def run(self) -> None:
        """Write batch after batch until cancelled. While the database is away, they wait."""
        while True:
            await asyncio.sleep(FLUSH)
            try:
                await self.make_up()
                await self.introduce()
                await self.flush()
                await self.tidy()
            except DatabaseError:
                log.exception("Sightings of %s could not be written.", self.store_name)

    async def make_up(self) -> None:
        """Tell of what is found to have changed while nobody watched."""
        found = await self.absence.step(self.waiting)
        if not found:
            return
        seen = {}
        for one in found:
            seen[one.stored_key] = Seen.at(one.until, is_gone=one.is_gone)
            seen[one.stored_key].total = self.counts[one.stored_key] = one.changes
        self.told(seen)
        marks.hub().mark(marks.namespace_topic(self.store_name, None))

    async def flush(self) -> None:
        """Write down what waits, a batch of it. If that fails, it goes on waiting."""
        batch = dict(islice(self.waiting.items(), TOGETHER))
        if not batch:
            return
        for key in batch:
            del self.waiting[key]
        try:
            await self.write(batch)
        except DatabaseError:
            self.waiting = {**batch, **self.waiting}
            raise
        self.told(batch)
        if any(namespace_of(key) is None for key in batch):
            marks.hub().mark(marks.namespace_topic(self.store_name, None))

    async def write(self, batch: Mapping[str, Seen]) -> None:
        digests = {key: digest_of_key(key) for key in batch}
        there = Sighting.objects.filter(store=self.store_name, key_digest__in=digests.values())
        known = {sighting.key_digest: sighting async for sighting in there}
        rows = [
            self.row_of(key, seen, known.get(digests[key]), digests[key])
            for key, seen in batch.items()
        ]
        await Sighting.objects.abulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["store", "key_digest"],
            update_fields=["last_changed", "removed_at", "changes", "trail"],
        )
        for key, row in zip(batch, rows, strict=True):
            self.counts.pop(key, None)
            self.counts[key] = batch[key].total = row.changes
        for key in list(islice(self.counts, max(len(self.counts) - MOST_COUNTED, 0))):
            del self.counts[key]

    def row_of(self, key: str, seen: Seen, known: Sighting | None, digest: str) -> Sighting:
        before = 0 if known is None else known.changes
        changes = max(before, self.counts.get(key, before) + seen.count)
        return Sighting(
            store=self.store_name,
            key_digest=digest,
            key=key_to_bytes(key),
            is_shared=namespace_of(key) is None,
            first_seen=moment_of(seen.first),
            last_changed=moment_of(seen.last),
            removed_at=moment_of(seen.last) if seen.is_gone else None,
            changes=changes,
            trail=extended([] if known is None else known.trail, seen.spans, changes - before),
        )

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


def moment_of(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
