"""Marks that cross to the other web processes, over the channel layer."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from channels.layers import BaseChannelLayer, get_channel_layer

from dashboard.chores import going_on
from dashboard.marks.hubs import hub
from dashboard.marks.topics import journal_topic, place_journal_topic, store_journal_topic

__all__ = ["GROUP", "announce", "announce_entry", "run"]

log = logging.getLogger(__name__)

GROUP = "cubbyhole.marks"
RETRY_SECONDS = 1.0
REJOIN_SECONDS = 600.0


async def announce(topic: str) -> None:
    """Mark a topic in every web process. For what people do, which no store's feed tells.

    If the channel layer fails, the other processes hear of it when they are joined again.
    """
    hub().mark(topic)
    layer = get_channel_layer()
    if layer is not None:
        try:
            await layer.group_send(GROUP, {"type": "mark", "topic": str(topic)})
        except Exception as error:  # noqa: BLE001 - each layer has errors of its own
            log.warning("The channel layer did not take a mark: %s", error)


async def announce_entry(store: str, *, namespace: str | None, is_of_keys: bool) -> None:
    """Somebody did something that is on record: mark the journal for those who may see that.

    `store` is empty for what is about none; not `is_of_keys` is what is about a whole store.
    """
    await announce(journal_topic())
    if store:
        await announce(store_journal_topic(store))
    if store and is_of_keys:
        await announce(place_journal_topic(store, namespace))


@asynccontextmanager
async def run() -> AsyncIterator[None]:
    """Hear, as long as this is open, what other processes announce."""
    async with going_on({"marks from other processes": listen()}):
        yield


async def listen() -> None:
    layer = get_channel_layer()
    while layer is not None:
        try:
            await hear(layer)
        except Exception as error:  # noqa: BLE001 - each layer has errors of its own
            log.warning("The channel layer failed, joining again: %s", error)
            await asyncio.sleep(RETRY_SECONDS)


async def hear(layer: BaseChannelLayer) -> None:
    """Join, and pass on what comes. Joined again now and then: memberships may run out."""
    channel = await layer.new_channel()
    await layer.group_add(GROUP, channel)
    hub().mark_all()
    try:
        async with asyncio.timeout(REJOIN_SECONDS):
            while True:
                message = await layer.receive(channel)
                hub().mark(message["topic"])
    except TimeoutError:
        return
    finally:
        # A failure would take the place of being cancelled, and the process would never end.
        with suppress(Exception):
            await layer.group_discard(GROUP, channel)
