"""One bot's load on one backend, timed. Runs in our environment and in stock Slack Machine's.

    storage_load.py <PluginStorage> <backend class> <settings as JSON>

Prints seconds per call, as JSON.
"""

# ruff: noqa: T201 - what it prints is its answer

import asyncio
import json
import sys
import time
from importlib import import_module
from typing import Any

VALUE = {f"user{number}": {"karma": number, "by": ["anna", "bob"]} for number in range(6)}
"""About 200 bytes when stored."""
TOGETHER = 100
BEST_OF = 15
SECONDS = 0.05
"""How long each measurement goes on. The best of many short ones: another process on the machine
spoils some of them, hardly all."""


def named(dotted_path: str) -> Any:
    module, _, name = dotted_path.rpartition(".")
    return getattr(import_module(module), name)


async def per_call(work: Any, calls: int) -> float:
    """Seconds per call, the best of some rounds of `work`, which makes `calls` calls."""
    best = float("inf")
    for _ in range(BEST_OF):
        count = 0
        start = time.perf_counter()
        while (spent := time.perf_counter() - start) < SECONDS:
            await work(count)
            count += 1
        best = min(best, spent / count / calls)
    return best


async def longest_hold(work: Any) -> float:
    """The longest time, in seconds, that the event loop was held while `work` ran."""
    longest = 0.0
    task = asyncio.ensure_future(work(0))
    before = time.perf_counter()
    while not task.done():
        await asyncio.sleep(0)
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
    return longest


async def main(facade: str, backend: str, settings: str) -> None:
    store = named(backend)(json.loads(settings))
    await store.init()
    storage = named(facade)("acme.plugins.Karma", store)

    async def set_one(number: int) -> None:
        await storage.set(f"key {number % 1000}", VALUE)

    async def get_one(number: int) -> None:
        await storage.get(f"key {number % 20}")

    async def set_many(number: int) -> None:
        await asyncio.gather(
            *(storage.set(f"key {key}", VALUE) for key in range(TOGETHER)),
        )

    async def get_many(number: int) -> None:
        await asyncio.gather(*(storage.get(f"key {key}") for key in range(TOGETHER)))

    for number in range(100):
        await set_one(number)
    figures = {
        "set": await per_call(set_one, 1),
        "get": await per_call(get_one, 1),
        "set, 100 at once": await per_call(set_many, TOGETHER),
        "get, 100 at once": await per_call(get_many, TOGETHER),
        "longest hold": min([await longest_hold(set_one) for _ in range(20)]),
    }
    await store.close()
    print(json.dumps(figures))


asyncio.run(main(*sys.argv[1:]))
