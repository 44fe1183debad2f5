"""The searches that run in this process: one for each person, all read by one worker."""

import asyncio
import os
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final
from weakref import WeakKeyDictionary

from dashboard.reading import Answer, Worker
from dashboard.seeking.question import Question
from dashboard.seeking.search import Search

__all__ = ["Searches", "run", "searches_here"]

KEPT: Final = 600.0
"""Seconds for which a search that has ended is kept after somebody looked at it."""
PATIENCE: Final = 120.0
"""Seconds that a busy machine may take for what the worker itself gives up after five."""
NICENESS: Final = 10
"""How far the worker stands back, 19 being the most."""
MOST: Final = 50
"""Searches that run at the same time; whoever comes then is told so."""


class OneAtATime(Worker):
    """A worker that several searches share. It is not of those that pages wait for.

    It takes the time of the processor that others leave: a bot may run on the same machine.
    """

    def __init__(self) -> None:
        super().__init__()
        self.turn = asyncio.Lock()

    @property
    def patience(self) -> float:
        return PATIENCE

    async def _pipes(self) -> tuple[asyncio.StreamWriter, asyncio.StreamReader]:
        before = self._process
        pipes = await super()._pipes()
        if self._process is not None and self._process is not before:
            with suppress(OSError, AttributeError):  # it has ended, or this is Windows
                os.setpriority(os.PRIO_PROCESS, self._process.pid, NICENESS)
        return pipes

    async def ask(self, name: str, blobs: Sequence[bytes], fields: dict[str, Any]) -> Answer:
        """As a worker does, after those who asked before."""
        async with self.turn:
            return await super().ask(name, blobs, fields)


class Searches:
    """The last search of each person (by number), running or ended."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.searches: dict[int, Search] = {}
        self.tasks: dict[int, asyncio.Task[None]] = {}
        self.turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.worker = OneAtATime()

    def of(self, person: int, question: Question | None = None) -> Search | None:
        """A person's search, if it is the one about `question`."""
        self.forget_old()
        search = self.searches.get(person)
        is_it = search is not None and question in (None, search.question)
        return search if is_it else None

    def start(self, person: int, search: Search) -> None:
        """Run a search in the place of the one that the person had."""
        self.stop(person)
        self.searches[person] = search
        work = search.run(self.worker, self.turns[search.store.name])
        self.tasks[person] = asyncio.create_task(work, name=f"search in {search.store.name}")

    def stop(self, person: int) -> None:
        """End a person's search, if one runs. What it found stays."""
        task, search = self.tasks.pop(person, None), self.searches.get(person)
        if task is not None:
            task.cancel()
        if search is not None:
            search.end("stopped")

    @property
    def is_full(self) -> bool:
        """Whether no more searches can be started now."""
        return sum(search.is_running for search in self.searches.values()) >= MOST

    def forget_old(self) -> None:
        now = self.clock()
        for person, search in list(self.searches.items()):
            if not search.is_running and now - search.looked_at > KEPT:
                del self.searches[person]
                self.tasks.pop(person, None)

    async def close(self) -> None:
        """End all searches and the worker."""
        tasks = list(self.tasks.values())
        for person in list(self.searches):
            self.stop(person)
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.worker.stop()


kept: WeakKeyDictionary[asyncio.AbstractEventLoop, Searches] = WeakKeyDictionary()


def searches_here() -> Searches:
    """The searches of the running event loop."""
    return kept.setdefault(asyncio.get_running_loop(), Searches())


@asynccontextmanager
async def run() -> AsyncIterator[None]:
    """End the searches of this event loop when this is closed."""
    loop = asyncio.get_running_loop()
    try:
        yield
    finally:
        with suppress(KeyError):
            await kept.pop(loop).close()
