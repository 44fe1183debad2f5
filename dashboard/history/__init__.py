"""Kept history: the last values of marked keys that the bot wrote, within bounds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dashboard import catalog, stores
from dashboard.history.book import book_of, forget_books
from dashboard.history.keeper import Keeper

__all__ = ["run"]


@asynccontextmanager
async def run() -> AsyncIterator[None]:
    """Keep the history of all stores of this process as long as this is open."""
    keepers = [
        Keeper(store, catalog.of(store.name), book_of(store.name)) for store in stores.all_stores()
    ]
    tasks = [
        asyncio.create_task(keeper.run(), name=f"history of {keeper.store.name}")
        for keeper in keepers
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        forget_books()
