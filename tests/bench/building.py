"""One cold start of a catalog, timed in a process of its own.

    building.py <store URL>

Prints as JSON: seconds until the first namespaces, exact counts, and all sizes and expiries were
there; bytes of memory a key; how long the event loop was held, and what was computed until the
counts were there; then the seconds of the first page and search, and of later ones.
"""

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import Awaitable
from contextlib import suppress
from typing import get_args

import django
import uvloop

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
django.setup()

# Only after Django is set up: these import models.
from dashboard.catalog import Catalog, Sort  # noqa: E402
from dashboard.marks import Hub  # noqa: E402
from dashboard.stores import Store, StoreConfig  # noqa: E402
from dashboard.watching import Watcher  # noqa: E402
from tests.bench.holds import Holds  # noqa: E402
from tests.bench.keyspace import NEEDLE, largest  # noqa: E402
from tests.bench.processes import resident  # noqa: E402

LOOK = 0.001


async def asked(catalog: Catalog) -> dict[str, float]:
    """Seconds of a page in each order and of a search, the first time and again."""
    found: dict[str, float] = {}
    for sort in get_args(Sort):
        found[f"{sort} first"] = await seconds(catalog.apage(largest(), sort=sort))
        found[sort] = await seconds(catalog.apage(largest(), sort=sort))
    found["search first"] = await seconds(catalog.asearch(NEEDLE))
    found["search"] = await seconds(catalog.asearch(NEEDLE))
    return found


async def seconds(work: Awaitable[object]) -> float:
    started = time.perf_counter()
    await work
    return time.perf_counter() - started


async def main(url: str) -> None:
    store = Store(StoreConfig.parse("bench", url))
    watcher = Watcher(store, Catalog(), Hub())
    catalog = watcher.catalog
    gc.collect()
    before, before_computing, computed = resident(), time.process_time(), 0.0
    moments: dict[str, float] = {}
    async with Holds() as holds:
        started = time.perf_counter()
        task = asyncio.create_task(watcher.run())
        while "described" not in moments:
            await asyncio.sleep(LOOK)
            now = time.perf_counter() - started
            if catalog.index.sections:
                moments.setdefault("named", now)
            if catalog.progress.state in {"describing", "ready"}:
                if "counted" not in moments:
                    computed = time.process_time() - before_computing
                moments.setdefault("counted", now)
            if catalog.progress.state == "ready":
                moments["described"] = now
    gc.collect()
    keys = catalog.totals().keys
    memory = (resident() - before) / max(keys, 1)
    answer = {**moments, "keys": keys, "memory": memory, "wall": holds.wall, "busy": holds.busy}
    answer |= {"computed": computed, **await asked(catalog)}
    sys.stdout.write(json.dumps(answer))
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await store.close()


uvloop.run(main(*sys.argv[1:]))
