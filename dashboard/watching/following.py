"""The catalog of one store kept true: after a gap by a scan, after a change by asking for the key.

Three things go on at once: the feed is read, so that it never lags; the keys that it named are
asked for in batches; and the store is scanned when the feed had a gap.
"""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Sequence

from dashboard import marks
from dashboard.catalog import Catalog
from dashboard.catalog.deadlines import HORIZON
from dashboard.catalog.revision import Revision
from dashboard.catalog.slices import in_slices
from dashboard.marks import Hub
from dashboard.watching.asking import TOGETHER, Asking
from dashboard.watching.pending import Pending
from dashboard.watching.reconciling import Reconciliation
from dashboard.watching.scanning import Scan, ScanAbandoned, batched, closing
from storage_core.abc import BrowsableStorage
from storage_core.changes import Gap
from storage_core.exceptions import UnsupportedByBackend

__all__ = ["Follower"]

MANY = 2000
"""Names taken from the feed before others get their turn."""
BREATH = 0.05
"""Seconds between two questions while changes keep coming, in which they are gathered."""
FLOOD_REST = 3.0
"""How many times as long as a question the rest after it is, while names come faster than that."""
SWEEP_AHEAD = 30.0
"""Seconds for which the expiries to come are always known."""
TICK = 0.25
"""Seconds between two looks at the clock for what expires."""
MANY_KEYS = 100_000
"""Keys from which on the garbage collector takes noticeable time for them."""
TO_BE_READ = 0.1
"""Seconds in which what the feed has taken in is read from it."""
REPORT_SECONDS = 0.1
LEAST_REST, MOST_REST = 2.0, 60.0
"""Seconds between two scans of a store without a feed."""


