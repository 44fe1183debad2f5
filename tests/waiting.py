"""Waiting for a condition instead of for time."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable

__all__ = ["until"]


async def until(condition: Callable[[], bool | Awaitable[bool]], seconds: float = 30) -> None:
    """Return as soon as `condition` holds; fail the test if it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if await answer if inspect.isawaitable(answer) else answer:
            return
        assert time.monotonic() < deadline, f"{condition} did not hold within {seconds} s"
        await asyncio.sleep(0.005)
