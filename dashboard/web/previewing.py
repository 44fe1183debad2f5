"""Previews of values in lists: asked for once for all who wait, and never waited for long.

At a mark everybody who has a list open gets it again in the same moment, and most of the cost is
the same for all of them.
"""

import asyncio
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from dashboard import marks, reading
from dashboard.masking import masking_for
from dashboard.rounds import Rounds
from dashboard.stores import Store
from storage_core.abc import BrowsableStorage
from storage_core.entries import StoredValue
from storage_core.exceptions import StorageError
from storage_core.keys import namespace_of

__all__ = ["previewed"]

PATIENCE = 0.5  # seconds that a list waits for its previews

Found = tuple[list[StoredValue], list[dict[str, str]]]
"""The values that are there, and what is told of each."""


rounds: WeakKeyDictionary[asyncio.AbstractEventLoop, Rounds[Found]] = WeakKeyDictionary()


async def previewed(store: Store, storage: BrowsableStorage, keys: Sequence[str]) -> Found:
    """The values under some keys, with a line about each; empty if the store takes its time.

    Lists that went without are marked once the store has answered.
    """

    async def work() -> Found:
        found = [value for value in await storage.fetch(keys) if value is not None]
        masks = [masking_for(store.name, value.key) for value in found]
        return found, await reading.previews([value.data for value in found], mask=masks)

    here = rounds.setdefault(asyncio.get_running_loop(), Rounds("previews of a list"))
    task = here.join((store.name, id(storage), tuple(keys)), work)
    try:
        async with asyncio.timeout(PATIENCE):
            return await asyncio.shield(task)
    except TimeoutError:
        hub = marks.hub()
        task.add_done_callback(lambda done: mark_late(hub, store.name, keys, done))
    except StorageError:
        pass
    return [], []


def mark_late(hub: marks.Hub, store: str, keys: Sequence[str], done: "asyncio.Task[Found]") -> None:
    """The previews are there now: what was shown without them is stale."""
    if done.cancelled() or done.exception() is not None:
        return  # whether the store answers is looked at elsewhere, and marks all of it
    for namespace in {namespace_of(key) for key in keys}:
        hub.mark(marks.namespace_topic(store, namespace))
    hub.mark(marks.store_topic(store))