class Follower:
    """The parts of following one store; each runs until something fails."""

    def __init__(
        self,
        name: str,
        backend: BrowsableStorage,
        catalog: Catalog,
        hub: Hub,
        clock: Callable[[], float],
    ) -> None:
        self.name = name
        self.backend = backend
        self.catalog = catalog
        self.hub = hub
        self.clock = clock
        self.pending = Pending()
        self.has_gap = asyncio.Event()
        # Set while the catalog's index holds all keys, so that single changes can be applied.
        self.is_whole = asyncio.Event()
        # Set when a scan has ended and no other one is to be made.
        self.is_quiet = asyncio.Event()
        self.asking = Asking(name, backend, catalog, hub, clock)
        self.is_scanning = False
        self.reported = 0.0
        if catalog.progress.state == "ready":
            self.is_whole.set()

    def parts(self) -> Sequence[Callable[[], Awaitable[None]]]:
        """What is to run side by side."""
        return self.read_feed, self.scan_after_gaps, self.apply_changes, self.expire

    # --- the feed

    async def read_feed(self) -> None:
        """Take in the feed as fast as it comes."""
        try:
            async with closing(self.backend.changes()) as feed:
                async for news in feed:
                    if isinstance(news, Gap):
                        self.has_gap.set()
                    else:
                        for part in batched(news, MANY):
                            self.pending.add(part)
                            await asyncio.sleep(0)
                    # Not during a scan: one that begins anew each time would never end.
                    if self.pending.is_too_many and not self.is_scanning:
                        self.pending.clear()
                        self.has_gap.set()
        except UnsupportedByBackend:
            await self.do_without_feed()

    async def do_without_feed(self) -> None:
        """Scan again and again, with rests that leave the store to its bot."""
        while True:
            started = time.perf_counter()
            self.has_gap.set()
            self.is_quiet.clear()
            await self.is_quiet.wait()
            took = time.perf_counter() - started
            await asyncio.sleep(min(max(LEAST_REST, 10 * took), MOST_REST))

    # --- scanning

    async def scan_after_gaps(self) -> None:
        """Scan the store whenever the feed may have missed something."""
        while True:
            await self.has_gap.wait()
            self.has_gap.clear()
            self.is_scanning = True
            try:
                if self.is_whole.is_set():
                    await self.reconcile()
                else:
                    await self.scan_first()
            except ScanAbandoned:
                continue
            finally:
                self.is_scanning, self.asking.revision = False, None
            self.hub.mark_store(self.name)
            if not self.has_gap.is_set():
                self.is_quiet.set()

    async def scan_first(self) -> None:
        """The first picture: shown as it grows."""
        scan = Scan(self.backend, self.catalog.begin(), self.has_gap.is_set)
        self.report(scan, state="scanning", started_at=self.clock(), finished_at=None)
        await scan.count(lambda: self.report_now_and_then(scan))
        self.report(scan, state="describing")
        spare_collector(self.catalog.totals().keys)
        # Looking up keys needs them sorted, which is done here without holding up anybody.
        await in_slices(self.catalog.index.sort())
        self.is_whole.set()
        await scan.describe(lambda: self.report_now_and_then(scan))
        self.report(scan, state="ready", finished_at=self.clock())
        spare_collector(self.catalog.totals().keys)

    async def reconcile(self) -> None:
        """Compare the picture with the store, while it goes on being shown and kept."""
        scan = Scan(self.backend, self.catalog.index, self.has_gap.is_set)
        await in_slices(self.catalog.index.forget_texts())  # what comes needs memory
        revision = Revision(self.catalog.index, self.clock(), self.pending.__contains__)
        self.asking.revision = revision
        await Reconciliation(scan, self.catalog, revision, self.asking, self.hear_out).run()
        self.report(scan, state="ready", finished_at=self.clock())

    async def hear_out(self) -> None:
        """Until the feed has named what it knows: what it names is a change that it will count."""
        await self.backend.caught_up()
        await asyncio.sleep(TO_BE_READ)

    def report(self, scan: Scan, **changed: object) -> None:
        totals = self.catalog.totals()
        was_ready = self.catalog.progress.state == "ready"
        self.catalog.report(
            counted=totals.keys,
            described=totals.described,
            expected=scan.expected,
            rate=scan.rate,
            **changed,
        )
        self.reported = time.perf_counter()
        if was_ready or self.catalog.progress.state != "ready":
            self.hub.mark(marks.store_topic(self.name))
        else:  # whoever knows of a part of the store does not watch the whole
            self.hub.mark_store(self.name)

    def report_now_and_then(self, scan: Scan) -> None:
        if time.perf_counter() - self.reported >= REPORT_SECONDS:
            self.report(scan)

    # --- single changes

    async def apply_changes(self) -> None:
        """Ask for the keys that the feed named: one at once, many in batches with a breath."""
        await self.is_whole.wait()
        while True:
            is_busy = self.pending.filled.is_set()
            await self.pending.filled.wait()
            named, started = self.pending.named, time.perf_counter()
            is_behind = await self.asking.ask_for_pending(self.pending) == TOGETHER
            if is_behind and self.pending.named - named >= TOGETHER:
                # A flood, mostly of the same keys again and again. Others get most of the time.
                await asyncio.sleep(max(BREATH, FLOOD_REST * (time.perf_counter() - started)))
            else:
                await asyncio.sleep(BREATH if is_busy and not is_behind else 0)

    # --- expiry

    async def expire(self) -> None:
        """Look at what is due by the clock, for a store may say nothing when an entry expires."""
        await self.is_whole.wait()
        while True:
            now, index = self.clock(), self.catalog.index
            if index.deadlines.until < now + SWEEP_AHEAD:
                await in_slices(index.sweep(now + HORIZON))
                if not index.is_searched:
                    await in_slices(index.forget_texts())
                index.is_searched = False
            if due := index.deadlines.due(now):
                await self.asking.ask_for_due(due, now)
                continue
            upcoming = index.deadlines.next
            wait = TICK if upcoming is None else min(TICK, max(0.005, upcoming - now))
            await asyncio.sleep(wait)


def spare_collector(keys: int) -> None:
    """Keep Python's garbage collector from going through a large picture again and again.

    It would look at every key each time, which holds the event loop for a tenth of a second at a
    million keys, and finds nothing: keys hold no references. The picture is freed all the same when
    another takes its place. What little is garbage right now stays as well: to collect it first
    would be such a look at every key.
    """
    if keys >= MANY_KEYS:
        gc.freeze()
