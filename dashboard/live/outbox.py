"""What one socket is to be told: at most one mark for each topic, a few messages a second."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from dashboard.marks import Hub, Topic

__all__ = ["Outbox"]


class Outbox:
    """The marks that wait for one socket. It holds no more than the topics that are watched.

    `tokens` are the topics as the page knows them, which is how they are sent back to it.
    """

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.tokens: dict[str, str] = {}
        self.stale: set[str] = set()
        self.filled = asyncio.Event()

    def mark(self, topic: str) -> None:
        """A topic is stale (what the hub calls)."""
        if topic in self.tokens:
            self.stale.add(self.tokens[topic])
            self.filled.set()

    def watch(self, topics: dict[str, Topic]) -> None:
        """Watch these topics, by token, and no others."""
        wanted = {str(topic): token for token, topic in topics.items()}
        for topic in self.tokens.keys() - wanted.keys():
            self.hub.unsubscribe(topic, self)
        new = wanted.keys() - self.tokens.keys()
        self.tokens = wanted
        for topic in new:
            self.hub.subscribe(topic, self)

    def forsake(self, topics: dict[str, Topic]) -> None:
        """Stop watching these, and say that they are stale: the page finds out why."""
        for token, topic in topics.items():
            self.hub.unsubscribe(topic, self)
            self.tokens.pop(topic, None)
            self.stale.add(token)
            self.filled.set()

    def close(self) -> None:
        """Watch nothing any more."""
        self.watch({})
        self.stale.clear()

    async def deliver(
        self, send: Callable[[str], Awaitable[None]], spacing: float, patience: float
    ) -> None:
        """Send what is stale: the first at once, then once in `spacing` seconds.

        Raises TimeoutError when a message is not taken within `patience` seconds.
        """
        while True:
            await self.filled.wait()
            self.filled.clear()
            tokens, self.stale = sorted(self.stale), set()
            async with asyncio.timeout(patience):
                await send(json.dumps({"stale": tokens}))
            await asyncio.sleep(spacing)
