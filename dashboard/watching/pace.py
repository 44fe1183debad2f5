"""How fast a store may be read: as fast as it likes to answer, slower when it gets busy."""

import asyncio
import time
from collections.abc import Awaitable
from typing import TypeVar

__all__ = ["Pace"]

SLOW = 4.0
"""How many times the usual a question may take before the store is left alone for as long."""
LONGEST = 1.0
"""Seconds that it is left alone at most."""
LEAST = 0.002
"""Seconds that count as usual in any case."""
FASTER, SLOWER = 0.2, 0.1
"""How much of a difference is believed at once."""

Answer = TypeVar("Answer")


class Pace:
    """Ask the store by `await pace.of(question)`."""

    def __init__(self) -> None:
        self.usual = 0.0

    async def of(self, question: Awaitable[Answer]) -> Answer:
        """The answer, followed by a rest if it took long.

        What this process itself computes meanwhile is not the store's time, and does not count.
        """
        wall, busy = time.perf_counter(), time.thread_time()
        answer = await question
        took = time.perf_counter() - wall - (time.thread_time() - busy)
        if pause := self.pause(max(took, 0.0)):
            await asyncio.sleep(pause)
        return answer

    def pause(self, took: float) -> float:
        """Seconds to leave the store alone after a question that took so long."""
        is_slow = self.usual > 0 and took > SLOW * max(self.usual, LEAST)
        # Quicker to believe that the store is fast than that it is slow, but a store which is slow
        # from now on is in the end read again at the pace that it has.
        change = took - self.usual
        self.usual += change * (FASTER if change < 0 else SLOWER) if self.usual else took
        return min(took, LONGEST) if is_slow else 0.0
