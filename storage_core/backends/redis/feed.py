"""The change feed of a Redis store: the best way that its servers allow."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from storage_core.backends.redis.pipe import Refused
from storage_core.backends.redis.servers import Servers
from storage_core.backends.redis.tracking import Notifications, Tracking
from storage_core.changes import Change, Gap
from storage_core.mailbox import Mailbox
from storage_core.polling import PolledFeed

__all__ = ["Feed"]

Clock = Callable[[], float]


class Feed:
    """Changes on every primary: by tracking, else by notifications, else by looking again.

    `say` is told which, in words that a page can show.
    """

    def __init__(
        self,
        servers: Servers,
        prefix: bytes,
        clock: Clock,
        polled: PolledFeed,
        say: Callable[[str], None],
    ) -> None:
        self._servers = servers
        self._prefix = prefix
        self._clock = clock
        self._polled = polled
        self._say = say

    async def changes(self) -> AsyncGenerator[Sequence[Change] | Gap, None]:
        """The feed of one follower.

        Raises StoreUnavailable when a connection is lost: what was missed is not known.
        """
        for kind in (Tracking, Notifications):
            mailbox = Mailbox()
            started = await self._started(kind, mailbox)
            if started:
                self._say(kind.words)
                async with aclosing(self._told(started, mailbox)) as changes:
                    async for news in changes:
                        yield news
                return
        self._say("by looking at all keys again and again, as the Redis server allows nothing else")
        async with aclosing(self._polled.changes()) as changes:
            async for news in changes:
                yield news

    async def _started(self, kind: type[Tracking], mailbox: Mailbox) -> list[Tracking]:
        """One tracker for each server, or none if a server refuses."""
        trackers = [
            kind(pipe, self._prefix, self._servers.db, mailbox, self._clock)
            for pipe in self._servers.pipes()
        ]
        try:
            for tracker in trackers:
                await tracker.start()
        except BaseException as error:
            for tracker in trackers:
                await tracker.stop()
            if isinstance(error, Refused):
                return []
            raise
        return trackers

    async def _told(
        self, trackers: list[Tracking], mailbox: Mailbox
    ) -> AsyncGenerator[Sequence[Change] | Gap, None]:
        tasks = [asyncio.create_task(tracker.run()) for tracker in trackers]
        try:
            mailbox.put_gap("the feed starts here", self._clock())
            while True:
                await mailbox.wait()
                if news := mailbox.take():
                    yield news
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for tracker in trackers:
                await tracker.stop()
