"""From the stores to the catalogs: scan, follow, notice what expires, and tell the pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dashboard import catalog, marks, stores
from dashboard.chores import going_on
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
        try:
            async with going_on({f"watcher of {one.store.name}": one.run() for one in watchers}):
                yield
        finally:
            await stores.close_all()
            catalog.forget_all()
