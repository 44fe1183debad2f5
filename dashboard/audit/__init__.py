"""What lasts about keys, and the audit of the shared ones: sightings, reviews, watches."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dashboard import catalog, stores
from dashboard.audit import unwritten
from dashboard.audit.posting import Poster
from dashboard.audit.sightings import Witness
from dashboard.chores import going_on

__all__ = ["run"]


@asynccontextmanager
async def run() -> AsyncIterator[None]:
    """Write down what is seen of keys, and tell of those watched, as long as this is open."""
    work = {}
    for store in stores.all_stores():
        poster = Poster(store.name)
        witness = Witness(
            store.name,
            catalog.of(store.name),
            poster.hear,
            unwritten=unwritten.unwritten_of(store.name),
        )
        work[f"witness of {store.name}"] = witness.run()
        work[f"posting of {store.name}"] = poster.run()
    try:
        async with going_on(work):
            yield
    finally:
        unwritten.forget_all()
