"""Work that goes on beside the requests of a process, for as long as something is open."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any, NoReturn

from django.db import DatabaseError

__all__ = ["again_and_again", "going_on"]

log = logging.getLogger(__name__)


@asynccontextmanager
async def going_on(chores: Mapping[str, Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Do some work, each under its name, and end it with what is done meanwhile."""
    tasks = [asyncio.create_task(work, name=name) for name, work in chores.items()]
    for task in tasks:
        task.add_done_callback(complain)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def again_and_again(
    work: Callable[[], Awaitable[object]], pause: float, complaint: str
) -> NoReturn:
    """Do some work until cancelled, with a pause in seconds after each time. While the database is
    away, that is complained of, and tried again.
    """
    while True:
        try:
            await work()
        except DatabaseError:
            log.exception(complaint)
        await asyncio.sleep(pause)


def complain(task: "asyncio.Task[None]") -> None:
    """What is to go on has failed. Nobody waits for it who would be told."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("What went on ended: %s.", task.get_name(), exc_info=error)
