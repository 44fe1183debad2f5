"""What runs beside the requests of one web process."""

import asyncio
import gc
import weakref

from dashboard import lifespan
from tests.waiting import until


class Ring:
    """Garbage that only a look for it finds: it holds itself."""

    def __init__(self):
        self.itself = self


async def test_garbage_is_looked_for_between_requests_only_as_long_as_the_process_serves():
    before = gc.get_threshold()
    left = weakref.ref(Ring())
    chore = asyncio.create_task(lifespan.keep_collected())
    await until(lambda: left() is None)
    assert gc.get_threshold()[2] == lifespan.NEVER
    chore.cancel()
    await asyncio.gather(chore, return_exceptions=True)
    assert gc.get_threshold() == before
