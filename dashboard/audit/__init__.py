"""What lasts about keys, and the audit of the shared ones: sightings, reviews, watches."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dashboard import catalog, stores
from dashboard.audit import unwritten
from dashboard.audit.posting import Poster
from dashboard.audit.sightings import Witness

__all__ = ["run"]


@asynccontextmanager
async def run() -> AsyncIterator[None]:
    """Write down what is seen of keys, and tell of those watched, as long as this is open."""
    tasks = []
    for store in stores.all_stores():
        poster = Poster(store.name)
        witness = Witness(
            store.name,
            catalog.of(store.name),
            poster.hear,
            unwritten=unwritten.unwritten_of(store.name),
        )
        tasks.append(asyncio.create_task(witness.run(), name=f"witness of {store.name}"))
        tasks.append(asyncio.create_task(poster.run(), name=f"posting of {store.name}"))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        unwritten.forget_all()
