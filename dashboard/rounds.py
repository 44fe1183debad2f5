"""Work that several ask for in the same moment: done once for all of them, after they asked."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextvars import Context, copy_context
from typing import Generic, TypeVar

__all__ = ["Rounds"]

Found = TypeVar("Found")


class Rounds(Generic[Found]):
    """One round of a work runs, and one more is waited for by all who came since, for they want to
    know what is so now.

    `context` makes what a round runs in: without it, what the first who waits for it has.
    """

    def __init__(self, name: str, context: Callable[[], Context] = copy_context) -> None:
        self.name = name
        self.context = context
        self.running: dict[Hashable, asyncio.Task[Found]] = {}
        self.coming: dict[Hashable, asyncio.Task[Found]] = {}

    def join(self, what: Hashable, work: Callable[[], Awaitable[Found]]) -> asyncio.Task[Found]:
        """The round that begins next. To be shielded: others wait for it as well."""
        task = self.coming.get(what)
        if task is None:
            run = self.run(what, work)
            task = asyncio.create_task(run, name=self.name, context=self.context())
            task.add_done_callback(looked_at)
            self.coming[what] = task
        return task

    async def run(self, what: Hashable, work: Callable[[], Awaitable[Found]]) -> Found:
        if before := self.running.get(what):
            await asyncio.wait([before])
        task = self.running[what] = self.coming.pop(what)
        try:
            return await work()
        finally:
            if self.running.get(what) is task:
                del self.running[what]


def looked_at(task: "asyncio.Task[Found]") -> None:
    """Nobody may be waiting any more, and then there is nobody to tell of an error."""
    if not task.cancelled():
        task.exception()
