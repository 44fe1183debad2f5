"""A follower of a feed, as a watcher is: it takes what comes and starts again after a loss."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Self

from storage_core import BrowsableStorage
from storage_core.changes import Change, Gap
from storage_core.exceptions import StoreUnavailable
from tests.waiting import until

__all__ = ["Follower"]


class Follower:
    """`async with Follower(backend) as seen:` — `seen` stands when the body starts."""

    def __init__(self, backend: BrowsableStorage) -> None:
        self._backend = backend
        self.keys: list[str] = []
        self.gaps: list[Gap] = []
        self.losses: list[StoreUnavailable] = []

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._follow())
        await until(lambda: bool(self.gaps) or self._task.done())
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def sees(self, *keys: str) -> None:
        """Wait until every one of `keys` was named."""
        await until(lambda: set(keys) <= set(self.keys))

    async def sees_gap(self, after: int) -> None:
        """Wait for another gap than the first `after` ones."""
        await until(lambda: len(self.gaps) > after)

    def forget(self) -> None:
        self.keys.clear()

    async def _follow(self) -> None:
        while True:
            feed = self._backend.changes()
            try:
                async for news in feed:
                    self._take(news)
            except StoreUnavailable as error:
                self.losses.append(error)
                await asyncio.sleep(0.02)
            finally:
                await feed.aclose()  # type: ignore[attr-defined] # it is a generator

    def _take(self, news: Sequence[Change] | Gap) -> None:
        if isinstance(news, Gap):
            self.gaps.append(news)
        else:
            self.keys += [change.key for change in news]
