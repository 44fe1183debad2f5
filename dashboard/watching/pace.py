"""How fast a store may be read: as fast as it likes to answer, slower when it gets busy."""

import asyncio
import time
from types import TracebackType

__all__ = ["Pace"]

SLOW = 4.0
"""How many times the usual a question may take before the store is left alone for as long."""
LONGEST = 1.0
"""Seconds that it is left alone at most."""
LEAST = 0.002
"""Seconds that count as usual in any case."""
FASTER, SLOWER = 0.2, 0.02
"""How much of a difference is believed at once."""


class Pace:
    """Wrap each question to the store in `async with pace:`."""

    def __init__(self) -> None:
        self.usual = 0.0
        self.started = 0.0

    async def __aenter__(self) -> None:
        self.started = time.perf_counter()

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if exc is None:
            await asyncio.sleep(self.pause(time.perf_counter() - self.started))

    def pause(self, took: float) -> float:
        """Seconds to leave the store alone after a question that took so long."""
        is_slow = self.usual > 0 and took > SLOW * max(self.usual, LEAST)
        # Quicker to believe that the store is fast than that it is slow, but a store which is slow
        # from now on is in the end read again at the pace that it has.
        change = took - self.usual
        self.usual += change * (FASTER if change < 0 else SLOWER) if self.usual else took
        return min(took, LONGEST) if is_slow else 0.0
