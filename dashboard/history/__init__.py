"""Kept history: the last values of marked keys that the bot wrote, within bounds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dashboard import catalog, stores
from dashboard.chores import going_on
from dashboard.history.book import book_of, forget_books
from dashboard.history.keeper import Keeper

__all__ = ["run"]


@asynccontextmanager
async def run() -> AsyncIterator[None]:
    """Keep the history of all stores of this process as long as this is open."""
    keepers = [
        Keeper(store, catalog.of(store.name), book_of(store.name)) for store in stores.all_stores()
    ]
    try:
        async with going_on({f"history of {one.store.name}": one.run() for one in keepers}):
            yield
    finally:
        forget_books()
