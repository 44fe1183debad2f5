"""How fast a store may be read: as fast as it likes to answer, slower when it gets busy."""

import asyncio
import time
from types import TracebackType

__all__ = ["Pace"]

SLOW = 3.0
"""How many times the usual a question may take before the store is left alone for as long."""
LONGEST = 1.0
USUAL = 0.002
"""Seconds below which a question never counts as slow."""


class Pace:
    """Wrap each question to the store in `async with pace:`."""

    def __init__(self) -> None:
        self.usual = float("inf")
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
        # What is usual drifts up slowly, so that a store which is slow from now on is read again.
        self.usual = max(USUAL, min(took, self.usual * 1.05))
        return min(took, LONGEST) if took > SLOW * self.usual else 0.0
