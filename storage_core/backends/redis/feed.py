"""The change feed of a Redis store: the best way that its servers allow."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from typing import Final

from storage_core.backends.redis.notifications import Notifications
from storage_core.backends.redis.pipe import Refused
from storage_core.backends.redis.servers import Servers
from storage_core.backends.redis.tracking import Tracking
from storage_core.changes import Change, Gap
from storage_core.mailbox import Mailbox
from storage_core.polling import PolledFeed

__all__ = ["Feed"]

CATCH_UP_SECONDS: Final = 10.0
"""How long to wait at most for what a server has told already."""

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
        self._trackers: Sequence[Tracking] = ()

    async def caught_up(self) -> None:
        """Until every server's names have come that it told of before this was called."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CATCH_UP_SECONDS):
                await asyncio.gather(*(tracker.caught_up() for tracker in self._trackers))

    async def changes(self) -> AsyncGenerator[Sequence[Change] | Gap, None]:
        """The feed of one follower.

        Raises StoreUnavailable when a connection is lost: what was missed is not known.
        """
        for kind in (Tracking, Notifications):
            mailbox = Mailbox()
            started = await self._started(kind, mailbox)
            if not started:
                continue
            try:
                async with aclosing(self._told(started, mailbox)) as changes:
                    async for news in changes:
                        yield news
            except Refused:  # from now on: the next way starts with a gap of its own
                continue
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
            look_over = LookOver(trackers)
            self._trackers = trackers
            while True:
                self._say(look_over.words)
                await mailbox.wait(look_over.seconds_left)
                if news := mailbox.take():
                    yield news
                # After what is known by name, for a scan cannot tell each single change.
                if doubt := look_over.doubt():
                    yield Gap(doubt, self._clock())
        finally:
            self._trackers = ()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for tracker in trackers:
                await tracker.stop()


class LookOver:
    """When a store is to be looked over although its feed goes on."""

    def __init__(self, trackers: Sequence[Tracking]) -> None:
        self._trackers = trackers
        self._last = time.monotonic()

    @property
    def words(self) -> str:
        """How changes are noticed, with the longest time between two looks of all servers."""
        return max(self._trackers, key=lambda one: one.look_over_seconds or 0).words

    @property
    def seconds_left(self) -> float | None:
        """Seconds until it is time, None where it never is."""
        waits = [one.look_over_seconds for one in self._trackers]
        known = [seconds for seconds in waits if seconds is not None]
        return max(0.0, self._last + max(known) - time.monotonic()) if known else None

    def doubt(self) -> str | None:
        """Why it is time, if it is. Asking again gives the next reason."""
        found = [one.doubt for one in self._trackers if one.doubt is not None]
        for one in self._trackers:
            one.doubt = None
        if not found and self.seconds_left != 0.0:
            return None
        self._last = time.monotonic()
        return found[0] if found else "the store is looked over now and then"
