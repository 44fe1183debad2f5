"""A bot that goes on whatever becomes of its store.

    python -m tests.convergence.bot <URL> <changes> <seed>

Makes so many random changes: writes, overwrites, deletions, short and long expiries. What fails is
given up, as a bot would, and counts as made: whether it was is then unknown.
"""

# ruff: noqa: T201 - what it prints is read by whoever started it

import asyncio
import random
import sys
from contextlib import suppress

from storage_core import open_storage
from storage_core.abc import MachineBaseStorage
from storage_core.exceptions import StoreUnavailable

PLACES = ("acme.plugins.Karma:", "acme.plugins.Polls:", "rbac:")
KEYS = 45
"""In a place, the last of which is that of the shared keys: they fit on one page."""
TOGETHER = 20
REST = 0.01
BEGUN = 400
"""Changes after which it says so, in a line."""


async def change(backend: MachineBaseStorage, rnd: random.Random) -> None:
    key = f"{rnd.choice(PLACES)}key-{rnd.randrange(KEYS):02}"
    dice = rnd.random()
    with suppress(StoreUnavailable):
        if dice < 0.3:
            await backend.delete(key)
        else:
            expires = 1 if dice < 0.4 else 3600 if dice < 0.5 else None
            await backend.set(key, b"x" * rnd.randrange(1, 900), expires)


async def main(url: str, changes: str, seed: str) -> None:
    rnd = random.Random(int(seed))
    async with open_storage(url) as backend:
        for made in range(0, int(changes), TOGETHER):
            if made == BEGUN:
                print("begun", flush=True)
            await asyncio.gather(*(change(backend, rnd) for _ in range(TOGETHER)))
            await asyncio.sleep(REST)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
