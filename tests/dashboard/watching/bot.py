"""A bot in a process of its own: writes to a store as it is told on the command line."""

import asyncio
import random
import sys

from storage_core import open_storage


async def write(backend, key, size="3", expires=""):
    await backend.set(key, b"x" * int(size), float(expires) if expires else None)


async def delete(backend, key):
    await backend.delete(key)


async def fill(backend, count):
    """Write so many keys."""
    for number in range(int(count)):
        await backend.set(f"acme.plugins.Fill:{number}", b"x" * (number % 50))


async def spread(backend, namespaces, count):
    """Write so many keys to each of so many namespaces, a fifth of them with an expiry."""
    for number in range(int(count)):
        expires = None if number % 5 else 3600
        for space in range(int(namespaces)):
            await backend.set(f"acme.plugins.Space{space}:{number}", b"x", expires)


async def scramble(backend, count, seed):
    """Make random changes: writes, overwrites, deletions, short and long expiries."""
    rnd = random.Random(int(seed))
    for start in range(0, int(count), 20):
        await asyncio.gather(*(change(backend, rnd) for _ in range(20)))
        if start % 400 == 0:
            await asyncio.sleep(0.01)


async def change(backend, rnd):
    space = rnd.choice(["acme.plugins.Karma:", "acme.plugins.Polls:", "", "rbac:"])
    key = f"{space}key-{rnd.randrange(300)}"
    dice = rnd.random()
    if dice < 0.3:
        await backend.delete(key)
    else:
        expires = 1 if dice < 0.4 else 3600 if dice < 0.5 else None
        await backend.set(key, b"x" * rnd.randrange(200), expires)


async def main(url, command, *words):
    async with open_storage(url) as backend:
        commands = [write, delete, fill, spread, scramble]
        await {one.__name__: one for one in commands}[command](backend, *words)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
