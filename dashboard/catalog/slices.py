"""Long work cut into slices, so that the event loop is never held.

Work that can be long is written once, as a generator that yields about every millisecond and
returns its result. It is run at once where nothing else waits, or in slices on the event loop.
"""

import asyncio
import time
from collections.abc import Generator
from typing import Any, TypeVar

__all__ = ["SLICE", "Work", "at_once", "in_slices", "let_go"]

SLICE = 0.005
"""Seconds for which the event loop is held before others get their turn."""

STEP = 4096
"""Things that are freed between two pauses."""

Result = TypeVar("Result")
Work = Generator[None, None, Result]


def at_once(work: Work[Result]) -> Result:
    """Run to the end without a pause."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Result = end.value
            return result


def let_go(items: list[Any]) -> Work[None]:
    """Forget many things a few at a time: to free a million keys at once takes long."""
    while items:
        del items[-STEP:]
        yield


async def in_slices(work: Work[Result]) -> Result:
    """Run to the end, giving way to the event loop after every `SLICE` seconds.

    What the work looks at may change at each pause; it is written to bear that.
    """
    until = time.perf_counter() + SLICE
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Result = end.value
            return result
        if time.perf_counter() >= until:
            await asyncio.sleep(0)
            until = time.perf_counter() + SLICE
