"""From the stores to the catalogs: scan, follow, notice what expires, and tell the pages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dashboard import catalog, marks, stores
from dashboard.watching.watcher import Watcher

__all__ = ["Watcher", "run"]


@asynccontextmanager
async def run() -> AsyncIterator[None]:
    """Watch all stores of this process as long as this is open.

    A store that cannot be reached is down, which is a state and no error. Raises
    ImproperlyConfigured for a store that cannot be.
    """
    async with marks.run():
        await stores.open_all()
        watchers = [
            Watcher(store, catalog.of(store.name), marks.hub()) for store in stores.all_stores()
        ]
        tasks = [
            asyncio.create_task(watcher.run(), name=f"watcher of {watcher.store.name}")
            for watcher in watchers
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await stores.close_all()
            catalog.forget_all()
