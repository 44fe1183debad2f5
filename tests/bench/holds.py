"""How long an event loop is held: what everybody else in the process waits for."""

import asyncio
import time
from contextlib import suppress
from typing import Final, Self

__all__ = ["Holds"]

BEAT: Final = 0.001


class Holds:
    """While it is open, the longest time for which nothing else got a turn.

    `wall` counts what the machine did meanwhile, other processes too; `busy` is the time that this
    thread itself was computing. Both are in seconds.
    """

    def __init__(self) -> None:
        self.wall = 0.0
        self.busy = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        return self._task is not None

    def reset(self) -> None:
        self.wall = self.busy = 0.0

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._beat(), name="holds")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _beat(self) -> None:
        while True:
            wall, busy = time.perf_counter(), time.thread_time()
            await asyncio.sleep(BEAT)
            self.wall = max(self.wall, time.perf_counter() - wall - BEAT)
            self.busy = max(self.busy, time.thread_time() - busy - BEAT)
